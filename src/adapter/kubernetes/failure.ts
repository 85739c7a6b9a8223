/** Why a call to the API server gave nothing, before it is told to a person. */
export type Fault =
  | { readonly is: 'timed-out'; readonly ms: number }
  /** No connection, or a broken one: the system's or TLS's error code, or its first words. */
  | { readonly is: 'network'; readonly code: string; readonly words: string }
  /** An HTTP status other than 2xx. `status` is the API server's own Status object; `null` when somebody else answered. */
  | {
      readonly is: 'status';
      readonly code: number;
      readonly status: { readonly message: string; readonly reason: string } | null;
      readonly body: string;
      readonly tries: number;
      /** How long the server asks to wait before the next try; `null` when it did not say. */
      readonly retryAfterMs: number | null;
    }
  /** 2xx, but not JSON: a proxy or a login page. */
  | { readonly is: 'not-json'; readonly type: string }
  | { readonly is: 'cut'; readonly words: string }
  | { readonly is: 'too-long'; readonly bytes: number }
  /** JSON, but not of the shape that the API promises. */
  | { readonly is: 'shape'; readonly words: string }
  /** What was asked for cannot be the name of such a thing, so nothing was sent. */
  | { readonly is: 'no-name'; readonly name: string; readonly of: 'node' | 'namespace' }
  /** The kubeconfig or the credentials that it names cannot be used. */
  | { readonly is: 'setup'; readonly words: string };

/** Carries a fault up to where the question is known. */
export class Failure extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.is);
    this.name = 'Failure';
    this.fault = fault;
  }
}

/**
 * The fault behind an error of `fetch`: undici says "fetch failed" and keeps the reason in `cause`. A `code` counts only
 * as a string, because a DOMException has a number there (TimeoutError 23, AbortError 20).
 */
export function networkFault(error: unknown): Fault {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = innerError(at), depth += 1) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string') return { is: 'network', code, words: at.message };
    if (at.cause === undefined && !(at instanceof AggregateError))
      return { is: 'network', code: '', words: at.message };
  }
  return { is: 'network', code: '', words: 'the connection failed' };
}

function innerError(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
}
