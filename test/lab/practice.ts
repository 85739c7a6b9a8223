/** Practice on real nodes: `npm run start:lab [-- LAB]`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Announcement } from '../../src/sandbox/announce.ts';
import { labAvailable } from './available.ts';
import { faults } from './fault/index.ts';
import type { Lab } from './lab-handle.ts';
import { relay } from './relay.ts';
import { startLab } from './start.ts';
import { subject as awsVpc } from './topology/aws-vpc.ts';
import { subject as calico } from './topology/calico.ts';
import { subject as eni } from './topology/eni.ts';
import { subject as flannel } from './topology/flannel.ts';

const ours = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the people on call know, by the incident's number; the cause is what they are to find. */
const REPORTS: Readonly<Record<string, string>> = {
  i1: 'kubectl logs and exec of its pods time out since it was restarted.',
  i2: 'Its pods cannot resolve names, and pods of other nodes do not answer them.',
  i3: 'Other nodes do not reach its pods any more since its network was restarted.',
  i4: 'Some connections to its pods time out, others work.',
  i5: 'Some of its pods lost their network after aws-node was made anew.',
};

/** As long as netdiag gets to finish what is under way, when it is told to stop. */
const FAREWELL_MS = 10_000;
/** A terminal and npm may both tell of one Ctrl-C; another one this much later is meant. */
const AGAIN_MS = 1000;

/** Exit status after Ctrl-C before anything could be used, as a shell gives it. */
const INTERRUPTED = 130;

class Refusal extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const [name = 'i1', ...more] = args;
  const labs = faults.map((fault) => fault.name);
  if (more.length > 0 || !labs.includes(name)) {
    throw new Refusal(`usage: npm run start:lab [-- LAB], where LAB is one of ${labs.join(', ')}; i1 unless told`);
  }
  const available = labAvailable();
  if (available !== true) throw new Refusal(`start:lab cannot start: ${available}. npm start practises without it.`);

  const stopping = stopper();
  console.log(`Bringing up the lab ${name} …`);
  const lab = await raised(name, stopping.signal);
  if (lab === null) return INTERRUPTED;
  const scratch = mkdtempSync(join(tmpdir(), 'netdiag-start-lab-'));
  const parts = new Parts();
  try {
    await Promise.race([practise(lab, scratch, parts), aborted(stopping.signal)]);
    return stopping.signal.aborted ? 0 : 1;
  } finally {
    await parts.end(stopping.atOnce);
    await lab.down();
    rmSync(scratch, { recursive: true, force: true });
    console.log(`${name} is gone, and everything that belonged to it.`);
  }
}

