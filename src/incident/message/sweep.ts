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
  if (others.length === 0)
    return [
      ['others', { is: 'note', text: [{ text: 'There is no other node in the pool that could have this cause.' }] }],
    ];
  const text: Rich = [
    { strong: verdict(found.length, unseen.length + left === 0) },
    {
      text: ` I asked ${others.length} ${others.length === 1 ? 'node' : 'nodes'} of the pool: ${count('clear')} clear`,
    },
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

/** What nobody has looked at is never called clear. */
function verdict(found: number, all: boolean): string {
  if (found === 0) return all ? 'No other node has this cause.' : 'No other node that I could see has this cause.';
  return found === 1 ? '1 other node has this cause.' : `${found} other nodes have this cause.`;
}

const MOST = 20;

function buttons({ buttons: meanings }: IncidentState): Button[] {
  return Object.entries(meanings).flatMap(([token, meaning]) =>
    meaning.means === 'start' ? [{ token, label: `Diagnose ${meaning.node}` }] : [],
  );
}
