import { meaningOf, typedLines } from '../../../model/command.ts';
import type { PlanStep } from '../../../model/index.ts';
import { inert } from './clean.ts';

/** The lines of each step, with the node in front where it is not `node`, or what the API server is asked for above them. */
export function commandLines(steps: readonly PlanStep[], node: string): string {
  return steps
    .flatMap((step) => {
      if (step.kind !== 'node-command') return [`# ${inert(meaningOf(step))}`, ...typedLines(step)];
      const [first = '', ...more] = typedLines(step);
      return [`${step.node === node ? '' : `${inert(step.node)}: `}${first}`, ...more];
    })
    .join('\n');
}
