import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { recorder, saveRecording, Sink } from '../../src/adapter/recorded/index.ts';
import { headersOnly } from '../../src/capture/index.ts';
import { nodeCommands } from '../../src/model/index.ts';
import type { NodeRun, Plan } from '../../src/model/index.ts';
import type { Site } from '../../src/shell/index.ts';
import { startLab } from '../lab/index.ts';
import { openLab } from '../lab/lab-handle.ts';
import { configuredSite, play } from './play.ts';
import type { Ending, Script } from './play.ts';

/** What is recorded of one lab. */
interface Take {
  readonly lab: 'i1' | 'i3';
  readonly title: string;
  readonly node: string;
  readonly symptom: string;
  readonly nodes: readonly string[];
}

const TAKES: readonly Take[] = [
  {
    lab: 'i1',
    title: 'kubectl logs of a pod on ip-10-0-10-207 times out since the node was rebooted',
    node: 'ip-10-0-10-207',
    symptom: 'kubelet-unreachable',
    nodes: ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-10-69'],
  },
  {
    lab: 'i3',
    title: 'after a network restart nobody reaches the pods of dev-slave-110',
    node: 'dev-slave-110',
    symptom: 'pods-unreachable',
    nodes: ['dev-slave-110', 'dev-slave-107', 'dev-master-100'],
  },
];

/** Every way of asking: each symptom, and each answer of the one that asks further. */
const WAYS: readonly Pick<Script, 'symptom' | 'answers'>[] = [
  { symptom: 'kubelet-unreachable' },
  { symptom: 'pods-unreachable' },
  { symptom: 'pods-cannot-get-out' },
  { symptom: 'connections-time-out' },
  { symptom: 'something-else', answers: { which: 'to-the-node' } },
  { symptom: 'something-else', answers: { which: 'to-its-pods' } },
];

const RECORDED = join(import.meta.dirname, '../../src/sandbox/recorded');
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Raises the lab and records it from inside its controller's namespace. */
async function outside(take: Take): Promise<void> {
  const lab = await startLab(take.lab, { prefix: 'record' });
  try {
    const child = lab.spawnInController([
      process.execPath,
      import.meta.filename,
      take.lab,
      lab.runDir.replace(/^.*\//, ''),
    ]);
    child.stderr?.pipe(process.stderr);
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(`recording ${take.lab} ended with ${String(status)}`);
  } finally {
    await lab.down();
  }
}

/** Records every state: broken, after each fix that is offered, and rolled back. */
async function inside(take: Take, instance: string): Promise<void> {
  const lab = openLab(instance);
  if (lab === null) throw new Error(`lab ${instance} is not up`);
  const { site, shell } = configuredSite();
  const madeFrom = { kernel: release(), debian: readFileSync('/etc/debian_version', 'utf8').trim() };
  const sink = new Sink({ name: take.lab, title: take.title, cluster: site.cluster.name, madeFrom });
  const recorded = recorder(site.nodes, site.cluster, sink, headersOnly);
  const watched: Site = { ...site, cluster: recorded.cluster, nodes: recorded.shell };
  const everything = async (nodes: readonly string[]): Promise<Ending[]> => {
    const endings: Ending[] = [];
    for (const node of nodes) for (const way of WAYS) endings.push(await play({ node, ...way }, watched));
    return endings;
  };
  say(`${take.lab}: broken`);
  await everything(take.nodes);
  const { state } = await play({ node: take.node, symptom: take.symptom }, watched);
  for (const { letter, plan } of state.offers) {
    say(`${take.lab}: after Fix ${letter}, ${plan.remediation}`);
    sink.expect(plan.remediation);
    const { state: repaired } = await play({ node: take.node, symptom: take.symptom, approve: letter }, watched);
    if (repaired.outcome !== 'repaired')
      throw new Error(`Fix ${letter} ended as ${String(repaired.outcome)}: ${repaired.troubles.join(' ')}`);
    await everything(take.nodes);
    for (const { argv } of nodeCommands(plan.undo)) await lab.exec(take.node, argv);
    sink.state('broken');
  }
  const [first] = state.offers;
  if (first !== undefined) {
    say(`${take.lab}: rolled back`);
    sink.expect(first.plan.remediation);
    await rollBack(watched, first.plan);
    await everything([take.node]);
  }
  await shell.closeAll();
  const directory = join(RECORDED, take.lab);
  rmSync(directory, { recursive: true, force: true });
  saveRecording(directory, sink.recording());
}

/** Applies a plan by itself and asks for its rollback. */
async function rollBack(site: Site, plan: Plan): Promise<void> {
  const door = site.doors[plan.node.name];
  const addresses = door === undefined ? [] : [{ ...door, from: 'configured' as const }];
  const reached = await site.nodes.open({ name: plan.node.name, addresses });
  if (!reached.reached) throw new Error(reached.sentence);
  const fix = randomBytes(16).toString('hex');
  const commands = (steps: Plan['steps']): NodeRun[] =>
    nodeCommands(steps).map(({ argv, stdin }) => ({ argv, ...(stdin === undefined ? {} : { stdin }) }));
  const { session } = reached;
  await session.change({
    fix,
    planHash: fix,
    rollbackSeconds: 60,
    preconditions: plan.preconditions,
    apply: commands(plan.steps),
    undo: commands(plan.undo),
  });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const entry = await session.ledger(fix, 'roll-back');
    if (entry?.state === 'rolled-back') return session.close();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('the node did not roll back');
}

const [name, instance] = process.argv.slice(2);
if (instance === undefined) {
  for (const take of TAKES) if (name === undefined || name === take.lab) await outside(take);
} else {
  const take = TAKES.find(({ lab }) => lab === name);
  if (take !== undefined) await inside(take, instance);
}
