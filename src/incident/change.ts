import { readingsOf } from '../check/check.ts';
import { KUBELET_PORT } from '../check/kubelet-listens.ts';
import { questionKey } from '../model/index.ts';
import type { Door, Finding, LedgerEntry, Offer, Question, Verified, Watched } from '../model/index.ts';
import { icmpEcho, tcpSyn } from '../stimulus/index.ts';
import { forget, lookAfresh } from './again.ts';
import { close } from './close.ts';
import { lookAtNodes } from './look.ts';
import { repairedBefore } from './past.ts';
import { replace } from './propose.ts';
import { repaired } from './repaired.ts';
import { audit, live, record, set, trouble, want } from './turn.ts';
import type { Turn } from './turn.ts';
import { targetOf, tells } from './triage.ts';
import { watchFor } from './watch.ts';

/** The node has answered what became of the change. */
export function changed(turn: Turn, planId: string, entry: LedgerEntry, door: Door): void {
  const offer = approved(turn, planId);
  if (offer === null || turn.state.change === null || turn.state.life !== 'changing') return;
  set(turn, { change: { ...turn.state.change, entry, door } });
  audit(turn, 'netdiag', entry.state, `plan ${planId} ${entry.detail}`.trim());
  if (entry.state === 'applied') {
    record(turn, [{ text: `Fix ${offer.letter} applied; the rollback is armed` }]);
    live(turn, 'applied');
    return want(turn, verification(turn, offer));
  }
  if (entry.state === 'refused') return refused(turn, offer, entry);
  record(turn, [{ text: `Fix ${offer.letter} did not go through: ` }, { code: entry.detail || entry.state }]);
  live(turn, 'settle');
  want(turn, { do: 'settle', plan: offer.plan, verb: 'await' });
}

/** What became of the change is not known: the node decides, and is asked until it answers. */
export function changeUnknown(turn: Turn, planId: string, sentence: string): void {
  const offer = approved(turn, planId);
  if (offer === null || turn.state.life !== 'changing') return;
  trouble(turn, sentence);
  audit(turn, 'netdiag', 'unknown', `plan ${planId} ${sentence}`);
  live(turn, 'settle');
  want(turn, { do: 'settle', plan: offer.plan, verb: 'await' });
}

/** Another cause that was found beside the mended one, and that the packets prove to be why they still fail. */
function otherCause(turn: Turn, { plan }: Offer, watched: Watched): Finding | null {
  const left = turn.state.findings.filter(({ code }) => {
    const check = turn.house.checks.find(({ codes }) => codes.includes(code));
    return check !== undefined && !plan.verify.includes(check.id);
  });
  return (
    left.find((finding) => {
      const check = turn.house.checks.find(({ codes }) => codes.includes(finding.code));
      return (
        check !== undefined && tells(check, targetOf(watched.sent)) && check.prove?.(finding, watched).says === 'proven'
      );
    }) ?? null
  );
}

/** One of two causes is mended: everything is looked at again, and the plan for the other one follows. */
function onToTheNext(turn: Turn): void {
  const { change, past } = turn.state;
  if (change !== null) set(turn, { past: [...past, { ...change, until: turn.event.at }], change: null });
  live(turn, 'again');
  lookAfresh(turn);
}

/** What a new connection saw after the change. */
export function verified(turn: Turn, event: Verified): void {
  const offer = approved(turn, event.plan);
  const { bound, change } = turn.state;
  if (offer === null || bound === null || change === null || turn.state.life !== 'verifying') return;
  const readings = readingsOf(
    Object.fromEntries(event.answers.map((answer) => [questionKey(answer.question), answer])),
  );
  const failing = turn.house.checks
    .filter(({ id }) => offer.plan.verify.includes(id))
    .flatMap((check) => {
      const verdict = check.judge(bound, readings);
      if (verdict.is === 'clear') return [];
      return [verdict.is === 'found' ? `${check.suspect} still` : `it could not be seen whether ${check.ruledOut}`];
    });
  const story = event.watched?.story ?? null;
  const answered = story?.fate === 'answered';
  const other = answered || event.watched === null ? null : otherCause(turn, offer, event.watched);
  const good =
    event.failure === undefined && event.door !== null && failing.length === 0 && (answered || other !== null);
  const seen =
    event.failure ??
    (failing.length > 0
      ? `After the change ${failing.join(', ')}.`
      : story === null
        ? 'The checks are clear again, but no marked packets could be sent.'
        : `${event.watched?.sent.answered ?? 0} of ${event.watched?.sent.count ?? 0} marked packets are answered.${other === null ? kubelet(event) : ` This cause is gone, another one is left: ${other.statement}`}`);
  const leaves = other === null ? {} : { leaves: other.code };
  set(turn, { change: { ...change, verified: good, seen, door: event.door ?? change.door, ...leaves } });
  record(turn, [{ text: good ? 'Verified over a new connection: ' : 'Not verified: ' }, { text: seen }]);
  audit(turn, 'netdiag', good ? 'verified' : 'not-verified', `plan ${event.plan} ${seen}`);
  live(turn, 'settle');
  want(turn, {
    do: 'settle',
    plan: offer.plan,
    verb: good ? 'confirm' : event.door === null ? 'await' : 'roll-back',
  });
}

