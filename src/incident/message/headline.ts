import type { Change, IncidentState, Rich } from '../../model/index.ts';
import { everKept, keptChanges, mendedCauses } from '../change/past.ts';

/** The outcome in one line. */
export function headline(state: IncidentState, outcome: NonNullable<IncidentState['outcome']>): Rich {
  const node = { code: state.node };
  const { change } = state;
  const kept = keptChanges(state);
  // What was done before the incident was looked at again is still so.
  const nothing = everKept(state).length > 0 ? 'nothing more' : 'nothing';
  switch (outcome) {
    case 'repaired':
      return [
        { strong: `Repaired in ${seconds(state, kept)} s of machine time` },
        { text: ' · ' },
        node,
        ...(mendedCauses(state).length < 2 ? [] : [{ text: ` · ${mendedCauses(state).length} causes` }]),
      ];
    case 'undone':
      return [
        { strong: 'The repair was undone: ' },
        node,
        { strong: ' is as before it' },
        { text: ', and so is what was wrong.' },
      ];
    case 'rolled-back':
      if (change !== null && change.cluster !== null)
        return [{ strong: 'Not repaired; what was changed in the cluster for ' }, node, { strong: ' was taken back.' }];
      if (kept.length > 0)
        return [{ strong: 'Not repaired: the last fix was taken back, what was done before it stays on ' }, node];
      return (change?.entry?.difference ?? []).length === 0
        ? [{ strong: 'Not repaired, and nothing is left behind: ' }, node, { text: ' restored itself.' }]
        : [{ strong: 'Not repaired: ' }, node, { text: ' restored itself, but not every line is as it was.' }];
    case 'nothing-found':
      if (everKept(state).length > 0)
        return [
          { strong: 'Nothing wrong is found any more in the network of ' },
          node,
          { text: '; what was done stays.' },
        ];
      return [{ strong: 'Nothing wrong found in the network of ' }, node];
    case 'advice':
      return kept.length > 0
        ? [{ strong: 'The cause is known; some of the approved steps were done on ' }, node]
        : [{ strong: `The cause is known; ${nothing} was changed on ` }, node];
    case 'aborted':
    case 'unknown':
      return unknown(state, kept, nothing);
  }
}

function unknown({ change, node: name }: IncidentState, kept: readonly Change[], nothing: string): Rich {
  const node = { code: name };
  if (change?.entry?.state === 'refused') return [{ strong: `Not repaired; ${nothing} was changed on ` }, node];
  if (change !== null && change.cluster !== null)
    return [
      { strong: 'Not repaired, and not everything that was changed in the cluster for ' },
      node,
      { strong: ' could be taken back.' },
    ];
  if (change !== null)
    return [{ strong: 'What became of the fix is not known: ' }, node, { text: ' has to be looked at.' }];
  if (kept.length > 0) return [{ strong: 'Ended before the repair was complete; what was done stays on ' }, node];
  return [{ strong: 'I do not know what is wrong with ' }, node];
}

/** From each approval until its change had proved itself, the waits for people between them left out. */
function seconds({ openedAt, timeline }: IncidentState, kept: readonly Change[]): number {
  const spans = kept.map(({ since, until }) => (until ?? since) - since);
  const whole =
    kept.length === 0 ? (timeline.at(-1)?.at ?? openedAt) - openedAt : spans.reduce((sum, ms) => sum + ms, 0);
  return Math.max(1, Math.round(whole / 1000));
}
