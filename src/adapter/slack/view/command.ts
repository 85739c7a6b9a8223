import { quoted } from '../../../model/index.ts';
import type { PlanStep } from '../../../model/index.ts';
import { inert } from './clean.ts';

/** One line for each step, with the node in front where it is not `node`. */
export function commandLines(steps: readonly PlanStep[], node: string): string {
  return steps.map((step) => `${step.node === node ? '' : `${inert(step.node)}: `}${quoted(step.argv)}`).join('\n');
}
