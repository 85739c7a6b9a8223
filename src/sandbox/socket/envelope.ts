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

/** What became of an envelope: acknowledged (with its payload), not in time, or there was no connection to send it on. */
export type Delivery =
  | { readonly kind: 'acked'; readonly payload: unknown; readonly ms: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'nobody' };
