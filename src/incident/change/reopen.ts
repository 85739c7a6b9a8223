import type { Person } from '../../model/index.ts';
import { lookAfresh } from './again.ts';
import { REPEAT } from '../watch/repeat.ts';
import { replace, superseded } from '../offer/propose.ts';
import { audit, live, record, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/**
 * A closed incident is looked at again, with the answers that people gave; what it did before is history. It is a request like a new
 * one: whoever made it does not approve what it leads to. With `repeat`, people's own packets are watched.
 */
export function reopen(turn: Turn, by: Person, repeat: boolean): string | null {
  if (turn.state.life !== 'closed') return 'This incident is open already.';
  audit(turn, by.id, 'reopened', turn.state.outcome ?? '');
  record(turn, [{ person: by }, { text: repeat ? ' wants to repeat what fails' : ' asked to look again' }]);
  for (const offer of turn.state.offers) replace(turn, superseded(offer));
  const { userAnswers, questions, earlier, past, change, offers } = turn.state;
  const changes = [...(earlier?.changes ?? []), ...past, ...(change === null ? [] : [change])];
  set(turn, {
    by,
    repeat,
    questions: questions.filter(({ question }) => question !== REPEAT),
    userAnswers: userAnswers.filter(({ question }) => question !== REPEAT),
    past: [],
    earlier: { changes, offers: offers.length },
    causes: [],
    change: null,
    outcome: null,
    sweep: null,
    dismissed: [],
    rechecks: [],
    troubles: [],
  });
  live(turn, 'again');
  lookAfresh(turn);
  return null;
}
