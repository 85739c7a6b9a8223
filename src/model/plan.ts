import type { NodeIdentity } from './node.ts';

/** One change on a node: argv, never a shell string. */
export interface NodeCommand {
  readonly kind: 'node-command';
  readonly node: string;
  readonly argv: readonly string[];
}

/** One thing that a plan does. Kubernetes patches and pod deletions join here. */
export type PlanStep = NodeCommand;

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
  readonly rollbackSeconds: number;
  /** Milliseconds since the epoch; afterwards nobody can approve it and nothing starts. */
  readonly expiresAt: number;
  /** Checks that must be clear afterwards. */
  readonly verify: readonly string[];
  /** The lasting form, for people: what to put where. */
  readonly durable: readonly string[];
  readonly playbook: { readonly id: string; readonly digest: string };
}
