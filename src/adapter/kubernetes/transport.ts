import type * as kubernetes from '@kubernetes/client-node';
import type * as undici from 'undici';
import type { Clock } from '../../port.ts';
import { Failure, networkFault } from './failure.ts';

/** The parts of the two libraries that carry requests; given in, because they are loaded late. */
export interface Libraries {
  readonly fetch: typeof undici.fetch;
  readonly Agent: typeof undici.Agent;
  readonly Observable: typeof kubernetes.Observable;
  readonly ResponseContext: typeof kubernetes.ResponseContext;
}

/** How one kind of call is carried. */
export interface Manner {
  /** Milliseconds for one attempt, its body included. */
  readonly deadlineMs: number;
  /** Takes any text as an answer, not only JSON: what a kubelet says through the API server. */
  readonly anyText?: boolean;
}

/** One answer may have 64 MiB: 500 large nodes have about 15. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_TRIES = 3;
/** A server that asks for a longer pause is told to the person instead of waited for. */
const MOST_WAIT_MS = 5000;

/**
 * Carries every call to one API server over one dispatcher. The library builds a dispatcher, and so a TLS connection,
 * for each call; here the first one is kept and used for all. It is let go after a failed connection or a 401, so that
 * renewed certificates take effect.
 */
export class Line {
  readonly #use: Libraries;
  readonly #clock: Clock;
  #shared: undici.Dispatcher | null = null;

  constructor(use: Libraries, clock: Clock) {
    this.#use = use;
    this.#clock = clock;
  }

  /** The library's door for requests, in the given manner. It rejects with Failure only. */
  library(manner: Manner): kubernetes.HttpLibrary {
    return {
      send: (request): kubernetes.Observable<kubernetes.ResponseContext> =>
        new this.#use.Observable(this.#carry(request, manner)),
    };
  }

  async #carry(request: kubernetes.RequestContext, manner: Manner): Promise<kubernetes.ResponseContext> {
    // A change whose answer was lost may have been made: whoever asked for it has to look before it is asked for again.
    const method: string = request.getHttpMethod();
    const most = method === 'GET' ? MOST_TRIES : 1;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#attempt(request, manner, tries);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const wait = tries < most ? pauseBefore(error) : null;
        if (wait === null) throw error;
        await this.#clock.sleep(wait);
      }
    }
  }

  async #attempt(
    request: kubernetes.RequestContext,
    manner: Manner,
    tries: number,
  ): Promise<kubernetes.ResponseContext> {
    const body = request.getBody();
    this.#shared ??= request.getDispatcher() ?? new this.#use.Agent();
    const dispatcher = this.#shared;
    const deadline = new AbortController();
    const done = new AbortController();
    const expire = async (): Promise<void> => {
      await this.#clock.sleep(manner.deadlineMs, done.signal);
      if (!done.signal.aborted) deadline.abort();
    };
    void expire();
    try {
      const response = await this.#use.fetch(request.getUrl(), {
        method: request.getHttpMethod(),
        headers: { ...request.getHeaders(), 'user-agent': 'netdiag' },
        ...(typeof body === 'string' ? { body } : {}),
        // A redirect would carry the bearer token's request elsewhere; the API server never sends one.
        redirect: 'manual',
        signal: deadline.signal,
        dispatcher,
      });
      const text = await readBody(response);
      const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
      if (response.status < 200 || response.status > 299) {
        const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
        throw new Failure({
          is: 'status',
          code: response.status,
          status: statusOf(type, text),
          body: text,
          tries,
          retryAfterMs: seconds >= 0 ? seconds * 1000 : null,
        });
      }
      if (manner.anyText !== true || type === 'text/html') requireJson(type, text);
      return new this.#use.ResponseContext(
        response.status,
        { 'content-type': type === '' ? 'text/plain' : type, date: response.headers.get('date') ?? '' },
        { text: () => Promise.resolve(text), binary: () => Promise.resolve(Buffer.from(text)), stream: () => null },
      );
    } catch (error) {
      const failure = deadline.signal.aborted
        ? new Failure({ is: 'timed-out', ms: manner.deadlineMs })
        : error instanceof Failure
          ? error
          : new Failure(networkFault(error));
      if (spoils(failure)) this.#letGo(dispatcher);
      throw failure;
    } finally {
      done.abort();
    }
  }

  /** Closes a dispatcher when its last call has ended; the next call brings a new one. */
  #letGo(dispatcher: undici.Dispatcher): void {
    if (this.#shared !== dispatcher) return;
    this.#shared = null;
    dispatcher.close().catch(() => undefined);
  }
}

async function readBody(response: Awaited<ReturnType<Libraries['fetch']>>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return '';
  try {
    for await (const chunk of response.body) {
      const bytes = chunk as Uint8Array;
      size += bytes.byteLength;
      if (size > MOST_BYTES) throw new Failure({ is: 'too-long', bytes: MOST_BYTES });
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const fault = networkFault(error);
    throw new Failure({ is: 'cut', words: fault.is === 'network' ? fault.code || fault.words : fault.is });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function requireJson(type: string, text: string): void {
  if (!/^application\/(?:json|[\w.+-]+\+json)$/.test(type)) throw new Failure({ is: 'not-json', type });
  try {
    JSON.parse(text);
  } catch {
    throw new Failure({ is: 'cut', words: 'the JSON is not whole' });
  }
}

/** The API server's Status object in a body, or `null` when the body is something else. */
function statusOf(type: string, text: string): { message: string; reason: string } | null {
  if (type !== 'application/json') return null;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('kind' in body) || body.kind !== 'Status') return null;
    const message = 'message' in body && typeof body.message === 'string' ? body.message : '';
    const reason = 'reason' in body && typeof body.reason === 'string' ? body.reason : '';
    return { message, reason };
  } catch {
    return null;
  }
}

/** Milliseconds to wait before a read is tried again; `null` when another try is not right. */
function pauseBefore({ fault }: Failure): number | null {
  // A kept connection that the server had just closed: reading twice does no harm.
  if (fault.is === 'network' && /^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/.test(fault.code)) return 100;
  if (fault.is !== 'status' || (fault.code !== 429 && fault.code !== 503)) return null;
  return fault.retryAfterMs === null || fault.retryAfterMs > MOST_WAIT_MS ? null : fault.retryAfterMs;
}

function spoils(failure: Failure): boolean {
  const { fault } = failure;
  return fault.is === 'timed-out' || fault.is === 'network' || (fault.is === 'status' && fault.code === 401);
}
