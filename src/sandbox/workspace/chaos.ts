/** What can go wrong with a call. The ones that end in `after` come once the call has taken effect. */
export const faultKinds = [
  'too_many',
  'server_error',
  'server_error_after',
  'timeout',
  'timeout_after',
  'drop',
  'drop_after',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * One fault of the Web API: of the next `times` calls of `method`, or of any method when that is empty. Uploads are
 * called `upload`, response addresses `response_url`.
 */
export interface Fault {
  readonly method: string;
  readonly kind: FaultKind;
  times: number;
  readonly retryAfterSeconds?: number;
}

/** Faults that the control face can switch on. Counters go down by one with each use. */
export interface Chaos {
  /** Faults of single methods; the first that fits is used. A timeout never answers, a drop cuts the connection. */
  faults: Fault[];
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
  /** Cut the connection right after each of the next N envelopes was sent on it. */
  dropAfterSend: number;
  /** Keep the next N envelopes back until N are there, then send them in the opposite order. */
  reverse: number;
  /** Take notice of every acknowledgement this much later, in ms. */
  ackDelayMs: number;
  /** Sign requests as of this many seconds ago (HTTP mode); negative lies in the future. */
  signedSecondsAgo: number;
  /** Sign the next N requests with a wrong secret (HTTP mode). */
  wrongSignature: number;
  /** How many events an hour the app gets before it is told `app_rate_limited` instead. */
  eventsPerHour: number;
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
    faults: [],
    dropAfterSend: 0,
    reverse: 0,
    ackDelayMs: 0,
    signedSecondsAgo: 0,
    wrongSignature: 0,
    eventsPerHour: 30_000,
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

/** Uses up and tells the fault that the next call of this method has, if it has one. */
export function nextFault(chaos: Chaos, method: string): Fault | undefined {
  const fault = chaos.faults.find((one) => one.times > 0 && (one.method === '' || one.method === method));
  if (fault === undefined) return undefined;
  fault.times -= 1;
  chaos.faults = chaos.faults.filter((one) => one.times > 0);
  return fault;
}
