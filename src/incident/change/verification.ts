import { readingsOf } from '../../check/check.ts';
import { KUBELET_PORT } from '../../check/kubelet-listens.ts';
import { questionKey } from '../../model/index.ts';
import type { Deed, Finding, Offer, Question, Verified, Watched } from '../../model/index.ts';
import { icmpEcho, tcpSyn } from '../../stimulus/index.ts';
import { targetOf, tells } from '../diagnosis/triage.ts';
import type { Turn } from '../turn.ts';
import { watchFor } from '../watch/watch.ts';

/** What a look after a change says of it. */
export interface SeenAfter {
  readonly good: boolean;
  /** One sentence. */
  readonly seen: string;
  /** Another cause, which these packets or earlier ones prove, although this one is gone. */
  readonly other: Finding | null;
}

/** The checks that must be clear, and the symptom's own stimulus once more. */
export function verification(turn: Turn, offer: Offer): Extract<Deed, { do: 'verify' }> {
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
  // A change of the cluster may have ended the very pod to which the cause sent its packets: they go where the last look sent them.
  const state = turn.state.change?.cluster ? { ...turn.state, findings: [] } : turn.state;
  const watch = watched === null ? null : watchFor(state, proving(watched));
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

/** Judges what a new connection saw, by the plan's own checks and by the packets. */
export function seenAfter(turn: Turn, offer: Offer, event: Verified): SeenAfter {
  const { bound } = turn.state;
  if (bound === null) return { good: false, seen: 'The node is not known any more.', other: null };
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
  const other = answered
    ? (beside(turn, offer).find(({ confidence }) => confidence === 'proven') ?? null)
    : event.watched === null
      ? null
      : otherCause(turn, offer, event.watched);
  const good =
    event.failure === undefined && event.door !== null && failing.length === 0 && (answered || other !== null);
  const seen =
    event.failure ??
    (failing.length > 0
      ? `After the change ${failing.join(', ')}.`
      : story === null
        ? 'The checks are clear again, but no marked packets could be sent.'
        : `${event.watched?.sent.answered ?? 0} of ${event.watched?.sent.count ?? 0} marked packets are answered.${other === null ? kubelet(event) : ` This cause is gone, another one is left: ${other.statement}`}`);
  return { good, seen, other };
}

/** The API server's own word, where it was asked. */
function kubelet({ apiServer }: Verified): string {
  if (apiServer === null) return '';
  return apiServer === 'answers'
    ? ' The API server reaches the kubelet.'
    : ' The API server did not reach the kubelet when I asked it to.';
}

/** Another cause that was found beside the mended one, and that the packets prove to be why they still fail. */
function otherCause(turn: Turn, offer: Offer, watched: Watched): Finding | null {
  return (
    beside(turn, offer).find((finding) => {
      const check = turn.house.checks.find(({ codes }) => codes.includes(finding.code));
      return (
        check !== undefined && tells(check, targetOf(watched.sent)) && check.prove?.(finding, watched).says === 'proven'
      );
    }) ?? null
  );
}

/** What was found beside the mended cause, by other checks than those that have just been asked again. */
function beside({ state, house }: Turn, { plan }: Offer): readonly Finding[] {
  return state.findings.filter(({ code }) => {
    const check = house.checks.find(({ codes }) => codes.includes(code));
    return check !== undefined && !plan.verify.includes(check.id);
  });
}
