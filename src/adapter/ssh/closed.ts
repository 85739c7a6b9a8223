import type { Gap } from '../../model/index.ts';

/** What else is to be known of a closed door. */
interface Manner {
  /** No other door of the same node may be tried with the same key. */
  readonly final?: boolean;
  /** sshd hung up before it said who it is, as it does when too many connections come at once: worth one more try. */
  readonly dropped?: boolean;
}

/** A door that did not open; the message is why, in one clause. */
export class DoorClosed extends Error {
  override readonly name = 'DoorClosed';
  readonly gap: Gap;
  readonly final: boolean;
  readonly dropped: boolean;
  constructor(gap: Gap, because: string, manner: Manner = {}) {
    super(because);
    this.gap = gap;
    this.final = manner.final ?? false;
    this.dropped = manner.dropped ?? false;
  }
}
