import { interpret } from '../../capture/index.ts';
import { explained } from '../../check/explained.ts';
import type { IncidentState, Rich } from '../../model/index.ts';

/** Things named one by one; more of them are counted, and listed below. */
const NAMED = 3;

/** What there is to say where no cause was found: what was looked at and counted, what was not seen, and what would tell most. */
export function withoutCause(state: IncidentState): Rich[] {
  const known = Object.values(state.answers).filter(({ reading }) => reading.known);
  const own = known.filter(({ question }) => question.role === 'subject').length;
  if (own === 0) return [[{ text: `I could not look at ${state.node}. ` }, ...next(state)]];
  return [looked(state, own, known.length > own), ...packets(state), unseen(state), next(state)];
}

function looked({ ruledOut, bound }: IncidentState, own: number, both: boolean): Rich {
  const peer = bound?.peer?.name;
  const beside = both
    ? [{ text: ' and on a healthy peer' }, ...(peer === undefined ? [] : [{ text: ', ' }, { code: peer }])]
    : [];
  const out =
    ruledOut.length === 0
      ? '. It rules nothing out.'
      : `. That rules out ${ruledOut.length} ${ruledOut.length === 1 ? 'suspect' : 'suspects'}; each is listed below with its reason.`;
  return [{ text: `I looked at ${own} things on the node` }, ...beside, { text: out }];
}

/** What was provoked, how it fared, and whether the kernels on its way decide rightly. */
function packets({ watched, path = [] }: IncidentState): Rich[] {
  if (watched === null) return [];
  const { sent, story } = watched;
  const port = sent.port === null ? '' : ` port ${sent.port}`;
  return [
    [
      ...(sent.by === 'user'
        ? [{ text: `${sent.answered} of ${sent.count} attempts that people repeated to ` }]
        : [{ text: `${sent.answered} of ${sent.count} marked packets from ` }, { code: sent.node }, { text: ' to ' }]),
      { code: sent.to },
      { text: `${port} were answered.${decisions(path)}` },
    ],
    // A server that refuses, or answers by halves, is seen in no counter.
    ...(sent.behind === undefined || sent.count === 0 ? [] : [interpret(story)]),
    ...explained(watched)
      .slice(0, 1)
      .map(({ sentence }): Rich => [{ text: sentence }]),
  ];
}

function decisions(path: NonNullable<IncidentState['path']>): string {
  const count = (fits: string): number => path.filter((hop) => hop.fits === fits).length;
  const [right, wrong, hidden] = [count('yes'), count('no'), count('unknown')];
  if (path.length === 0 || hidden === path.length) return '';
  const others = hidden === 0 ? '' : ` ${hidden} could not be seen.`;
  if (wrong === 0)
    return ` On their way there and back the kernels decide rightly in ${hidden === 0 ? 'all ' : ''}${right} places that I asked.${others}`;
  const [is, it] = wrong === 1 ? ['is', 'it is'] : ['are', 'they are'];
  return ` On their way there and back ${wrong} of ${path.length} decisions ${is} wrong; ${it} marked below.${others}`;
}

/** What stayed hidden although it was asked for, and what nobody asked for. */
function unseen({ unseen, watched }: IncidentState): Rich {
  const more = unseen.length - NAMED;
  const named = unseen
    .slice(0, NAMED)
    .flatMap(({ detail, node }, at): Rich => [
      { text: `${at === 0 ? '' : '; '}${detail.replace(/\.$/, '')} (` },
      { code: node },
      { text: ')' },
    ]);
  const asked: Rich =
    unseen.length === 0
      ? [{ text: 'nothing that I asked for. ' }]
      : [...named, { text: `${more > 0 ? `; and ${more} more, listed below` : ''}. ` }];
  const tried =
    watched === null
      ? 'No packets were counted, so what happens to any is not known.'
      : 'I tried no other traffic than this: other clients, ports and times, and what lies between the nodes, I did not see.';
  return [{ strong: 'Could not see: ' }, ...asked, { text: tried }];
}

/** What would tell most, when this did not. */
function next(state: IncidentState): Rich {
  const most = (what: string): Rich => [{ text: 'The next thing that would tell us most: ' }, { text: what }];
  const failed = state.looks.find(({ role, failure }) => role === 'subject' && failure !== null);
  if (failed !== undefined) return most('a way into the node (console, or an address that answers).');
  if (state.watched === null && state.watchFailure !== null)
    return [
      { text: `${state.watchFailure} ` },
      ...most('repeat the failing request while somebody captures on the node.'),
    ];
  if (state.outcome === 'nothing-found') return most('the exact client, server and port that fail, and since when.');
  const wrong = state.path?.find(({ fits }) => fits === 'no');
  if (wrong !== undefined && wrong.command !== null)
    return [...most('what makes '), { code: wrong.node }, { text: ' answer as it does to ' }, { code: wrong.command }];
  const [trouble] = state.troubles;
  if (state.unseen.length === 0 && trouble !== undefined)
    return [{ text: `${trouble} Ask again once that is mended.` }];
  return most('the items under "could not see".');
}
