import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRecording, recordedCluster, type Recording, World } from '../../../src/adapter/recorded/index.ts';
import type { RecordedStep } from '../../../src/adapter/recorded/recording.ts';
import type { Cluster } from '../../../src/port.ts';
import { HandClock } from './practice.ts';

const RECORDING = loadRecording(join(import.meta.dirname, '../../../src/sandbox/recorded/i5'));
const STAGES = ['after:stop-eni-scale-in', 'after:correct-runtime-mount', 'after:recreate-orphaned-pods'];

/** The stage that a step belongs to; -1 for a step back. */
function stageOf({ to, from }: RecordedStep): number {
  return /:back/.test(to) || /:back/.test(from)
    ? -1
    : STAGES.findIndex((stage) => to === stage || to.startsWith(`${stage}:`));
}

/** Every step forward, stage by stage. */
function forward({ steps }: Recording): readonly (readonly RecordedStep[])[] {
  return STAGES.map((_, at) => steps.filter((step) => stageOf(step) === at));
}

async function patch(cluster: Cluster, step: RecordedStep, fix: string, taking: 'effect' | 'back') {
  if (step.is !== 'patch') throw new RangeError('that is no patch');
  const counted = taking === 'effect' && step.object.kind === 'DaemonSet';
  const generation = counted ? ((await cluster.cni()).workload?.generation ?? null) : null;
  const object = { ...step.object, generation };
  return cluster.patch({ kind: 'kubernetes-patch', object, says: '', patch: step.patch }, fix, taking);
}

async function take(cluster: Cluster, step: RecordedStep, fix: string): Promise<string> {
  if (step.is === 'patch') return (await patch(cluster, step, fix, 'effect')).is;
  const owned = step.owner === null ? [] : await cluster.podsOf(step.namespace, step.owner);
  const pod = owned.find(({ name }) => name === step.name) ?? owned.find(({ node }) => node === step.node);
  return pod === undefined ? 'no pod' : (await cluster.deletePod(pod)).is;
}

/** The patch of the recording that takes a stage back. */
function backOf(stage: number): RecordedStep {
  const [first] = forward(RECORDING)[stage] ?? [];
  const key = first?.is === 'patch' ? first.object.name : '';
  const back = RECORDING.steps.find(
    (step) => step.is === 'patch' && step.taking === 'back' && step.object.name === key && step.from === first?.to,
  );
  if (back === undefined) throw new RangeError(`stage ${stage} was never taken back`);
  return back;
}

const middles = STAGES.flatMap((name, stage) =>
  (forward(RECORDING)[stage] ?? []).map((_, done) => ({ name, stage, done: done + 1 })),
).filter(({ stage }) => stage > 0);

describe('a recorded change of the cluster that is stopped on its way', () => {
  test('there are as many middles as recorded steps', () => {
    expect(middles.length).toBeGreaterThanOrEqual(8);
  });

  test.each(middles)('$name after $done steps is taken back, and can be begun again', async ({ stage, done }) => {
    const world = new World(RECORDING, new HandClock());
    const cluster = recordedCluster(world);
    const stages = forward(RECORDING);
    for (const [at, steps] of stages.slice(0, stage).entries())
      for (const step of steps) expect(await take(cluster, step, `fix-${at}`)).toBe('done');
    const steps = stages[stage] ?? [];
    for (const step of steps.slice(0, done)) expect(await take(cluster, step, 'stopped')).toBe('done');
    expect(await patch(cluster, backOf(stage), 'stopped', 'back')).toMatchObject({ is: 'done' });
    // Whoever looks again is answered, by the cluster and by the nodes.
    expect(world.present?.cluster.nodes).not.toBeNull();
    expect(world.present?.nodeStates.size).toBeGreaterThan(0);
    for (const step of steps) expect(await take(cluster, step, 'again')).toBe('done');
  });
});
