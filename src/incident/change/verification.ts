import { readingsOf } from '../../check/check.ts';
import type { Check, Target } from '../../check/check.ts';
import { questionKey } from '../../model/index.ts';
import type { Answer, Deed, Finding, Offer, Question, Verified, Watched } from '../../model/index.ts';
import { dnsQuery, icmpEcho, tcpSyn } from '../../stimulus/index.ts';
import { repairedBefore } from './past.ts';
import { fitting } from '../diagnosis/fitting.ts';
import { targetOf, tells } from '../diagnosis/triage.ts';
import type { Turn } from '../turn.ts';
import { watchFor } from '../watch/watch.ts';

/** What a look after a change says of it. */
export interface SeenAfter {
  /** The change did what it should: its own checks are clear, and whatever still fails is not for its cause. */
  readonly good: boolean;
  /** Every marked packet was answered. */
  readonly answered: boolean;
  /** One sentence. */
  readonly seen: string;
  /** What is left beside the cause that is gone: the code of another finding, or SYMPTOM; `null`: nothing. */
  readonly leaves: string | null;
}

/** In the place of a finding's code: what was reported is not answered in full, and nobody knows yet why. */
export const SYMPTOM = 'symptom';

/** The checks that must be clear, and the symptom's own stimulus once more. */
export function verification(turn: Turn, offer: Offer): Extract<Deed, { do: 'verify' }> {
  const { bound, answers, watches } = turn.state;
  const watched = watches[watchOf(turn, offer)] ?? null;
  const readings = readingsOf(answers);
  const suspects = turn.state.life === 'closed' ? [] : suspected(turn);
  const own = turn.house.checks.filter(({ id }) => offer.plan.verify.includes(id));
  const questions =
    bound === null ? [] : [...new Set([...own, ...suspects])].flatMap((check) => check.needs(bound, readings));
  const asked = new Map<string, Question>(
    questions.filter(({ role }) => role === 'subject').map((question) => [questionKey(question), question]),
  );
  // A change of the cluster may have ended the very pod to which the cause sent its packets: they go where the last look sent them.
  const state = turn.state.change?.cluster ? { ...turn.state, findings: [] } : turn.state;
  const watch = watched === null ? null : watchFor(state, proving(watched));
  const fit = watch !== null && !('unfit' in watch) ? watch : null;
  return {
    do: 'verify',
    plan: offer.plan,
    questions: [...asked.values()],
    stimulus: fit?.stimulus ?? null,
    watch: fit?.watch ?? null,
    // Whether it is another cause by which they still fail, a counter has to tell.
    ...(watched !== null && turn.state.life !== 'closed' && telling(turn, offer, watched).length > 0
      ? { rounds: 2 as const }
      : {}),
    askApiServer: bound?.farEnd?.kind === 'api-server',
  };
}

/** The stimulus whose marks are of this protocol. */
const MARKING = { tcp: tcpSyn.id, icmp: icmpEcho.id, dns: dnsQuery.id } as const;

/** The stimulus that was counted before, whatever has become of the playbook that named it. */
function proving({ sent }: Watched): { readonly stimulus: string; readonly target: Target } {
  return { stimulus: MARKING[sent.mark.proto], target: targetOf(sent) };
}

/** Judges what a new connection saw, by the plan's own checks, by the packets, and by every suspect once more. */
export function seenAfter(turn: Turn, offer: Offer, event: Verified): SeenAfter {
  const { bound } = turn.state;
  if (bound === null) return { good: false, answered: false, seen: 'The node is not known any more.', leaves: null };
  const readings = readingsOf(byKey(event.answers));
  const failing = turn.house.checks
    .filter(({ id }) => offer.plan.verify.includes(id))
    .flatMap((check) => {
      const verdict = check.judge(bound, readings);
      if (verdict.is === 'clear') return [];
      return [verdict.is === 'found' ? `${check.suspect} still` : `it could not be seen whether ${check.ruledOut}`];
    });
  const { watched } = event;
  const answered = watched?.story.fate === 'answered';
  // Once it is repaired, there is nothing to compare with: whatever is wrong then is a regression.
  const first = turn.state.life !== 'closed' && !repairedBefore(turn.state);
  const left =
    watched === null || !first ? null : answered ? hidden(turn, offer, event) : failingStill(turn, offer, watched);
  const good =
    event.failure === undefined && event.door !== null && failing.length === 0 && (answered || left !== null);
  const count = `${watched?.sent.answered ?? 0} of ${watched?.sent.count ?? 0} marked packets are answered.`;
  const seen =
    event.failure ??
    (failing.length > 0
      ? `After the change ${failing.join(', ')}.`
      : watched === null
        ? 'The checks are clear again, but no marked packets could be sent.'
        : `${count}${left === null ? kubelet(event) : ` ${left.sentence}`}`);
  return { good, answered, seen, leaves: left?.code ?? null };
}

