import type { IncidentState, LiveMessage, Look, Rich, Step } from '../../model/index.ts';
import { doorName } from '../../model/door.ts';
import { lookedAt } from '../change/again.ts';
import { everKept, keptChanges, plansRun, repairedBefore } from '../change/past.ts';
import { tokenOf } from '../turn.ts';
import { changingCluster } from './live-cluster.ts';

type Mark = Step['state'];

/** The one message in the channel: every step from the start, each with its state. */
export function liveMessage(state: IncidentState): LiveMessage {
  return {
    is: 'live',
    node: state.node,
    cluster: state.cluster,
    by: state.by,
    title: title(state),
    steps: [looking(state), narrowing(state), proving(state), fixing(state), ...changing(state)],
    ...stopping(state),
  };
}

function stopping(state: IncidentState): Pick<LiveMessage, 'buttons'> {
  const token = tokenOf(state, { means: 'stop' });
  if (token === null || state.life === 'closed' || state.life === 'settling') return {};
  if (state.change === null) return { buttons: [{ token, label: 'Stop' }] };
  return { buttons: [{ token, label: 'Stop and take it back', style: 'danger' }] };
}

/** How far it is, in words that stand below the node's name. */
function title(state: IncidentState): Rich {
  switch (state.outcome) {
    case 'repaired':
      return [{ text: 'Repaired' }];
    case 'undone':
      return [{ text: 'The repair was undone' }];
    case 'rolled-back':
      return [
        {
          text: `Not repaired: ${state.change?.cluster ? 'what was changed was taken back' : 'the node restored itself'}`,
        },
      ];
    case 'nothing-found':
      return [{ text: 'Nothing wrong found in its network' }];
    case 'advice':
      return [
        {
          text:
            keptChanges(state).length > 0
              ? 'Cause found, some steps done'
              : `Cause found, ${everKept(state).length > 0 ? 'nothing more' : 'nothing'} was changed`,
        },
      ];
    case 'unknown':
      if (state.change !== null && state.change.cluster !== null)
        return [{ text: 'Not repaired, and not everything could be taken back' }];
      return [{ text: 'Ended without a certain answer' }];
    case 'aborted':
      return [{ text: 'Ended without a certain answer' }];
    case null:
      return [{ text: underWay(state) }];
  }
}

/** A change is to be undone, or is being. */
const UNDOING: ReadonlySet<string> = new Set(['rehearsing', 'waiting', 'approved']);

function underWay(state: IncidentState): string {
  const { life, symptom, change } = state;
  if (change !== null && change.cluster !== null && life === 'settling') return 'The fix is being taken back';
  if (change !== null && change.cluster !== null && change.entry?.state === 'applied')
    return `Looking whether the fix has helped${stage(state)}`;
  if (life === 'opened' || life === 'diagnosing')
    return symptom === null ? 'Waiting for an answer in the thread' : 'Looking for the cause';
  if (state.offers.some(({ plan, state: at }) => plan.undoes !== undefined && UNDOING.has(at)))
    return life === 'proposing' ? 'Repaired, an undo waits for an approval' : 'The undo is under way';
  if (repairedBefore(state))
    return life === 'proposing' ? 'Repaired, the lasting form waits' : 'Making the repair last';
  return life === 'proposing' ? 'Cause found, the fix waits for an approval' : 'The fix is under way';
}

/** Which of several approved plans this is about. */
function stage({ offers, change }: IncidentState): string {
  const at = offers.find(({ plan }) => plan.id === change?.plan)?.plan.stage ?? null;
  return at === null ? '' : ` (${at.at} of ${at.of})`;
}

function looking(state: IncidentState): Step {
  const peer = state.looks.find(({ role }) => role === 'peer');
  const asked = state.looks.some((look) => look.state === 'asked');
  const failed = state.looks.find(({ role }) => role === 'subject')?.state === 'failed';
  const mark: Mark =
    failed || (state.life === 'closed' && state.looks.length === 0)
      ? 'failed'
      : state.looks.length === 0 || asked
        ? 'active'
        : 'done';
  const detail = mark === 'active' ? undefined : seen(state);
  const doing = mark === 'active' ? 'Looking' : mark === 'failed' ? 'Look' : 'Looked';
  const label: Rich =
    peer === undefined
      ? [{ text: `${doing} at the node` }]
      : [{ text: `${doing} at the node and at its healthy peer ` }, { code: peer.node }];
  return { id: 'look', label, state: mark, ...(detail === undefined ? {} : { detail }) };
}

function seen(state: IncidentState): Rich | undefined {
  const first = state.troubles[0];
  if (state.looks.length === 0) return first === undefined ? undefined : [{ text: first }];
  const answers = Object.values(state.answers);
  const silent = new Set(answers.flatMap(({ question, reading }) => (reading.known ? [] : [question.probe])));
  const known = answers.filter(({ reading }) => reading.known).length;
  const subject = state.looks.find((look: Look) => look.role === 'subject');
  const door = subject?.door;
  if (subject?.state === 'failed' && subject.door === null)
    return [{ text: 'no door of ' }, { code: subject.node }, { text: ' opened' }];
  const through = door === undefined || door === null ? [] : [{ text: 'came in through ' }, { code: doorName(door) }];
  // The answers of that diagnosis have given way to the new ones.
  if (lookedAt(state) !== null) return through.length === 0 ? undefined : through;
  const counted = { text: `${known} of ${answers.length} lookups answered${without([...silent])}` };
  return through.length === 0 ? [counted] : [counted, { text: ', ' }, ...through];
}

