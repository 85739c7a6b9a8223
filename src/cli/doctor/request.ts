import { parseArgs } from 'node:util';

/** What `doctor` was asked for. */
export interface DoctorRequest {
  /** Nodes by name; empty: one of each pool. */
  readonly nodes: readonly string[];
  /** Every node of the cluster. */
  readonly all: boolean;
  readonly json: boolean;
  /** False: only what `netdiag diagnose` needs. */
  readonly slack: boolean;
}

/** A Kubernetes object name: RFC 1123 subdomain. */
const NODE_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const MOST_NODES = 1000;

/** Reads the arguments of `doctor`; a sentence where they are wrong. */
export function doctorRequest(args: readonly string[]): DoctorRequest | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, all: { type: 'boolean' }, 'no-slack': { type: 'boolean' } },
    });
    const all = values.all ?? false;
    if (all && positionals.length > 0) return 'doctor takes node names or --all, not both.';
    if (positionals.length > MOST_NODES) return `doctor takes at most ${MOST_NODES} node names; use --all.`;
    if (!positionals.every((name) => NODE_NAME.test(name))) {
      return 'That is not a node name: lower-case letters, digits, "-" and "." only.';
    }
    return { nodes: [...new Set(positionals)], all, json: values.json ?? false, slack: values['no-slack'] !== true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
