import type { Gap } from '../../model/index.ts';

/** A door that did not open. `final` means that no other door of the same node may be tried with the same key. */
export class DoorClosed extends Error {
  override readonly name = 'DoorClosed';
  readonly gap: Gap;
  readonly final: boolean;
  constructor(gap: Gap, because: string, final = false) {
    super(because);
    this.gap = gap;
    this.final = final;
  }
}