/** The API server's own word, where it was asked. */
function kubelet({ apiServer }: Verified): string {
  if (apiServer === null) return '';
  return apiServer === 'answers'
    ? ' The API server reaches the kubelet.'
    : ' The API server did not reach the kubelet when I asked it to.';
}

/** The node's ledger has come to rest. */
export function settled(turn: Turn, planId: string, entry: LedgerEntry, door: Door): void {
  const offer = approved(turn, planId);
  if (offer === null || turn.state.change === null || turn.state.life !== 'settling') return;
  set(turn, { change: { ...turn.state.change, entry, door } });
  audit(turn, 'netdiag', entry.state, `plan ${planId} ${entry.detail}`.trim());
  if (entry.state === 'confirmed') {
    record(turn, [{ text: 'Rollback disarmed; the change stays' }]);
    if (turn.state.change.verified !== true) return close(turn, 'unknown');
    return turn.state.change.leaves === undefined ? repaired(turn, offer) : onToTheNext(turn);
  }
  if (entry.state === 'refused') {
    record(turn, [{ text: 'The node refused; nothing was changed' }]);
    return close(turn, repairedBefore(turn.state) ? 'repaired' : 'unknown');
  }
  if (entry.state !== 'rolled-back') {
    trouble(
      turn,
      `The ledger of ${offer.plan.node.name} says "${entry.state}" for this fix, and it should have come to rest: look at the node.`,
    );
    return close(turn, 'unknown');
  }
  record(turn, [
    {
      text:
        entry.difference.length === 0
          ? 'The node restored itself; its state equals the saved one'
          : `The node restored itself, but ${entry.difference.length} lines of its state differ from the saved one`,
    },
  ]);
  if (repairedBefore(turn.state))
    trouble(turn, `Fix ${offer.letter} was taken back; the repair before it stays as it is.`);
  close(turn, 'rolled-back');
}

/** The node could not be asked in time. A person has to look. */
export function unsettled(turn: Turn, planId: string, sentence: string): void {
  if (approved(turn, planId) === null || turn.state.life !== 'settling') return;
  trouble(turn, sentence);
  record(turn, [{ text: sentence }]);
  audit(turn, 'netdiag', 'unknown', `plan ${planId} ${sentence}`);
  close(turn, 'unknown');
}

/** Nothing was done because the node differs from what was approved: look afresh and make a new plan. */
function refused(turn: Turn, offer: Offer, entry: LedgerEntry): void {
  const lasting = repairedBefore(turn.state);
  const then = lasting ? 'The repair stays as it is.' : 'I look again and make a new plan.';
  record(turn, [{ text: `Nothing was changed: ` }, { code: entry.detail }]);
  trouble(turn, `Fix ${offer.letter} was not started, and nothing was changed: ${entry.detail} ${then}`);
  replace(turn, { ...offer, state: 'superseded' });
  set(turn, { change: null });
  if (lasting) return close(turn, 'repaired');
  live(turn, 'refused');
  forget(turn);
  lookAtNodes(turn);
}

/** The plan that the node was asked to run; `null` for any other, and for one of Kubernetes steps. */
function approved(turn: Turn, planId: string): Offer | null {
  const { change } = turn.state;
  if (change === null || change.plan !== planId || change.cluster !== null) return null;
  return turn.state.offers.find(({ plan, state }) => plan.id === planId && state === 'approved') ?? null;
}

/** The checks that must be clear, and the symptom's own stimulus once more. */
function verification(turn: Turn, offer: Offer): Extract<Parameters<typeof want>[1], { do: 'verify' }> {
  const { bound, answers, findings, watches } = turn.state;
  const watched = watches[findings.find(({ code }) => code === offer.plan.finding)?.watch ?? 0] ?? null;
  const readings = readingsOf(answers);
  const questions =
    bound === null
      ? []
      : turn.house.checks
          .filter((check) => offer.plan.verify.includes(check.id))
          .flatMap((check) => check.needs(bound, readings));
  const own = new Map<string, Question>(
    questions.filter(({ role }) => role === 'subject').map((question) => [questionKey(question), question]),
  );
  const watch = watched === null ? null : watchFor(turn.state, proving(watched));
  const fit = watch !== null && !('unfit' in watch) ? watch : null;
  return {
    do: 'verify',
    plan: offer.plan,
    questions: [...own.values()],
    stimulus: fit?.stimulus ?? null,
    watch: fit?.watch ?? null,
    askApiServer: bound?.farEnd?.kind === 'api-server',
  };
}

/** The stimulus that was counted before, whatever has become of the playbook that named it. */
function proving({ sent }: Watched): { readonly stimulus: string; readonly target: 'kubelet' | 'pod' | 'service' } {
  return {
    stimulus: sent.mark.proto === 'tcp' ? tcpSyn.id : icmpEcho.id,
    target: sent.port === null ? 'pod' : sent.port === KUBELET_PORT ? 'kubelet' : 'service',
  };
}