/** `null` when it was stopped meanwhile: Ctrl-C ends the commands that build the lab too, and what there was of it is gone. */
async function raised(name: string, stop: AbortSignal): Promise<Lab | null> {
  try {
    const lab = await startLab(name, { prefix: 'practice', dialTimeoutMs: 5000 });
    if (!stop.aborted) return lab;
    await lab.down();
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  console.log(`${name} is gone again.`);
  return null;
}

/** The workspace on this machine's loopback, netdiag beside the nodes, and a relay between them; until a part of it ends. */
async function practise(lab: Lab, scratch: string, parts: Parts): Promise<void> {
  const node = [awsVpc, flannel, calico, eni].find((one) => Object.hasOwn(lab.nodes, one)) ?? '';
  const tour = join(scratch, 'tour.json');
  writeFileSync(
    tour,
    JSON.stringify([{ node, title: node, text: REPORTS[lab.name.slice(0, 2)] ?? 'Something is wrong.' }]),
  );
  const workspace = parts.start(
    'The practice workspace',
    [process.execPath, ours('../../src/sandbox/main.ts'), '--tour', tour],
    {},
  );
  const said = JSON.parse(await firstLine(workspace)) as Announcement;
  const socket = join(scratch, 'slack.sock');
  const port = Number(new URL(said.url).port);
  parts.keep(await relay({ path: socket }, { port }));
  const entry = lab.enter('controller', [process.execPath, ours('relay.ts'), String(port), socket]);
  await firstLine(parts.start('The relay', entry, lab.env));
  const bot = parts.start('netdiag', lab.enter('controller', [ours('../../src/cli/netdiag'), 'serve']), {
    ...lab.env,
    NETDIAG_CONFIG: configuration(lab, scratch, said),
    SLACK_BOT_TOKEN: said.botToken,
    SLACK_APP_TOKEN: said.appToken,
    SLACK_API_URL: said.slackApiUrl,
  });
  await atWork(bot);
  console.log(`Practice on real nodes of this machine: ${Object.keys(lab.nodes).join(', ')}.`);
  console.log(`Open ${said.url}\nCtrl-C ends it and takes everything away.`);
  await parts.broken();
}

/** The lab's own configuration with the practice workspace's approvers, and a journal that goes with it. */
function configuration(lab: Lab, scratch: string, { users }: Announcement): string {
  const settings = parse(readFileSync(lab.configFile, 'utf8')) as object;
  const approval = { approvers: [users.approver, users.otherApprover] };
  const file = join(scratch, 'netdiag.yml');
  writeFileSync(file, stringify({ ...settings, approval, journal: { url: `sqlite:${join(scratch, 'journal.db')}` } }));
  return file;
}

/** Everything that was started, to be ended in the order of its making, last first. */
class Parts {
  readonly #children: { readonly name: string; readonly child: ChildProcess }[] = [];
  readonly #servers: Server[] = [];
  #ending = false;

  /** A process in a session of its own, which a terminal's Ctrl-C does not reach: what ends when is decided here. */
  start(name: string, [program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    if (this.#ending) throw new Error(`${name} is not started any more.`);
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stderr }).on('line', (line) => this.#complain(name, line));
    this.#children.push({ name, child });
    return child;
  }

  keep(server: Server): void {
    this.#servers.push(server);
  }

  /** Rejects with one sentence when a part ends by itself. */
  async broken(): Promise<never> {
    const [name] = await Promise.race(
      this.#children.map(async ({ name: one, child }) => {
        if (!over(child)) await once(child, 'exit');
        return [one];
      }),
    );
    throw new Error(`${name} ended by itself.`);
  }

  async end(atOnce: AbortSignal): Promise<void> {
    this.#ending = true;
    for (const { child } of this.#children.toReversed()) {
      if (over(child)) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      child.stdin?.end();
      const patience = new AbortController();
      const enough = AbortSignal.any([patience.signal, atOnce]);
      const late = after(FAREWELL_MS, 'late', { signal: enough }).catch(() => 'late');
      const ended = await Promise.race([gone, late]);
      if (ended === 'late' && !over(child)) {
        child.kill('SIGKILL');
        await gone;
      }
      patience.abort();
    }
    for (const server of this.#servers) server.close();
  }

  /** netdiag's log is lines of JSON: what went wrong is shown as words. */
  #complain(name: string, line: string): void {
    const logged = /^\{"level":(\d+),.*"msg":(".*")\}$/.exec(line);
    if (this.#ending || line.trim() === '' || Number(logged?.[1] ?? 40) < 40) return;
    console.error(`${name}: ${logged === null ? line : String(JSON.parse(logged[2] ?? '""'))}`);
  }
}

function over(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The first line that a part prints. Rejects when it ends without one. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('a part has no stdout');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('A part of the practice ended before it was ready.');
}

/** Resolves when netdiag says in its log that it is at work. */
async function atWork(bot: ChildProcess): Promise<void> {
  bot.stdout?.resume();
  let said = '';
  await new Promise<void>((resolve, reject) => {
    bot.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (/is at work on cluster/.test(said)) resolve();
    });
    bot.once('exit', () => reject(new Error('netdiag ended before it was at work.')));
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ctrl-C, SIGTERM and a closed terminal stop it; a second time at once. */
function stopper(): { readonly signal: AbortSignal; readonly atOnce: AbortSignal } {
  const [stop, now] = [new AbortController(), new AbortController()];
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) {
        if (Date.now() - first > AGAIN_MS) now.abort();
        return;
      }
      first = Date.now();
      console.log('\nStopping; what is under way is finished first, and Ctrl-C again does not wait for it.');
      stop.abort();
    });
  }
  return { signal: stop.signal, atOnce: now.signal };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof Refusal ? 2 : 1;
}
