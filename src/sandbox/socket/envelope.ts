/** The kinds of envelope that this workspace sends (https://docs.slack.dev/apis/events-api/using-socket-mode). */
export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** One envelope on its way: what was sent on which connection, and what came back. */
export interface SentEnvelope {
  readonly id: string;
  readonly type: EnvelopeType;
  readonly connection: number;
  readonly at: number;
  ackedAfterMs: number | undefined;
  ack: unknown;
}

/** What is to be told to the app, whichever way it is reached. */
export interface Envelope {
  readonly type: EnvelopeType;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly takesPayload: boolean;
  /** How often it was tried before, and why that failed; events only. */
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What became of an envelope: acknowledged (with its payload), not in time, refused (HTTP mode), or there was nobody to send it to. */
export type Delivery =
  | { readonly kind: 'acked'; readonly payload: unknown; readonly ms: number }
  | { readonly kind: 'silent' }
  /** `retry` is false when the app asked not to be sent it again. */
  | { readonly kind: 'refused'; readonly status: number; readonly retry: boolean }
  | { readonly kind: 'nobody' };
