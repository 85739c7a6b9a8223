import type { IncidentState, Rich } from '../../model/index.ts';

/** The outcome in one line. `state.change` is the change to tell of. */
export function headline(state: IncidentState, outcome: NonNullable<IncidentState['outcome']>): Rich {
  const node = { code: state.node };
  switch (outcome) {
    case 'repaired': {
      const since = state.change?.since ?? state.openedAt;
      const last = state.change?.until ?? state.timeline.at(-1)?.at ?? since;
      return [
        { strong: `Repaired in ${Math.max(1, Math.round((last - since) / 1000))} s of machine time` },
        { text: ' · ' },
        node,
      ];
    }
    case 'rolled-back':
      if (state.change?.cluster !== null && state.change?.cluster !== undefined)
        return [{ strong: 'Not repaired; what was changed in the cluster for ' }, node, { strong: ' was taken back.' }];
      return (state.change?.entry?.difference ?? []).length === 0
        ? [{ strong: 'Not repaired, and nothing is left behind: ' }, node, { text: ' restored itself.' }]
        : [{ strong: 'Not repaired: ' }, node, { text: ' restored itself, but not every line is as it was.' }];
    case 'nothing-found':
      return [{ strong: 'Nothing wrong found in the network of ' }, node];
    case 'advice':
      if (state.past.length > 0)
        return [{ strong: 'The cause is known; some of the approved steps were done on ' }, node];
      return [{ strong: 'The cause is known; nothing was changed on ' }, node];
    case 'aborted':
    case 'unknown':
      if (state.change?.entry?.state === 'refused') return [{ strong: 'Not repaired; nothing was changed on ' }, node];
      if (state.change !== null)
        return [{ strong: 'What became of the fix is not known: ' }, node, { text: ' has to be looked at.' }];
      return [{ strong: 'I do not know what is wrong with ' }, node];
  }
}