/** Names what did not answer, the first three. */
function without(probes: readonly string[]): string {
  if (probes.length === 0) return '';
  const more = probes.length > 3 ? ` and ${probes.length - 3} more` : '';
  return ` (not ${probes.slice(0, 3).join(', ')}${more})`;
}

function narrowing(state: IncidentState): Step {
  const leader = state.findings[0];
  const judged = state.findings.length > 0 || state.ruledOut.length > 0;
  const mark: Mark = judged
    ? 'done'
    : state.life === 'closed'
      ? 'failed'
      : state.life === 'diagnosing'
        ? 'active'
        : 'pending';
  const detail: Rich =
    leader !== undefined
      ? [
          {
            text: `${state.life === 'diagnosing' && lookedAt(state) === null ? 'Suspected: ' : ''}${gist(leader.statement)}`,
          },
        ]
      : state.symptom === null
        ? state.life === 'closed'
          ? []
          : [{ text: 'waiting for the symptom' }]
        : judged
          ? [{ text: `${state.ruledOut.length} suspects ruled out` }]
          : [];
  return { id: 'narrow', label: [{ text: 'Narrowing down' }], state: mark, ...(detail.length === 0 ? {} : { detail }) };
}

/** The first clause of a statement; the finding in the thread says the rest. */
function gist(statement: string): string {
  return statement.split(/[.;:](?=\s)/, 1)[0] ?? statement;
}

function proving(state: IncidentState): Step {
  const label: Rich = [{ text: 'Proof' }];
  if (state.watching)
    return {
      id: 'prove',
      label,
      state: 'active',
      detail: [{ text: state.repeated ? 'watching what is repeated' : 'sending marked packets' }],
    };
  if (state.watched !== null) {
    const { sent } = state.watched;
    return {
      id: 'prove',
      label,
      state: 'done',
      detail: [
        { text: `${sent.answered} of ${sent.count} ${sent.by === 'user' ? 'attempts' : 'marked packets'} answered` },
      ],
    };
  }
  if (state.watchFailure !== null)
    return { id: 'prove', label, state: 'failed', detail: [{ text: state.watchFailure }] };
  return { id: 'prove', label, state: state.life === 'closed' ? 'failed' : 'pending' };
}

function fixing(state: IncidentState): Step {
  const label: Rich = [{ text: 'Fix' }];
  const waiting = state.offers.find((offer) => offer.state === 'waiting');
  const ran = plansRun(state);
  const chosen = state.offers.findLast((offer) => offer.state === 'approved' && ran.has(offer.plan.id));
  if (chosen !== undefined && waiting === undefined) {
    const by = chosen.decidedBy === null ? [] : [{ text: ', approved by ' }, { person: chosen.decidedBy }];
    return { id: 'fix', label, state: 'done', detail: [{ text: chosen.plan.title }, ...by] };
  }
  if (waiting !== undefined)
    return { id: 'fix', label, state: 'active', detail: [{ text: 'waiting for an approval' }] };
  if (state.life !== 'closed') return { id: 'fix', label, state: 'pending' };
  return { id: 'fix', label, state: 'done', detail: [{ text: 'nothing was changed' }] };
}

const APPLYING: Readonly<Record<Mark, string>> = {
  pending: 'Apply the fix',
  active: 'Arming the rollback, checking that nothing has changed, applying',
  done: 'Rollback armed, still the same as when approved, applied',
  failed: 'Not applied',
};

const VERIFYING: Readonly<Record<Mark, string>> = {
  pending: 'Verify over a new connection',
  active: 'Verifying over a new connection',
  done: 'Verified over a new connection',
  failed: 'Not verified',
};

const SETTLING: Readonly<Record<Mark, string>> = {
  pending: 'Disarm the rollback',
  active: 'Waiting for the node to settle',
  done: 'Rollback disarmed',
  failed: 'How the node settled is not known',
};

/** The steps of a change under way; none before there is one. */
function changing(state: IncidentState): Step[] {
  const { change } = state;
  if (change === null) return [];
  if (change.cluster !== null) return changingCluster(state, change, change.cluster);
  const ledger = change.entry?.state ?? null;
  const applied =
    ledger === 'applied' || ledger === 'confirmed' || (ledger === 'rolled-back' && change.verified !== null);
  const stopped = ledger === 'refused' || ledger === 'failed' || (ledger === 'rolled-back' && !applied);
  const apply: Mark = applied ? 'done' : stopped ? 'failed' : 'active';
  const verify: Mark =
    change.verified === true ? 'done' : change.verified === false ? 'failed' : applied ? 'active' : 'pending';
  const last: Mark =
    ledger === 'confirmed' || ledger === 'rolled-back'
      ? 'done'
      : state.life === 'closed'
        ? 'failed'
        : change.verified === null
          ? 'pending'
          : 'active';
  return [
    {
      id: 'apply',
      label: [{ text: ledger === 'rolled-back' && !applied ? 'Taken back' : APPLYING[apply] }],
      state: apply,
      ...(stopped && change.entry !== null ? { detail: [{ code: change.entry.detail }] } : {}),
    },
    {
      id: 'verify',
      label: [{ text: VERIFYING[verify] }],
      state: verify,
      ...(change.seen === null ? {} : { detail: [{ text: change.seen }] }),
    },
    {
      id: 'settle',
      label: [{ text: ledger === 'rolled-back' ? 'The node restored itself' : SETTLING[last] }],
      state: last,
    },
  ];
}
