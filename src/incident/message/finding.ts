import { interpret } from '../../capture/index.ts';
import { explained } from '../../check/explained.ts';
import type { Finding, FindingMessage, IncidentState, Message, Rich, Watched } from '../../model/index.ts';
import { nextStep } from './next-step.ts';
import { wholeOutputs } from './outputs.ts';
import { unseenOf } from './unseen.ts';
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
        proof: watched === null ? null : [...told(watched), ...adds(finding), ...counted(finding, watched)],
        story: watched?.story ?? null,
        captures: watched?.captures ?? [],
        evidence: finding.evidence,
        ruledOut: state.ruledOut,
        unseen: unseenOf(state),
        ...(state.path === undefined ? {} : { path: state.path }),
        ...behind(state, finding),
        ...dismissing(state, finding),
      },
    ],
  ];
}

/** What there is to read and to do beyond the proof. */
function behind(state: IncidentState, finding: Finding): Pick<FindingMessage, 'outputs' | 'next'> {
  const outputs = wholeOutputs(state, finding);
  const next = nextStep(state, finding);
  return { ...(outputs.length === 0 ? {} : { outputs }), ...(next === null ? {} : { next }) };
}

function dismissing(state: IncidentState, { code }: Finding): Pick<FindingMessage, 'buttons'> {
  const token = tokenOf(state, { means: 'dismiss', finding: code });
  return token === null || state.life !== 'proposing' ? {} : { buttons: [{ token, label: 'That is not it' }] };
}

/** What the captures say; of people's own packets, that they were theirs. */
function told({ story, sent }: Watched): Rich {
  if (sent.by !== 'user') return interpret(story);
  if (sent.count === 0) return [{ text: 'No packet of what was repeated came to this node.' }];
  return [{ text: 'Of what was repeated: ' }, ...interpret(story)];
}

/** What an exact counter says of the packets where the finding does not rest on one. */
function counted({ proof }: Finding, watched: Watched): Rich {
  const [first] = explained(watched);
  return first === undefined || proof?.includes(first.counter) === true ? [] : [{ text: ` ${first.sentence}` }];
}

/** What the check says of the packets, unless that proves the finding without a number of its own: the captures have said it. */
function adds({ proof, confidence }: Finding): Rich {
  if (proof === undefined || (confidence === 'proven' && !/\d/.test(proof))) return [];
  return [{ text: ` ${proof}` }];
}
