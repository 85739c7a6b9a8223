import { type Health, type Item, worst } from './item.ts';

/** What `netdiag doctor --json` prints. Keys only ever come in addition. */
export interface DoctorDocument {
  readonly version: 1;
  /** The worst of all items: `fault`, `unseen`, `warning`, `ok`. */
  readonly health: Health;
  readonly counts: Readonly<Record<Health, number>>;
  readonly items: readonly Item[];
}

export function doctorDocument(items: readonly Item[]): DoctorDocument {
  const counts = { ok: 0, warning: 0, fault: 0, unseen: 0 };
  for (const { health } of items) counts[health] += 1;
  return { version: 1, health: worst(items), counts, items };
}

/** Everything that a terminal obeys or that hides, which JSON leaves as it is. */
const UNSAFE = /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{DI}\u007f-\u009f]/gu;

/** As JSON in which no character does anything to a terminal: `\u202e` stays six letters. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(UNSAFE, (character) =>
    Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
}
