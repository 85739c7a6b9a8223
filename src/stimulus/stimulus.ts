import type { CaptureFilter, Mark, NodeRole, Output, Reading, Sent, StimulusPlan } from '../model/index.ts';
import type { Command, Ids } from '../port.ts';

/** The node that sends, and the part it plays. */
export interface Vantage {
  readonly role: NodeRole;
  readonly node: string;
}

/** Commands that send one round, run one after the other. */
export type Way = readonly [Command, ...Command[]];

/** One kind of marked traffic: a few packets from a named vantage that captures recognise by their headers alone. */
export interface Stimulus {
  /** The file name without `.ts`; unique. */
  readonly id: string;
  /** What it sends, in words that fit "I sent 7 …". */
  readonly sends: string;
  /**
   * One mark for each round, no two alike; `nonce` keeps two stimuli of one incident apart. Throws TypeError for a plan that
   * it cannot send: `to` is not an IP address, a port is missing, the count is not 1 to 50.
   */
  marks(plan: StimulusPlan, rounds: number, nonce: Pick<Ids, 'between'>): readonly Mark[];
  /** Ways to send one round, the quickest first: a later one is for vantages whose tool does not know the words before. */
  ways(plan: StimulusPlan, mark: Mark): readonly [Way, ...Way[]];
  /** True where the tool refused the very words of a way, so that nothing left and the next way may do. */
  refused(outputs: readonly Output[]): boolean;
  /**
   * What was sent in one round, from the outputs in the order of the commands. The mark is read from the outputs where they tell it,
   * so that a recording made with other random numbers gives its own mark; `mark` is used where they do not. A gap when nothing could
   * be sent.
   */
  parse(outputs: readonly Output[], plan: StimulusPlan, mark: Mark, vantage: Vantage): Reading<Sent>;
  /** Which packets a capture of this stimulus has to see: both directions, as addressed by the sender. */
  filter(plan: StimulusPlan): CaptureFilter;
}

/** Bounds of every stimulus: a few packets, never a load. */
export const MOST = 50;

/** Throws TypeError where the number of packets is not between 1 and MOST. */
export function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > MOST) throw new TypeError(`cannot send ${count} marked packets`);
}
