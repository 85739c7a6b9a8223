import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeCommands } from '../../src/model/index.ts';
import type { NodeRun, Plan, PlanStep, PodDelete } from '../../src/model/index.ts';
import type { NodeSession } from '../../src/port.ts';
import type { Site } from '../../src/shell/index.ts';

/** Applies a plan by itself and asks for its rollback. */
export async function rollBack(site: Site, plan: Plan): Promise<void> {
  const session = await entered(site, plan.node.name);
  const fix = randomBytes(16).toString('hex');
  const commands = (steps: Plan['steps']): NodeRun[] =>
    nodeCommands(steps).map(({ argv, stdin }) => ({ argv, ...(stdin === undefined ? {} : { stdin }) }));
  await session.change({
    fix,
    planHash: fix,
    rollbackSeconds: 60,
    preconditions: plan.preconditions,
    apply: commands(plan.steps),
    undo: commands(plan.undo),
  });
  await session.close();
  // What is changed and taken back may close the door through which it was asked for.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const again = await entered(site, plan.node.name);
    const entry = await again.ledger(fix, 'roll-back');
    await again.close();
    if (entry?.state === 'rolled-back') return;
    await pause(250);
  }
  throw new Error('the node did not roll back');
}

/** Does the first steps of a plan of Kubernetes steps, which are patches, and takes them back, as somebody who stops it would. */
export async function stopAfter(site: Site, plan: Plan, done: number): Promise<void> {
  const fix = randomBytes(16).toString('hex');
  for (const step of plan.steps.slice(0, done)) await patch(site, step, fix, 'effect');
  for (const step of plan.undo) {
    if (step.kind === 'pod-delete') await site.cluster.podsOf(step.namespace, step.owner);
    else await patch(site, step, fix, 'back');
  }
  await look(site, plan);
}

/** Takes a plan of Kubernetes steps back that was gone through with. */
export async function takeBack(site: Site, plan: Plan): Promise<void> {
  for (const step of plan.undo) {
    if (step.kind === 'pod-delete') await replace(site, step);
    else await patch(site, step, plan.id, 'back');
  }
  await look(site, plan);
}

async function patch(site: Site, step: PlanStep, fix: string, taking: 'effect' | 'back'): Promise<void> {
  if (step.kind !== 'kubernetes-patch') throw new Error(`${step.kind} is no patch`);
  const granted = await site.cluster.patch(step, fix, taking);
  if (granted.is !== 'done') throw new Error(granted.detail);
}

async function replace({ cluster }: Site, { namespace, owner, node }: PodDelete): Promise<void> {
  const [pod] = (await cluster.podsOf(namespace, owner)).filter((one) => one.node === node);
  if (pod === undefined) throw new Error(`${owner} has no pod on ${node}`);
  await cluster.deletePod(pod);
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const now = await cluster.podsOf(namespace, owner);
    if (now.some((one) => one.node === node && one.uid !== pod.uid && one.ready)) return;
    await pause(500);
  }
  throw new Error(`${owner} had no Ready pod on ${node} within 30 s`);
}

/** Node state afterwards, with which the one before is compared. */
async function look(site: Site, { node }: Plan): Promise<void> {
  const session = await entered(site, node.name);
  await session.state();
  await session.close();
}

/** Comes in by the configured door, else by any address that the cluster knows of the node. */
export async function entered(site: Site, name: string): Promise<NodeSession> {
  const door = site.doors[name];
  const facts = (await site.cluster.nodes()).find((node) => node.name === name);
  const known = (facts?.addresses ?? []).filter(({ type }) => type.endsWith('IP'));
  const addresses =
    door === undefined
      ? known.map(({ address }) => ({ address, port: 22, from: 'node-status' as const }))
      : [{ ...door, from: 'configured' as const }];
  const reached = await site.nodes.open({ name, addresses });
  if (!reached.reached) throw new Error(reached.sentence);
  return reached.session;
}
