import { isApprover, stoppedSentence, SWITCH, switchAfter, switched } from '../incident/index.ts';
import type { Desk } from '../port.ts';
import type { Commons } from './ports.ts';

/** A reason is one line of a card. */
const MOST = 200;

/** The switch that stops every change of every cluster before it begins, for those who may approve. */
export function switching({
  journal,
  clock,
  house,
}: Pick<Commons, 'journal' | 'clock' | 'house'>): Pick<Desk, 'switchChanges'> {
  return {
    async switchChanges({ by, stop, reason, groups }) {
      const named = isApprover(by, house.approval, []);
      if (!named && !isApprover(by, house.approval, groups === undefined ? [] : await groups())) {
        const what = stop ? 'stop-changes' : 'allow-changes';
        await journal.note({ at: clock.now(), incident: SWITCH_REFUSED, by: by.id, what: 'refused', detail: what });
        return { done: false, sentence: 'Only those who may approve can stop all changes or allow them again.' };
      }
      const before = switchAfter(await journal.audit(SWITCH));
      if (stop && before !== null) return { done: false, sentence: stoppedSentence(before) };
      if (!stop && before === null) return { done: false, sentence: 'Changes are allowed; nobody has stopped them.' };
      await journal.note(switched(stop, by, clock.now(), reason.slice(0, MOST)));
      return { done: true, sentence: stop ? STOPPED : ALLOWED };
    },
  };
}

/** Rows that turn nothing. */
const SWITCH_REFUSED = `${SWITCH} refused`;
const STOPPED =
  'No change begins from now on, in any incident. What is under way comes to its end by itself; the Stop button of its thread takes it back. `/netdiag allow-changes` ends this.';
const ALLOWED = 'Changes may begin again. What was approved meanwhile was not begun and has to be approved anew.';
