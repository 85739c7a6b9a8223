import type { SqlJournal } from '../adapter/journal/index.ts';
import type { House } from '../incident/index.ts';
import type { Clock } from '../port.ts';
import { switching } from '../shell/index.ts';

const DONE = 0;
const NOT_DONE = 1;

/** `netdiag stop-changes` and `netdiag allow-changes`: 0 where the switch was turned, 1 where it was not. `user` is the kernel's word. */
export async function switchChanges(
  stop: boolean,
  reason: readonly string[],
  parts: { readonly journal: SqlJournal; readonly clock: Clock; readonly house: House },
  out: (text: string) => void,
  user: string,
): Promise<number> {
  const by = { id: `terminal:${user}`, name: user };
  const { done, sentence } = await switching(parts).switchChanges({ by, stop, reason: reason.join(' ') });
  out(`${sentence}\n`);
  return done ? DONE : NOT_DONE;
}