/** What is left, and a sentence that says so. */
interface Left {
  readonly code: string;
  readonly sentence: string;
}

const other = ({ code, statement }: Finding): Left => ({
  code,
  sentence: `This cause is gone, another one is left: ${statement}`,
});

/** Why packets still fail: another cause that they prove, or, where more of them are answered than before, one that is to be found. */
function failingStill(turn: Turn, offer: Offer, watched: Watched): Left | null {
  const proven = telling(turn, offer, watched).find(({ check, finding }) => {
    return check.prove?.(finding, watched).says === 'proven';
  });
  if (proven !== undefined) return other(proven.finding);
  const before = turn.state.watches[watchOf(turn, offer)];
  const part = ({ sent }: Watched): number => (sent.count === 0 ? 0 : sent.answered / sent.count);
  if (before === undefined || part(watched) <= part(before)) return null;
  return { code: SYMPTOM, sentence: 'That is better than before, and not yet well: I look for what else is wrong.' };
}

/**
 * What packets that are all answered do not show: another cause that others prove, a suspect of which nothing could be said, or which
 * was not there, before this change, and the symptom's own traffic where the cause was proven by other packets.
 */
function hidden(turn: Turn, offer: Offer, event: Verified): Left | null {
  const proven = beside(turn, offer).find(({ confidence }) => confidence === 'proven');
  const known = proven ?? uncovered(turn, event);
  if (known !== undefined) return other(known);
  const [own] = turn.state.watches;
  if (watchOf(turn, offer) === 0 || own === undefined || own.story.fate === 'answered') return null;
  return { code: SYMPTOM, sentence: 'This cause is gone; whether what was reported works as well, I look at next.' };
}

/** A finding that the diagnosis did not make, because the mended cause hid it; `undefined` where there is none. */
function uncovered(turn: Turn, event: Verified): Finding | undefined {
  const { bound, answers, dismissed } = turn.state;
  if (bound === null) return undefined;
  const others = Object.values(answers).filter(({ question }) => question.role !== 'subject');
  const judged = (list: readonly Answer[]): readonly Finding[] =>
    suspected(turn).flatMap((check) => {
      const verdict = check.judge(bound, readingsOf(byKey(list)));
      return verdict.is === 'found' ? verdict.findings : [];
    });
  const before = new Set([...dismissed, ...judged(Object.values(answers)).map(({ code }) => code)]);
  return judged([...others, ...event.answers]).find(({ code }) => !before.has(code));
}

/** The checks that the playbook narrows by. */
function suspected({ house, state: { playbook, bound } }: Turn): readonly Check[] {
  const states = playbook === null ? {} : (house.playbooks.get(playbook.id)?.playbook.file.states ?? {});
  const ids = Object.values(states).flatMap((state) => ('narrow' in state ? state.narrow : []));
  return bound === null ? [] : fitting(house.checks, bound).filter(({ id }) => ids.includes(id));
}

/** Index of the watch that says most of the plan's finding. */
function watchOf({ state: { findings } }: Turn, { plan }: Offer): number {
  return findings.find(({ code }) => code === plan.finding)?.watch ?? 0;
}

function byKey(answers: readonly Answer[]): Record<string, Answer> {
  return Object.fromEntries(answers.map((answer) => [questionKey(answer.question), answer]));
}

/** The API server's own word, where it was asked. */
function kubelet({ apiServer }: Verified): string {
  if (apiServer === null) return '';
  return apiServer === 'answers'
    ? ' The API server reaches the kubelet.'
    : ' The API server did not reach the kubelet when I asked it to.';
}

/** What was found beside the mended cause, of which packets like these can tell. */
function telling(
  turn: Turn,
  offer: Offer,
  watched: Watched,
): readonly { readonly check: Check; readonly finding: Finding }[] {
  return beside(turn, offer).flatMap((finding) => {
    const check = turn.house.checks.find(({ codes }) => codes.includes(finding.code));
    return check !== undefined && tells(check, targetOf(watched.sent)) ? [{ check, finding }] : [];
  });
}

/** What was found beside the mended cause, by other checks than those that have just been asked again. */
function beside({ state, house }: Turn, { plan }: Offer): readonly Finding[] {
  return state.findings.filter(({ code }) => {
    const check = house.checks.find(({ codes }) => codes.includes(code));
    return check !== undefined && !plan.verify.includes(check.id);
  });
}
