import type { Button, IncidentState, Rich } from '../../model/index.ts';
import { inverseOf } from '../change/inverse.ts';
import { keptChanges } from '../change/past.ts';
import { lastKept } from '../change/undo.ts';
import { tokenOf } from '../turn.ts';

/** The button that undoes what was changed last; none where nothing stays, or where nothing undoes it exactly. */
export function undoButton(state: IncidentState): readonly Button[] {
  const kept = lastKept(state);
  if (kept === null || state.outcome === 'unknown' || 'inexact' in inverseOf(kept.offer.plan)) return [];
  const token = tokenOf(state, { means: 'undo', plan: kept.offer.plan.id });
  const whole = keptChanges(state).length === 1 && state.outcome === 'repaired';
  return token === null ? [] : [{ token, label: whole ? 'Undo the repair…' : `Undo Fix ${kept.offer.letter}…` }];
}

/** Why there is no such button, where something stays. */
export function notUndoable(state: IncidentState): readonly Rich[] {
  const kept = lastKept(state);
  if (kept === null || state.outcome === 'unknown') return [];
  const inverse = inverseOf(kept.offer.plan);
  return 'inexact' in inverse
    ? [[{ strong: 'No undo: ' }, { text: `Fix ${kept.offer.letter} cannot be undone exactly: ${inverse.inexact}.` }]]
    : [];
}

/** Who undid what, in order. */
export function undoneTold({ past, earlier, offers }: IncidentState): readonly Rich[] {
  return [...(earlier?.changes ?? []), ...past].flatMap(({ plan: id, undone }): Rich[] => {
    const offer = offers.find(({ plan }) => plan.id === id);
    if (undone === undefined || offer === undefined) return [];
    const lines = undone.difference?.length ?? 0;
    const rest =
      lines === 0 || undone.difference === null
        ? `. ${undone.difference === null ? "The node's own state could not be compared with the one before it." : 'Nothing differs from before it.'}`
        : `. ${lines === 1 ? "One line of the node's state differs" : `${lines} lines of the node's state differ`} from before it: ${undone.difference.slice(0, 3).join(' · ')}${lines > 3 ? ' …' : ''}`;
    return [
      [
        { strong: 'Undone: ' },
        { text: `Fix ${offer.letter}, ${offer.plan.title}, asked for by ` },
        { person: undone.asked },
        { text: ', approved by ' },
        { person: undone.approved },
        lines === 0 ? { text: rest } : { code: rest },
      ],
    ];
  });
}
