import type { Digest, Gap } from './reading.ts';
import type { NodeRole } from './role.ts';

/** One decision of a kernel on the way of a packet, or of its answer: where it goes next. */
export interface Hop {
  readonly way: 'there' | 'back';
  readonly role: NodeRole;
  readonly node: string;
  /** What is decided here, one clause. */
  readonly about: string;
  /** The lookup, to be pasted into a shell on that node; `null` where too little was known to ask it. */
  readonly command: string | null;
  /** The kernel's own line; `null` where it was not seen, and `gap` says why. */
  readonly line: string | null;
  readonly output: Digest | null;
  readonly gap?: Gap;
  /** `no`: not as it is on a healthy way, or not as the captures saw it. */
  readonly fits: 'yes' | 'no' | 'unknown';
  /** What it comes to, and what the captures saw of it; empty where there is nothing to add. */
  readonly says: string;
}
