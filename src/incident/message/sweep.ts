import type { Button, IncidentState, Message, Rich } from '../../model/index.ts';

/** Which other nodes have the same cause. Absent before a repair. */
export function sweepMessage(state: IncidentState): readonly (readonly [string, Message])[] {
  const { sweep } = state;
  if (sweep === null) return [];
  if (sweep === 'asked')
    return [['others', { is: 'note', text: [{ text: 'Asking the other nodes of the pool for the same cause …' }] }]];
  if (sweep.failure !== undefined) return [['others', { is: 'note', text: [{ text: sweep.failure }] }]];
  const { others, left } = sweep;
  const count = (says: string): number => others.filter((other) => other.says === says).length;
  const found = others.filter(({ says }) => says === 'found');
  const unseen = others.filter(({ says }) => says === 'unseen');
  const text: Rich = [
    {
      strong:
        found.length === 0
          ? 'No other node has this cause. '
          : `${found.length} other nodes have this cause. `.replace(/^1 other nodes have/, '1 other node has'),
    },
    { text: `I asked ${others.length} ${others.length === 1 ? 'node' : 'nodes'} of the pool: ${count('clear')} clear` },
    ...(unseen.length === 0 ? [] : [{ text: `, ${unseen.length} could not be seen` }]),
    { text: left === 0 ? '.' : `; ${left} more were not asked.` },
  ];
  const list = [...found, ...unseen].map(({ node, sentence }): Rich => [{ code: node }, { text: `: ${sentence}` }]);
  return [
    [
      'others',
      {
        is: 'note',
        text,
        ...(list.length === 0 ? {} : { list: list.slice(0, MOST) }),
        ...(found.length === 0 ? {} : { buttons: buttons(state) }),
      },
    ],
  ];
}

const MOST = 20;

function buttons({ buttons: meanings }: IncidentState): Button[] {
  return Object.entries(meanings).flatMap(([token, meaning]) =>
    meaning.means === 'start' ? [{ token, label: `Diagnose ${meaning.node}` }] : [],
  );
}
