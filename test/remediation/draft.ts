import { checks as everywhere } from '../../src/check/index.ts';
import { cniChecks } from '../../src/cni/checks.ts';
import type { Answer, Bound, Door, Finding, PlanStep } from '../../src/model/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import type { Draft } from '../../src/remediation/remediation.ts';
import { readings } from '../fake/scene.ts';

const checks = [...everywhere, ...cniChecks];

export const NODE_DOOR: Door = { address: '10.0.10.190', port: 22, from: 'node-status' };
export const MANAGEMENT: Door = { address: '192.168.7.7', port: 22, from: 'configured' };

/** The finding that the real check makes of these answers. Throws where it finds none of that code. */
export function found(bound: Bound, answers: readonly Answer[], code: string): Finding {
  const check = checks.find(({ codes }) => codes.includes(code));
  const verdict = check?.judge(bound, readings(...answers));
  const finding = verdict?.is === 'found' ? verdict.findings.find((one) => one.code === code) : undefined;
  if (finding === undefined) throw new RangeError(`no ${code} in ${JSON.stringify(verdict)}`);
  return finding;
}

/** The commands of steps that are all the node's. Throws at any other step. */
export function argvs(steps: readonly PlanStep[]): readonly (readonly string[])[] {
  return steps.map((step) => {
    if (step.kind !== 'node-command') throw new TypeError(`${step.kind} is no command of a node`);
    return step.argv;
  });
}

/** What a remediation makes of a finding on such a node: the draft, or why there is none: unfit, done or for later. */
export function drafted(
  remediation: string,
  finding: Finding,
  bound: Bound,
  answers: readonly Answer[],
  door: Door | null = NODE_DOOR,
): Draft | string {
  const known = remediations.find(({ id }) => id === remediation);
  if (known === undefined) throw new RangeError(`no remediation is called ${remediation}`);
  const result = known.draft(finding, { bound, readings: readings(...answers), door });
  if ('unfit' in result) return result.unfit;
  if ('done' in result) return `done: ${result.done}`;
  return 'later' in result ? `later: ${result.later}` : result;
}

/** The draft; throws with the reason where none fits. */
export function fitting(...scene: Parameters<typeof drafted>): Draft {
  const result = drafted(...scene);
  if (typeof result === 'string') throw new Error(result);
  return result;
}
