import { interpret } from '../../capture/index.ts';
import type { IncidentState, Message } from '../../model/index.ts';

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
        proof:
          watched === null
            ? null
            : [...interpret(watched.story), ...(finding.proof === undefined ? [] : [{ text: ` ${finding.proof}` }])],
        story: watched?.story ?? null,
        captures: watched?.captures ?? [],
        evidence: finding.evidence,
        ruledOut: state.ruledOut,
        unseen: state.unseen,
      },
    ],
  ];
}
