import { checks } from '../../src/check/index.ts';
import type { Answer, Bound, Door, Finding } from '../../src/model/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import type { Draft } from '../../src/remediation/remediation.ts';
import { readings } from '../fake/scene.ts';

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

/** What a remediation makes of a finding on such a node: the draft, or why none fits. */
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
  return 'unfit' in result ? result.unfit : result;
}

/** The draft; throws with the reason where none fits. */
export function fitting(...scene: Parameters<typeof drafted>): Draft {
  const result = drafted(...scene);
  if (typeof result === 'string') throw new Error(result);
  return result;
}
