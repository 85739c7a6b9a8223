import { readFileSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { packOutputs, recorder, saveRecording, Sink, unpackOutputs } from '../../src/adapter/recorded/index.ts';
import { headersOnly } from '../../src/capture/index.ts';
import { changesCluster, nodeCommands } from '../../src/model/index.ts';
import type { IncidentState, Plan } from '../../src/model/index.ts';
import type { Site } from '../../src/shell/index.ts';
import { startLab } from '../lab/index.ts';
import type { Lab } from '../lab/index.ts';
import { openLab } from '../lab/lab-handle.ts';
import { configuredSite, play } from './play.ts';
import { rollBack, stopAfter, takeBack } from './record-back.ts';
import { fillGaps } from './record-gaps.ts';
import { TAKES, WAYS } from './take.ts';
import type { Take } from './take.ts';

const RECORDED = join(import.meta.dirname, '../../src/sandbox/recorded');
/** netdiag looks again a minute after a repair; that is recorded too. */
const WITH_THE_LOOK_AFTER_MS = 65_000;
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Raises the lab and records it from inside its controller's namespace. */
async function outside({ name, lab: fault, domain }: Take): Promise<void> {
  const lab = await startLab(fault, { prefix: 'record', ...(domain === undefined ? {} : { domain }) });
  try {
    const instance = lab.runDir.replace(/^.*\//, '');
    const child = lab.spawnInController([process.execPath, import.meta.filename, name, instance]);
    child.stderr?.pipe(process.stderr);
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(`recording ${name} ended with ${String(status)}`);
  } finally {
    await lab.down();
  }
}

/** One recording in the making. */
interface Making {
  readonly take: Take;
  readonly lab: Lab;
  readonly sink: Sink;
  readonly site: Site;
}

async function inside(take: Take, instance: string): Promise<void> {
  const lab = openLab(instance);
  if (lab === null) throw new Error(`lab ${instance} is not up`);
  const { site, shell } = configuredSite();
  const madeFrom = { kernel: release(), debian: readFileSync('/etc/debian_version', 'utf8').trim() };
  const sink = new Sink({ name: take.name, title: take.title, cluster: site.cluster.name, madeFrom });
  const recorded = recorder(site.nodes, site.cluster, sink, headersOnly);
  const making = { take, lab, sink, site: { ...site, cluster: recorded.cluster, nodes: recorded.shell } };
  say(`${take.name}: broken`);
  await everything(making, take.nodes);
  const offered = await offers(making);
  if (offered.some(changesCluster)) await cluster(making);
  else await node(making, offered);
  await shell.closeAll();
  const directory = join(RECORDED, take.name);
  rmSync(directory, { recursive: true, force: true });
  saveRecording(directory, sink.recording());
  packOutputs(directory);
}

/** Asks in every way about the sick node; about the others whatever makes other traffic. */
async function everything({ take, sink, site }: Making, nodes: readonly string[]): Promise<void> {
  for (const node of nodes) {
    const ways = node === take.nodes[0] ? WAYS : WAYS.filter(({ answers }) => answers === undefined);
    for (const way of ways) await play({ node, ...way }, site);
    if (node === take.nodes[0]) await fillGaps(site, sink, node, ways);
  }
}

/** What is on offer for the sick node as it is now. */
async function offers({ take, site }: Making): Promise<readonly Plan[]> {
  const { state } = await play({ node: take.nodes[0], symptom: take.symptom }, site);
  return state.offers.map(({ plan }) => plan);
}

/** Plans that the node runs: each with its lasting form, taken back by its own undo, and one rolled back by the node. */
async function node(making: Making, plans: readonly Plan[]): Promise<void> {
  const { take, lab, sink, site } = making;
  const back = async ({ undo }: Plan): Promise<void> => {
    for (const { argv, stdin } of nodeCommands(undo))
      await lab.exec(take.nodes[0], argv, stdin === undefined ? {} : { input: stdin });
  };
  for (const [index, plan] of plans.entries()) {
    const approve = String.fromCodePoint('A'.codePointAt(0)! + index);
    say(`${take.name}: after Fix ${approve}, ${plan.remediation}`);
    const alone = await repaired(making, approve);
    await everything(making, take.nodes);
    await back(plan);
    sink.state('broken');
    if (!alone.offers.some(({ state }) => state === 'drafted')) continue;
    const { offers } = await repaired(making, approve, true);
    const lasting = offers.findLast(({ state }) => state === 'approved')?.plan;
    if (lasting !== undefined && lasting.remediation !== plan.remediation) {
      say(`${take.name}: made to last, ${lasting.remediation}`);
      await everything(making, take.nodes);
      await back(lasting);
    }
    await back(plan);
    sink.state('broken');
  }
  const [first] = plans;
  if (first === undefined) return;
  say(`${take.name}: rolled back`);
  sink.expect(first.remediation);
  sink.doorsKnown(`after:${first.remediation}`);
  await rollBack(site, first);
  await everything(making, [take.nodes[0]]);
}

/** Plans of Kubernetes steps, one stage after the other: each stopped on its way and taken back, then gone through with. */
async function cluster(making: Making): Promise<void> {
  const { take, sink, site } = making;
  const [sick] = take.nodes;
  for (let plan = (await offers(making))[0]; plan !== undefined; plan = (await offers(making))[0]) {
    const { remediation, steps, undo, stage } = plan;
    const patches = steps.findIndex(({ kind }) => kind !== 'kubernetes-patch');
    const first = patches === -1 ? steps.length : patches;
    for (let done = 1; done <= first && undo.length > 0; done += 1) {
      say(`${take.name}: ${remediation} stopped after step ${done}`);
      const [fresh] = await offers(making);
      sink.expect(remediation);
      if (fresh !== undefined) await stopAfter(site, fresh, done);
      if (done === steps.length) await everything(making, [sick]);
      else await play({ node: sick, symptom: take.symptom }, site);
    }
    say(`${take.name}: after ${remediation}`);
    const { offers: made } = await repaired(making, 'every', false, 1);
    await everything(making, take.nodes);
    if (stage !== null && stage.at < stage.of) continue;
    const approved = made.find(({ state }) => state === 'approved')?.plan;
    if (approved === undefined || stage !== null || undo.length === 0) return;
    say(`${take.name}: ${remediation} taken back`);
    await takeBack(site, approved);
    return everything(making, [sick]);
  }
}

/** Lets a fix be approved, and whatever follows it; the states are called as the remediations are. */
async function repaired(
  { take, sink, site }: Making,
  approve: string,
  lasting = false,
  changes?: number,
): Promise<IncidentState> {
  const ready = async ({ offers, past }: IncidentState): Promise<void> => {
    // Another plan may wait beside the one that is approved by its letter.
    const any = approve === 'every' || past.length > 0;
    const waiting = offers.findLast(({ state, letter }) => state === 'waiting' && (any || letter === approve));
    if (waiting !== undefined) sink.expect(waiting.plan.remediation);
  };
  const script = {
    node: take.nodes[0],
    symptom: take.symptom,
    approve,
    lasting,
    ...(changes === undefined ? {} : { changes }),
  };
  const { state } = await play(script, site, { ready, soonMs: WITH_THE_LOOK_AFTER_MS });
  if (state.outcome !== 'repaired' && state.past.length === 0)
    throw new Error(`Fix ${approve} ended as ${String(state.outcome)}: ${state.troubles.join(' ')}`);
  for (const sentence of state.troubles) say(`${take.name}: ${sentence}`);
  return state;
}

/** `npm run record -- [NAME]` records one take or all; `npm run record -- unpack NAME DIRECTORY` makes its outputs files to read. */
const [wanted, instance, into] = process.argv.slice(2);
if (wanted === 'unpack' && instance !== undefined && into !== undefined) {
  unpackOutputs(join(RECORDED, instance), into);
} else if (instance === undefined) {
  for (const take of TAKES) if (wanted === undefined || wanted === take.name) await outside(take);
} else {
  const take = TAKES.find(({ name }) => name === wanted);
  if (take !== undefined) await inside(take, instance);
}
