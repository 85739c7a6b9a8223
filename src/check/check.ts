import type {
  Answer,
  Bound,
  Evidence,
  Finding,
  Line,
  Missing,
  NodeRole,
  Question,
  Reading,
  Verdict,
  Watched,
} from '../model/index.ts';
import { nodeInRole, questionKey } from '../model/index.ts';
import type { Params, Probe } from '../probe/probe.ts';

/** What the nodes have answered so far, by typed probe. */
export interface Readings {
  /** The reading, or `null` when the question was not asked yet. */
  of<P extends Params, T>(role: NodeRole, probe: Probe<P, T>, params: P): Reading<T> | null;
  answer<P extends Params>(role: NodeRole, probe: Probe<P, unknown>, params: P): Answer | null;
}

/** What counted packets say about a finding. */
export interface Proof {
  readonly says: 'proven' | 'refuted' | 'open';
  /** One sentence with the numbers. */
  readonly sentence: string;
}

/** Where marked packets go: to the node's kubelet, to a pod by its address, to a pod behind a service, or to the cluster DNS. */
export type Target = 'kubelet' | 'pod' | 'service' | 'dns';

/** A judgement over readings. Pure; never asks anything itself. */
export interface Check {
  /** File name without `.ts`; playbooks name it. */
  readonly id: string;
  /** Name of the one CNI under which it makes sense; elsewhere it is neither asked nor judged. Absent: everywhere. */
  readonly cni?: string;
  /** The suspect, as in "… leads": a short clause. */
  readonly suspect: string;
  /** What it means when clear, as in "ruled out: …": a short clause. */
  readonly ruledOut: string;
  /** Codes of the findings that it may return. */
  readonly codes: readonly string[];
  /**
   * Questions that it needs, given what is known already. Called again after each round of answers until it asks
   * nothing new; at most three rounds.
   */
  needs(bound: Bound, readings: Readings): readonly Question[];
  judge(bound: Bound, readings: Readings): Verdict;
  /** Whose packets suffer from what it finds, so that they prove or refute it; absent: everybody's. */
  readonly shows?: readonly Target[];
  /** Weighs the captures and counters of a watch against one of its findings. Absent: packets cannot prove it. */
  prove?(finding: Finding, watched: Watched): Proof;
}

/** A question to a role. */
export function ask<P extends Params>(role: NodeRole, probe: Probe<P, unknown>, params: P): Question {
  return { role, probe: probe.id, params };
}

/** Readings over a state's answers. */
export function readingsOf(answers: Readonly<Record<string, Answer>>): Readings {
  const answer = <P extends Params>(role: NodeRole, probe: Probe<P, unknown>, params: P): Answer | null =>
    answers[questionKey(ask(role, probe, params))] ?? null;
  return {
    answer,
    of: <P extends Params, T>(role: NodeRole, probe: Probe<P, T>, params: P) =>
      (answer(role, probe, params)?.reading ?? null) as Reading<T> | null,
  };
}

/** A line of evidence from an answer. `line` is the exact line; absent: there is none, or no output at all. */
export function lineOf(answer: Answer, line: string | undefined): Line {
  const none = answer.text?.trim() === '' ? '(no output)' : '(no such line)';
  return { node: answer.node, command: answer.command, line: line ?? none, output: answer.output };
}

/** The line that `pick` finds in what a node answered; `null` where it did not answer. */
export function lineFrom<P extends Params, T>(
  readings: Readings,
  role: NodeRole,
  probe: Probe<P, T>,
  params: P,
  pick: (value: T) => string | undefined,
): Line | null {
  const reading = readings.of(role, probe, params);
  const answer = readings.answer(role, probe, params);
  return reading?.known === true && answer !== null ? lineOf(answer, pick(reading.value)) : null;
}

/** One row of proof; the peer's line is left out when the peer did not answer. `normal`: in what both rightly differ. */
export function evidence(about: string, subject: Line, peer: Line | null, normal?: string): Evidence {
  if (peer === null) return { about, subject };
  return { about, subject, peer, ...(normal === undefined ? {} : { normal }) };
}

/** The verdict of a check whose need was not met. */
export function unknown(
  check: string,
  bound: Bound,
  role: NodeRole,
  reading: Reading<unknown> | null,
  what: string,
): Verdict {
  const missing: Missing = {
    check,
    role,
    node: nodeInRole(bound, role)?.name ?? '(nobody)',
    gap: reading !== null && !reading.known ? reading.gap : 'unreachable',
    detail: reading !== null && !reading.known ? `${what}: ${reading.detail}` : what,
  };
  return { is: 'unknown', missing: [missing] };
}
