import { interpret } from '../../capture/index.ts';
import type { Finding, FindingMessage, IncidentState, Message, Rich } from '../../model/index.ts';
import { tokenOf } from '../turn.ts';

/** The leading finding with its proof. Absent until the diagnosis has come to an end. */
export function findingMessage(state: IncidentState): readonly (readonly [string, Message])[] {
  const [finding] = state.findings;
  if (finding === undefined || state.bound === null || state.life === 'opened' || state.life === 'diagnosing')
    return [];
  const { watched } = state;
  return [
    [
      'finding',
      {
        is: 'finding',
        finding,
        subject: state.bound.subject.name,
        peer: state.bound.peer?.name ?? null,
        proof: watched === null ? null : [...interpret(watched.story), ...adds(finding)],
        story: watched?.story ?? null,
        captures: watched?.captures ?? [],
        evidence: finding.evidence,
        ruledOut: state.ruledOut,
        unseen: state.unseen,
        ...(state.path === undefined ? {} : { path: state.path }),
        ...dismissing(state, finding),
      },
    ],
  ];
}

function dismissing(state: IncidentState, { code }: Finding): Pick<FindingMessage, 'buttons'> {
  const token = tokenOf(state, { means: 'dismiss', finding: code });
  return token === null || state.life !== 'proposing' ? {} : { buttons: [{ token, label: 'That is not it' }] };
}

/** What the check says of the packets, unless that proves the finding without a number of its own: the captures have said it. */
function adds({ proof, confidence }: Finding): Rich {
  if (proof === undefined || (confidence === 'proven' && !/\d/.test(proof))) return [];
  return [{ text: ` ${proof}` }];
}
