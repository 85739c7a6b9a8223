import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import { clears, difference, eventually, leftOn, ledgerOf } from '../../story/node.ts';
import { tell, waitingOffer } from '../../story/tell.ts';
import { end } from './accident.ts';
import type { Accident, Scene } from './accident.ts';

const NODE = 'ip-10-0-10-207';
const ROLLBACK_SECONDS = 6;
/** After its deadline a node has so many seconds to restore itself. */
const GRACE_SECONDS = 5;
const SCRIPT = { node: NODE, symptom: 'kubelet-unreachable', approve: 'A', rollbackSeconds: ROLLBACK_SECONDS };
const ROUTE = ['10.0.10.0/24', 'dev', 'eth1', 'proto', 'kernel', 'scope', 'link', 'src', '10.0.10.190'];
/** What the fix takes away. */
const REPAIRED = [`-${ROUTE.join(' ')}`];
const RESTING: readonly string[] = ['confirmed', 'rolled-back', 'refused'];
/** A session whose client vanished stays until TCP gives up. */
const HUNG = [/^\+sshd: /];

/** When things happen, in milliseconds. */
export interface Moments {
  /** From when on the accident is waited for: the approval, or the moment at which the node has recorded the fix. */
  readonly since: 'approved' | 'begun';
  readonly afterMs: number;
  /** After the approval; `null`: netdiag lives. */
  readonly killMs: number | null;
}

/** What became of one change. */
export interface Attempted {
  readonly ended: string;
  /** From the moment at which the change was seen under way until the ledger had come to rest. */
  readonly restedMs: number;
  readonly wrong: readonly string[];
}

/** Lets netdiag repair the node, and the accident happen in the middle of it. */
export async function attempt(lab: Lab, accident: Accident, { since, afterMs, killMs }: Moments): Promise<Attempted> {
  const started: number[] = [];
  const start = (): ReturnType<typeof tell> => {
    const told = tell(lab, SCRIPT);
    started.push(told.pid);
    return told;
  };
  const scene: Scene = { lab, node: NODE, forget: () => restore(lab), tell: start };
  try {
    await accident.before?.(scene);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const told = start();
    waitingOffer(await told.offered());
    told.approve();
    const killed = killMs === null ? null : pause(killMs).then(() => end(told.pid));
    const resting = rest(lab);
    resting.catch(() => undefined);
    if (since === 'begun') await begins(lab);
    await pause(afterMs);
    const heal = await accident.happens(scene);
    const wrong: string[] = [];
    const restedMs = await resting.catch((error: unknown) => {
      wrong.push(String(error));
      return 0;
    });
    const late = await lateness(lab);
    if (late > GRACE_SECONDS) wrong.push(`came to rest ${late.toFixed(1)} s after the deadline`);
    await heal();
    await killed;
    const over = told.ending().then(
      ({ state }) => String(state.outcome),
      () => 'killed',
    );
    const outcome = await Promise.race([
      over,
      told.offered().then(
        () => 'offered again',
        () => over,
      ),
      pause(60_000, 'hung'),
    ]);
    if (outcome === 'hung') wrong.push('netdiag came to no end');
    for (const pid of started) end(pid);

    const states = (await ledgerOf(lab, NODE)).map(({ state }) => state);
    const stays = states.includes('confirmed');
    if (states.some((state) => !RESTING.includes(state))) wrong.push(`the ledger says ${states.join(', ')}`);
    if (states.filter((state) => state === 'confirmed').length > 1) wrong.push('confirmed twice');
    if (accident.id === 'good' && outcome !== 'repaired') wrong.push(`a good fix ended as ${outcome}`);
    const differs = difference(before, await lab.nodeState(NODE));
    if (differs.join('\n') !== (stays ? REPAIRED : []).join('\n')) wrong.push(`node state: ${differs.join(' | ')}`);
    if (stays && !(await lab.healthy())) wrong.push('confirmed, and not healthy');
    if (!(await reachable(lab))) wrong.push('not reachable by SSH');
    await clears(lab, NODE, clean, HUNG).catch((error: unknown) => wrong.push(String(error)));
    await accident.after?.(scene);
    return { ended: `${states.join('+') || 'not begun'} (${outcome})`, restedMs, wrong };
  } finally {
    for (const pid of started) end(pid);
  }
}

/** Awaits that a change is under way and its ledger comes to rest; gives how long that took, 0 where none was begun. */
async function rest(lab: Lab): Promise<number> {
  if (!(await begins(lab))) return 0;
  const states = async (): Promise<string[]> => (await ledgerOf(lab, NODE)).map(({ state }) => state);
  const began = Date.now();
  const all = async (): Promise<boolean> => (await states()).every((state) => RESTING.includes(state));
  let said = '';
  await eventually(
    () => `the ledger comes to rest; it says ${said}`,
    async () => {
      said = (await states()).join(', ');
      return all();
    },
    40_000,
  );
  return Date.now() - began;
}

/** Awaits that the node records a fix; false where none comes. */
async function begins(lab: Lab): Promise<boolean> {
  const until = Date.now() + 15_000;
  while ((await ledgerOf(lab, NODE)).length === 0) {
    if (Date.now() > until) return false;
    await pause(30);
  }
  return true;
}

/** Seconds from the last deadline that the node has set itself until now; negative before it, and where there is none. */
async function lateness(lab: Lab): Promise<number> {
  const { stdout } = await lab.exec(NODE, ['sh', '-c', 'cat /var/lib/netdiag/fix/*/deadline']);
  const deadlines = stdout.split('\n').filter(Boolean).map(Number);
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return uptime - Math.max(...deadlines, deadlines.length === 0 ? Infinity : 0);
}

/** What the fix took away is there again, as after a restart. */
async function restore(lab: Lab): Promise<void> {
  const { stdout } = await lab.exec(NODE, ['ip', '-4', 'route', 'show', ...ROUTE.slice(0, 3)]);
  if (stdout.trim() === '') await lab.exec(NODE, ['ip', '-4', 'route', 'prepend', ...ROUTE]);
}

/** Whether the node's sshd greets somebody who comes by its management address. */
async function reachable(lab: Lab): Promise<boolean> {
  const address = lab.nodes[NODE]?.mgmt ?? lab.nodes[NODE]?.addresses[0] ?? '';
  const script = 'exec 3<>"/dev/tcp/$0/22" && head -c 4 <&3';
  const { stdout } = await lab.exec('controller', ['timeout', '5', 'bash', '-c', script, address]);
  return stdout === 'SSH-';
}
