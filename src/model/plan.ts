import type { Json } from './json.ts';
import type { NodeIdentity } from './node.ts';

/** One change on a node: argv, never a shell string. */
export interface NodeCommand {
  readonly kind: 'node-command';
  readonly node: string;
  readonly argv: readonly string[];
  /** What the command reads; absent: nothing. */
  readonly stdin?: string;
}

/** The Kubernetes object that a patch is for, as it was when the plan was made. */
export interface PatchedObject {
  readonly kind: 'DaemonSet' | 'Node';
  /** `null` at the cluster scope. */
  readonly namespace: string | null;
  readonly name: string;
  readonly uid: string;
  /** `metadata.generation`, which rises with every change of the spec; `null` where the kind counts none (Node). */
  readonly generation: number | null;
}

/** One change of one Kubernetes object, as a strategic merge patch. Refused where the object is another one or was changed since. */
export interface KubernetesPatch {
  readonly kind: 'kubernetes-patch';
  readonly object: PatchedObject;
  /** What it does, one clause: `set AWS_VPC_K8S_CNI_EXTERNALSNAT to true`. */
  readonly says: string;
  readonly patch: { readonly [key: string]: Json };
}

/**
 * The deletion of one pod, whose owner then makes another one; done when that one is Ready. `uid`: exactly this pod; `null`: the
 * one that its owner has on the node by then (after a patch that is taken back).
 */
export interface PodDelete {
  readonly kind: 'pod-delete';
  readonly namespace: string;
  /** `null` together with `uid`. */
  readonly name: string | null;
  readonly uid: string | null;
  readonly node: string;
  /** Kind and name of the controlling owner, e.g. `DaemonSet/aws-node`. */
  readonly owner: string;
}

/** A step that the API server carries out. */
export type ClusterStep = KubernetesPatch | PodDelete;

/** One thing that a plan does. The steps of one plan are all the node's or all the API server's. */
export type PlanStep = NodeCommand | ClusterStep;

/** What must still be so on the node when the rollback is armed: the command's stdout, byte for byte. */
export interface Precondition {
  readonly argv: readonly string[];
  readonly stdout: string;
}

/** Which ways into the node the change shuts and opens, and which must work afterwards. */
export interface DoorChange {
  readonly closes: readonly string[];
  readonly opens: readonly string[];
  /** The confirming connection must come through one of these addresses; never empty. */
  readonly confirmThrough: readonly string[];
}

/** 1: run-time values on one node, exact undo · 2: a daemon restart or one node's roll-out · 3: several nodes or pods disrupted. */
export type Risk = 1 | 2 | 3;

/** What is approved. Its canonical form's SHA-256 is its hash; any change of any field makes it another plan. */
export interface Plan {
  readonly version: 1;
  /** Fix id: random, recorded once in the node's ledger. */
  readonly id: string;
  readonly incident: string;
  readonly remediation: string;
  /** Code of the finding that it mends. */
  readonly finding: string;
  readonly cluster: string;
  readonly node: NodeIdentity;
  /** What it does, one line. */
  readonly title: string;
  /** Why it is safe, one or two sentences. */
  readonly safety: string;
  readonly steps: readonly PlanStep[];
  readonly undo: readonly PlanStep[];
  readonly preconditions: readonly Precondition[];
  readonly risk: Risk;
  readonly approvals: number;
  readonly doors: DoorChange;
  /** Seconds after arming until the node restores itself unless confirmed. */
  /** 0 for a plan of Kubernetes steps: netdiag itself takes those back. */
  readonly rollbackSeconds: number;
  /** Milliseconds since the epoch at which it was put up for approval; absent: it was not, or has no order. */
  readonly issuedAt?: number;
  /** Milliseconds since the epoch; afterwards nobody can approve it and nothing starts. */
  readonly expiresAt: number;
  /** The node's gate demands signatures under the plan's order (`orderOf`); absent: the node has no gate. */
  readonly signed?: true;
  /** Checks that must be clear afterwards. */
  readonly verify: readonly string[];
  /** The lasting form, for people: what to put where. */
  readonly durable: readonly string[];
  /** Which of several approved steps towards the repair this is; `null` where it repairs by itself. Only the last one mends. */
  readonly stage: { readonly at: number; readonly of: number } | null;
  /** What the API server's dry-run of its patches says would change, `-old` and `+new` lines; empty without patches. */
  readonly rehearsal: readonly string[];
  /** Id of the confirmed plan that this one undoes; absent: it undoes none. */
  readonly undoes?: string;
  readonly playbook: { readonly id: string; readonly digest: string };
}

/** The steps that the node runs by itself, under its ledger. */
export function nodeCommands(steps: readonly PlanStep[]): readonly NodeCommand[] {
  return steps.filter((step) => step.kind === 'node-command');
}

/** The steps that the API server carries out. */
export function clusterSteps(steps: readonly PlanStep[]): readonly ClusterStep[] {
  return steps.filter((step) => step.kind !== 'node-command');
}

/** Whether a plan changes Kubernetes objects instead of one node. */
export function changesCluster({ steps }: Pick<Plan, 'steps'>): boolean {
  return clusterSteps(steps).length > 0;
}
