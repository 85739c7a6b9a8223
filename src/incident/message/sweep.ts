import type { Button, IncidentState, Message, Rich } from '../../model/index.ts';
import { mendedCauses } from '../change/past.ts';
import { concerned } from '../change/sweep.ts';
import { tokenOf } from '../turn.ts';

/** Which other nodes have the same causes. Absent before a repair. */
export function sweepMessage(state: IncidentState): readonly (readonly [string, Message])[] {
  const { sweep } = state;
  if (sweep === null) return [];
  const several = mendedCauses(state).length > 1;
  const [one, same] = several ? ['one of these causes', 'these causes'] : ['this cause', 'the same cause'];
  if (sweep === 'asked')
    return [['others', { is: 'note', text: [{ text: `Asking the other nodes of the pool for ${same} …` }] }]];
  if (sweep.failure !== undefined) return [['others', { is: 'note', text: [{ text: sweep.failure }] }]];
  const { others, left } = sweep;
  const count = (says: string): number => others.filter((other) => other.says === says).length;
  const unseen = others.filter(({ says }) => says === 'unseen');
  const sick = concerned(others);
  if (others.length === 0)
    return [['others', { is: 'note', text: [{ text: `There is no other node in the pool that could have ${one}.` }] }]];
  const text: Rich = [
    { strong: verdict(count('found'), unseen.length + left === 0, one) },
    {
      text: ` I asked ${others.length} ${others.length === 1 ? 'node' : 'nodes'} of the pool: ${count('clear')} clear`,
    },
    ...(count('other') === 0 ? [] : [{ text: `, ${count('other')} with something else that those checks find` }]),
    ...(unseen.length === 0 ? [] : [{ text: `, ${unseen.length} could not be seen` }]),
    { text: left === 0 ? '.' : `; ${left} more were not asked.` },
  ];
  const list = [...sick, ...unseen].map(({ node, sentence }): Rich => [{ code: node }, { text: `: ${sentence}` }]);
  return [
    [
      'others',
      {
        is: 'note',
        text,
        ...(list.length === 0 ? {} : { list: list.slice(0, MOST) }),
        ...(sick.length === 0 ? {} : { buttons: sick.flatMap(({ node }) => button(state, node)) }),
      },
    ],
  ];
}

/** What nobody has looked at is never called clear. */
function verdict(found: number, all: boolean, what: string): string {
  if (found === 0) return all ? `No other node has ${what}.` : `No other node that I could see has ${what}.`;
  return found === 1 ? `1 other node has ${what}.` : `${found} other nodes have ${what}.`;
}

const MOST = 20;

function button(state: IncidentState, node: string): Button[] {
  const token = tokenOf(state, { means: 'start', node });
  return token === null ? [] : [{ token, label: `Diagnose ${node}` }];
}
