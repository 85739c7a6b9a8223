import type { IncidentState } from '../../src/model/index.ts';
import { startLab } from '../lab/index.ts';
import { difference } from '../story/node.ts';
import { tell } from '../story/tell.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** A repair and its undo, on a real node. */
interface Undoing {
  readonly lab: string;
  readonly node: string;
  readonly symptom: string;
  readonly approve: string;
}

const UNDOINGS: readonly Undoing[] = [
  { lab: 'i1-one-door', node: 'ip-10-0-10-207', symptom: 'kubelet-unreachable', approve: 'A' },
  { lab: 'i1', node: 'ip-10-0-10-207', symptom: 'kubelet-unreachable', approve: 'B' },
  { lab: 'i3', node: 'dev-slave-110', symptom: 'pods-unreachable', approve: 'A' },
  { lab: 'i4a', node: 'ip-172-31-53-61', symptom: 'connections-time-out', approve: 'A' },
];

/**
 * Repairs real nodes, makes the repair last, and undoes everything again, the last change first. Arguments name labs; none: all. True
 * when each node's state is as before the repair.
 */
export async function undoTrial(args: readonly string[]): Promise<boolean> {
  let failures = 0;
  for (const undoing of UNDOINGS)
    if (args.length === 0 || args.includes(undoing.lab)) failures += (await isAsBefore(undoing)) ? 0 : 1;
  say(failures === 0 ? 'every node is as before its repair' : `${failures} undos went wrong`);
  return failures === 0;
}

async function isAsBefore({ lab: fault, ...script }: Undoing): Promise<boolean> {
  const lab = await startLab(fault, { prefix: 'trial' });
  try {
    const before = await lab.nodeState(script.node);
    const { outcome, troubles } = await toTheEnd(tell(lab, { ...script, lasting: true, undo: true }));
    const differs = difference(before, await lab.nodeState(script.node));
    say(`${fault}: ${String(outcome)}, ${differs.length} lines of node state differ from before the repair`);
    for (const line of [...troubles, ...differs]) say(`  WRONG: ${line}`);
    return outcome === 'undone' && differs.length === 0;
  } finally {
    await lab.down();
  }
}

/** The second person approves whatever is offered. */
async function toTheEnd(told: ReturnType<typeof tell>): Promise<IncidentState> {
  const ended = told.ending();
  for (;;) {
    const offered = told.offered().catch(() => null);
    const first = await Promise.race([offered, ended]);
    if (first !== null && 'state' in first) return first.state;
    if (first === null) return (await ended).state;
    told.approve();
  }
}
