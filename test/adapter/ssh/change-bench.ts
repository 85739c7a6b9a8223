import { deepStrictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { ChangeRequest, LedgerEntry, NodeRun } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { startLabDoor, type LabDoor } from './lab-door.ts';
import { until } from './real-clock.ts';

export const add = ['ip', 'route', 'add', '10.5.0.0/24', 'via', '10.99.0.1', 'dev', 'eth0'];
export const del = ['ip', 'route', 'del', '10.5.0.0/24'];
export const shown = '10.5.0.0/24 via 10.99.0.1 dev eth0 \n';
export const show = ['ip', 'route', 'show', '10.5.0.0/24'];

type Runs = readonly (NodeRun | readonly string[])[];

/** A change; a bare argv reads nothing. */
export function plan({
  apply = [add],
  undo = [del],
  ...given
}: Partial<Omit<ChangeRequest, 'apply' | 'undo'>> & {
  readonly apply?: Runs;
  readonly undo?: Runs;
} = {}): ChangeRequest {
  const runs = (list: Runs) => list.map((run): NodeRun => ('argv' in run ? run : { argv: run }));
  return {
    fix: randomBytes(8).toString('hex'),
    planHash: 'a'.repeat(64),
    rollbackSeconds: 30,
    preconditions: [{ argv: show, stdout: '' }],
    apply: runs(apply),
    undo: runs(undo),
    ...given,
  };
}

/** A node of its own, and what the tests of changes ask of it. */
export class ChangeBench {
  lab!: LabDoor;
  session!: NodeSession;
  /** Node state before anything was changed. */
  clean: readonly string[] = [];

  readonly state = async (): Promise<readonly string[]> => {
    const reading = await this.session.state();
    return reading.known ? reading.value : [reading.detail];
  };

  /** What argv printed on the node. */
  readonly inside = async (...argv: string[]): Promise<string> => (await this.lab.node.exec('node', argv)).stdout;

  readonly route = (): Promise<string> => this.inside(...show);

  /** Command lines of our own processes that are still there. */
  readonly left = async (): Promise<readonly string[]> =>
    (await this.inside('ps', 'axww', '-o', 'args=')).split('\n').filter((line) => line.startsWith('sh ./fix'));

  /** The entry once it has an end. */
  readonly settled = async (fix: string): Promise<LedgerEntry | null> => {
    const ended = new Set(['refused', 'confirmed', 'rolled-back']);
    let entry: LedgerEntry | null = null;
    await until(`${fix} is settled`, async () => {
      entry = await this.session.ledger(fix, 'status');
      return ended.has(entry?.state ?? '');
    });
    return entry;
  };

  /** Cuts the connection and comes back over a new one. */
  readonly reconnect = async (): Promise<void> => {
    const old = this.session;
    this.lab.cut();
    await until('the loss is known', async () => (await old.run([{ argv: ['true'] }]))[0]?.gap === 'unreachable');
    this.session = await this.lab.session();
  };

  readonly isClean = async (): Promise<void> => {
    await until('nothing of ours runs', async () => (await this.left()).length === 0);
    deepStrictEqual(await this.state(), this.clean);
  };
}

/** A bench for the suite at hand: its node starts before the tests and ends after them. */
export function changeBench(user: 'root' | 'ops'): ChangeBench {
  const at = new ChangeBench();
  beforeAll(async () => {
    at.lab = await startLabDoor(user);
    at.session = await at.lab.session();
    // A link that has just come up takes a moment until its addresses and its carrier are settled.
    await until('the node is settled', async () => {
      const before = await at.state();
      await new Promise((resolve) => setTimeout(resolve, 300));
      at.clean = await at.state();
      return before.join() === at.clean.join() && !/NO-CARRIER/.test(at.clean.join());
    });
  }, 30_000);
  afterAll(() => at.lab?.stop());
  return at;
}
