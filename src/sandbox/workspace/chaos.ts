/** Faults that the control face can switch on. Counters go down by one with each use. */
export interface Chaos {
  /** Answer the next N calls (of `method` only, when set) with HTTP 429. */
  tooMany: number;
  tooManyMethod: string;
  retryAfterSeconds: number;
  /** Answer the next N calls with HTTP 500, before they take effect. */
  serverError: number;
  /** Answer the next N calls with HTTP 500 after they took effect. */
  serverErrorAfter: number;
  /** Send the next N envelopes twice, the second time under a new envelope id. */
  duplicate: number;
  /** Wait this long before answering any call, in ms; the call takes effect first. */
  slowMs: number;
  /** Check no blocks at all. */
  anyBlocks: boolean;
  /** Treat these block types as unknown, as a workspace without a new block's rollout does. */
  refuseBlockTypes: readonly string[];
  /** Leave pings unanswered. */
  noPong: boolean;
  /** Wait this long before `hello`, in ms. */
  helloDelayMs: number;
  /** Leave the TCP connection open after the closing handshake. */
  holdAfterClose: boolean;
  /** Answer `apps.connections.open` with `invalid_auth`. */
  refuseOpen: boolean;
  /** How long after `files.completeUploadExternal` a file is shared, in ms: from, to. */
  shareDelayMs: readonly [number, number];
  /** How long the app has to acknowledge an envelope, in ms. */
  ackDeadlineMs: number;
  /** When unacknowledged events are sent again, in ms after the attempt before. */
  redeliverAfterMs: readonly number[];
}

/** No fault at all, and Slack's own times. */
export function calm(): Chaos {
  return {
    tooMany: 0,
    tooManyMethod: '',
    retryAfterSeconds: 1,
    serverError: 0,
    serverErrorAfter: 0,
    slowMs: 0,
    duplicate: 0,
    anyBlocks: false,
    refuseBlockTypes: [],
    noPong: false,
    helloDelayMs: 0,
    holdAfterClose: false,
    refuseOpen: false,
    shareDelayMs: [200, 1500],
    ackDeadlineMs: 3000,
    redeliverAfterMs: [0, 60_000, 300_000],
  };
}
