import { join } from 'node:path';
import type { Lab } from '../lab/index.ts';
import type { Ran } from '../lab/index.ts';

const NETDIAG = join(import.meta.dirname, '../../src/cli/netdiag');

/** Runs argv in the lab's controller, with its configuration or with that of `env`, to its end or until it took too long. */
export function inController(
  lab: Lab,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
  timeoutMs = 80_000,
): Promise<Ran> {
  return lab.exec('controller', argv, { env: { ...lab.env, ...env }, timeoutMs });
}

/** Runs `netdiag …` there, as a person would. */
export function netdiag(lab: Lab, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return inController(lab, [NETDIAG, ...args], env);
}
