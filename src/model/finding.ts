import type { Gap, Digest } from './reading.ts';
import type { NodeRole } from './role.ts';

/** The exact command on the exact node, and the exact line of its output. */
export interface Line {
  readonly node: string;
  readonly command: string;
  /** One line of output as it was; `(no output)`, or `(no such line)` where there was other output. */
  readonly line: string;
  readonly output: Digest | null;
}

/** One row of proof: what was looked at, what this node says, what a healthy one says. */
export interface Evidence {
  readonly about: string;
  readonly subject: Line;
  /** Absent where there is no peer or the question makes no sense there. */
  readonly peer?: Line;
  /** In what both sides rightly differ, one clause; absent: every difference counts. */
  readonly normal?: string;
}

/** How sure: *proven* by counted packets or a kernel lookup that admits one reading, *likely* by configuration alone. */
export type Confidence = 'proven' | 'likely' | 'possible';

/** A cause, a statement for a tired reader, and its proof. */
export interface Finding {
  readonly code: string;
  /** At most two sentences. */
  readonly statement: string;
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
  /** What the counted packets say of it, one sentence; absent until they were counted. */
  readonly proof?: string;
  /** Index of the watch that says most of it, among the diagnosis's; absent until packets were weighed. */
  readonly watch?: number;
  /** What a remediation needs, plain data whose shape belongs to the code. */
  readonly facts: Readonly<Record<string, string | readonly string[]>>;
  /** What stays broken after the obvious fix, or will bring the fault back. */
  readonly residue: readonly string[];
}

/** Something a check needed and did not get. */
export interface Missing {
  readonly check: string;
  readonly role: NodeRole;
  readonly node: string;
  readonly gap: Gap;
  /** What could therefore not be seen, one clause. */
  readonly detail: string;
}

/** The answer of a check. A check with a gap in what it needs is unknown, never clear. */
export type Verdict =
  | { readonly is: 'clear'; readonly because: string }
  | { readonly is: 'found'; readonly findings: readonly Finding[] }
  | { readonly is: 'unknown'; readonly missing: readonly Missing[] };
