import type {
  Answer,
  Bound,
  Door,
  DoorChange,
  Finding,
  NodeCommand,
  PlanStep,
  Precondition,
  Risk,
} from '../model/index.ts';
import type { Readings } from '../check/check.ts';

/** What a remediation may look at when it drafts a plan. */
export interface Scene {
  readonly bound: Bound;
  readonly readings: Readings;
  /** The way netdiag came in; `null` when it never got in. */
  readonly door: Door | null;
}

/** A plan without identity: what to run, what undoes it, what must still be so. */
export interface Draft {
  readonly title: string;
  readonly safety: string;
  readonly steps: readonly PlanStep[];
  readonly undo: readonly PlanStep[];
  readonly preconditions: readonly Precondition[];
  readonly doors: DoorChange;
  /** 0 for Kubernetes steps. */
  readonly rollbackSeconds: number;
  /** Absent: it repairs by itself. */
  readonly stage?: { readonly at: number; readonly of: number };
  readonly verify: readonly string[];
  readonly durable: readonly string[];
}

/**
 * What a remediation makes of a finding. `unfit`: it does not fit this node, and people should know why · `done`: the world is
 * already as it would make it · `later`: another approved step comes first.
 */
export type Drafted = Draft | { readonly unfit: string } | { readonly done: string } | { readonly later: string };

/** One way to mend one kind of finding. Pure: it drafts, others approve and run. */
export interface Remediation {
  /** File name without `.ts`. */
  readonly id: string;
  /** Codes of the findings that it mends. */
  readonly fixes: readonly string[];
  readonly risk: Risk;
  /**
   * Ids of the remediations whose lasting form this is: it is offered after one of them has repaired the node, and not before.
   * Absent: it mends by itself.
   */
  readonly lasts?: readonly string[];
  draft(finding: Finding, scene: Scene): Drafted;
}

/** Long enough for a new connection and the symptom's own stimulus on a slow node, short enough for an outage. */
export const ROLLBACK_SECONDS = 60;

/** The precondition that an answered question still gives the very same text; `null` when its text was not kept. */
export function unchanged(answer: Answer | null, argv: readonly string[]): Precondition | null {
  return answer === null || answer.text === null ? null : { argv, stdout: answer.text };
}

/** A command on the subject. */
export function onNode({ bound }: Pick<Scene, 'bound'>, argv: readonly string[], stdin?: string): NodeCommand {
  return { kind: 'node-command', node: bound.subject.name, argv, ...(stdin === undefined ? {} : { stdin }) };
}

/** A string fact of a finding. Throws TypeError where the check that made it forgot one. */
export function fact(finding: Finding, name: string): string {
  const value = finding.facts[name];
  if (typeof value !== 'string') throw new TypeError(`finding ${finding.code} has no fact ${name}`);
  return value;
}

/** A list fact of a finding; empty when there is none. */
export function facts(finding: Finding, name: string): readonly string[] {
  const value = finding.facts[name];
  return Array.isArray(value) ? value : [];
}

/** Doors of a change that leaves every way in as it is. */
export function sameDoors(scene: Scene): DoorChange {
  return { closes: [], opens: [], confirmThrough: [scene.door?.address ?? scene.bound.subject.address] };
}
