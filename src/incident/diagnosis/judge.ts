import type { Check, Proof } from '../../check/check.ts';
import { readingsOf } from '../../check/check.ts';
import type { Finding, Missing, Watched } from '../../model/index.ts';
import { fitting } from './fitting.ts';
import { probes } from '../../probe/index.ts';
import { targetOf, tells } from './triage.ts';
import { set } from '../turn.ts';
import type { Turn } from '../turn.ts';

const SAYS = { proven: 0, refuted: 1, open: 2 } as const;
const SURE = { proven: 0, likely: 1, possible: 2 } as const;

/** Judges the named checks over everything that was answered and keeps what they found, ruled out and could not see. */
export function judge(turn: Turn, checkIds: readonly string[]): 'suspected' | 'cleared' | 'unseen' {
  const { bound } = turn.state;
  if (bound === null) return 'unseen';
  const readings = readingsOf(turn.state.answers);
  const findings: Finding[] = [];
  const ruledOut: string[] = [];
  const unseen: Missing[] = [];
  const told = new Set<string>();
  for (const check of inOrder(fitting(turn.house.checks, bound), checkIds)) {
    const verdict = check.judge(bound, readings);
    if (verdict.is === 'found')
      findings.push(...verdict.findings.filter(({ code }) => !turn.state.dismissed.includes(code)));
    else if (verdict.is === 'clear') ruledOut.push(`${check.ruledOut} (${verdict.because})`);
    else {
      unseen.push(...verdict.missing);
      for (const { probe } of check.needs(bound, readings)) told.add(probe);
    }
  }
  set(turn, { findings: rank(findings), ruledOut, unseen: [...unseen, ...gaps(turn), ...silent(turn, told)] });
  if (findings.length > 0) return 'suspected';
  return unseen.length > 0 ? 'unseen' : 'cleared';
}

/**
 * Weighs every finding against the counted packets: proven ones lead, refuted ones go. Findings that packets cannot
 * prove stay likely.
 */
export function weigh(turn: Turn): 'proven' | 'likely' | 'cleared' | 'unseen' {
  const { watches, findings, unseen } = turn.state;
  const kept = findings.flatMap((finding): Finding[] => {
    const check = turn.house.checks.find(({ codes }) => codes.includes(finding.code));
    const told = check === undefined ? null : tellingMost(check, finding, watches);
    if (check === undefined || told === null) return [finding];
    const { proof, watch } = told;
    if (proof.says === 'refuted') {
      set(turn, { ruledOut: [...turn.state.ruledOut, `${check.suspect}: ${proof.sentence}`] });
      return [];
    }
    const weighed = { ...finding, proof: proof.sentence, watch };
    return [proof.says === 'proven' ? { ...weighed, confidence: 'proven' } : weighed];
  });
  const ranked = rank(kept);
  const watched = watches[ranked[0]?.watch ?? 0] ?? null;
  set(turn, { findings: ranked, watched });
  if (kept.some(({ confidence }) => confidence === 'proven')) return 'proven';
  if (kept.length > 0) return 'likely';
  const answered = watches.length > 0 && watches.every(({ story }) => story.fate === 'answered');
  return answered || (watched === null && unseen.length === 0 && turn.state.watchFailure === null)
    ? 'cleared'
    : 'unseen';
}

/** What the watches that can tell of a finding say of it: a proof before a refutation before an open end. */
function tellingMost(
  check: Check,
  finding: Finding,
  watches: readonly Watched[],
): { readonly proof: Proof; readonly watch: number } | null {
  const told = watches.flatMap((watched, watch) => {
    const proof = tells(check, targetOf(watched.sent)) ? check.prove?.(finding, watched) : undefined;
    return proof === undefined ? [] : [{ proof, watch }];
  });
  return told.toSorted((a, b) => SAYS[a.proof.says] - SAYS[b.proof.says])[0] ?? null;
}

/** Proven before likely; otherwise as the playbook orders its suspects. */
function rank(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => SURE[a.confidence] - SURE[b.confidence]);
}

function inOrder(checks: readonly Check[], ids: readonly string[]): Check[] {
  return ids.flatMap((id) => checks.filter((check) => check.id === id));
}

/** Nodes that were never entered, and a peer that there is none: named whatever the checks made of them. */
export function gaps(turn: Turn): Missing[] {
  const { bound, looks } = turn.state;
  const missing: Missing[] = looks
    .filter(({ state, failure }) => state === 'failed' && failure !== null)
    .map(({ role, node, failure }) => ({ check: 'doors', role, node, gap: 'unreachable', detail: failure ?? '' }));
  if (bound !== null && bound.peer === null) {
    missing.push({
      check: 'peer',
      role: 'peer',
      node: '(nobody)',
      gap: 'unreachable',
      detail: 'a healthy second node of the same pool to compare with: there is none',
    });
  }
  return missing;
}

/** Lookups of the survey that the subject did not answer, but for those of which a check `told` already. */
function silent(turn: Turn, told: ReadonlySet<string>): Missing[] {
  return Object.values(turn.state.answers).flatMap(({ question, node, reading }): Missing[] => {
    const probe = probes.find(({ id }) => id === question.probe);
    if (reading.known || question.role !== 'subject' || probe?.cheap !== true || told.has(probe.id)) return [];
    return [{ check: 'survey', role: 'subject', node, gap: reading.gap, detail: `${probe.reads}: ${reading.detail}` }];
  });
}
