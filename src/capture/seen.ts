import type { Sighting } from '../model/index.ts';
import type { Recognised } from './recogniser.ts';

/** One packet of ours at one point. */
export interface Seen extends Recognised {
  readonly sighting: Sighting;
  /** What stays the same of this packet wherever it is seen, address translation or not; retransmissions share it. */
  readonly same: string;
  /** Time to live, which every router on the way lowers. */
  readonly ttl: number;
  /** IPv4 identification: tells a packet from its retransmission, where the sender sets it; else 0. */
  readonly ipId: number;
}
