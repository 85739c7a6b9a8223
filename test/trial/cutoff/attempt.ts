import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import { clears, difference, leftOn } from '../../story/node.ts';
import { tell } from '../../story/tell.ts';
import type { Told } from '../../story/tell.ts';
import type { Accident, Scene } from './accident.ts';
import { drive, end } from './drive.ts';
import { atRest, entriesOf } from './entries.ts';
import type { Entry } from './entries.ts';

const NODE = 'ip-10-0-10-207';
/** After its deadline a node has so many seconds to restore itself. */
const GRACE_SECONDS = 5;
const ROUTE = ['10.0.10.0/24', 'dev', 'eth1', 'proto', 'kernel', 'scope', 'link', 'src', '10.0.10.190'];
/** What the first fix takes away. */
const REPAIRED = [`-${ROUTE.join(' ')}`];
/** What the other fix adds, which is offered first where the route is gone for a moment. It does not promise to help pods. */
const ROUTED = [
  '+30207:\tfrom 10.0.10.207 lookup main suppress_prefixlength 24',
  '+30208:\tfrom 10.0.10.207 to 10.0.10.0/24 lookup 207',
  '+30209:\tfrom 10.0.10.207 lookup main suppress_prefixlength 0',
  '+30210:\tfrom 10.0.10.207 lookup 207',
  '+default via 10.0.10.1 dev eth0 table 207',
  '+10.0.10.0/24 dev eth0 table 207 scope link src 10.0.10.207',
];
/** A session whose client vanished stays until TCP gives up. */
const HUNG = [/^\+sshd: /];

/** When things happen, in milliseconds. */
export interface Moments {
  /** From when on the accident is waited for: the approval, or the moment at which the node has recorded the fix. */
  readonly since: 'approved' | 'begun';
  readonly afterMs: number;
  /** After the approval; `null`: netdiag lives. */
  readonly killMs: number | null;
  readonly rollbackSeconds: number;
  /** For what else the accident leaves to chance. */
  readonly draw: (below: number) => number;
}

/** What became of one change. */
export interface Attempted {
  readonly ended: string;
  /** From the accident until the node had come to rest, seconds; `null` where it had begun nothing. */
  readonly backSeconds: number | null;
  /** From the node's own deadline until then; negative before it, `null` where it had set none. */
  readonly pastDeadline: number | null;
  /** Whether node state is what it was, or repaired. */
  readonly equal: boolean;
  readonly wrong: readonly string[];
}

/** Lets netdiag repair the node, and the accident happen in the middle of it. */
export async function attempt(lab: Lab, accident: Accident, moments: Moments): Promise<Attempted> {
  const { since, afterMs, killMs, rollbackSeconds, draw } = moments;
  const started: Told[] = [];
  const start = (): Told => {
    const script = { node: NODE, symptom: 'kubelet-unreachable', approve: 'every', rollbackSeconds };
    const told = tell(lab, { ...script, ...accident.script?.(draw) });
    started.push(told);
    return told;
  };
  const scene: Scene = { lab, node: NODE, draw, forget: () => restore(lab), tell: start };
  const wrong: string[] = [];
  try {
    await accident.before?.(scene);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const told = start();
    await told.offered();
    told.approve();
    let dead = false;
    const killed = killMs === null ? null : pause(killMs).then(() => ((dead = true), end(told.pid)));
    if (since === 'begun') await begins(lab, () => dead);
    await pause(afterMs);
    const cut = Date.now();
    const heal = await accident.happens(scene);
    const kept = accident.forgets === true && entriesOf(lab, NODE).some(({ state }) => state === 'confirmed');
    const first = await rest(lab, () => dead);
    const restedAt = Date.now();
    // Where nothing was changed, nothing had to come back.
    const changed = first.filter(({ state }) => state !== 'refused');
    const late = Math.max(...changed.map(({ pastDeadline }) => pastDeadline ?? -Infinity), -Infinity);
    if (late > GRACE_SECONDS) wrong.push(`came to rest ${late.toFixed(1)} s after the deadline`);
    await heal();
    await killed;
    const outcome = await drive(told);
    if (outcome === 'hung') wrong.push('netdiag came to no end');
    for (const { pid } of started) end(pid);

    const entries = await rest(lab, () => true);
    const moving = entries.filter((entry) => !atRest(entry));
    if (moving.length > 0) wrong.push(`the ledger says ${moving.map(({ state }) => state).join(', ')}`);
    const confirmed = entries.filter(({ state }) => state === 'confirmed').length;
    const stays = confirmed > 0 && !kept;
    if (accident.id === 'good' && outcome !== 'repaired') wrong.push(`a good fix ended as ${outcome}`);
    const differs = difference(before, await lab.nodeState(NODE));
    const is = (...lines: readonly string[]): boolean => differs.join('\n') === lines.join('\n');
    // Whatever is confirmed is there, each once, and nothing else.
    const routed = stays && confirmed === 1 && is(...ROUTED);
    const equal = routed || is(...(stays ? REPAIRED : []), ...(confirmed > 1 ? ROUTED : []));
    if (!equal) wrong.push(`node state: ${differs.join(' | ')}`);
    if (stays && !(await well(lab, routed))) wrong.push('confirmed, and not healthy');
    const deaf = await unreachable(lab);
    if (deaf !== null) wrong.push(`not reachable by SSH: ${deaf}`);
    await clears(lab, NODE, clean, [...HUNG, ...(accident.leaves ?? [])]).catch((error: unknown) =>
      wrong.push(String(error)),
    );
    if (!(await unlocked(lab))) wrong.push('a lock of the ledger is still held');
    await accident.after?.(scene);
    const words = entries.map(({ state, restarted }) => (restarted && state !== 'confirmed' ? 'restarted' : state));
    return {
      ended: `${words.join('+') || 'not begun'} (${outcome})`,
      backSeconds: first.length === 0 ? null : Math.max(0, restedAt - cut) / 1000,
      pastDeadline: Number.isFinite(late) ? late : null,
      equal,
      wrong,
    };
  } finally {
    for (const { pid } of started) end(pid);
  }
}

/** Awaits that the node records a fix; not for long once nobody lives who could send it. */
async function begins(lab: Lab, dead: () => boolean): Promise<boolean> {
  let until = Date.now() + 15_000;
  for (let shortened = false; entriesOf(lab, NODE).length === 0;) {
    if (dead() && !shortened) [shortened, until] = [true, Math.min(until, Date.now() + 3_000)];
    if (Date.now() > until) return false;
    await pause(20);
  }
  return true;
}

/** Awaits that every change on the node comes to rest, or that 40 s are over; gives what the ledger says then. */
async function rest(lab: Lab, dead: () => boolean): Promise<readonly Entry[]> {
  if (!(await begins(lab, dead))) return [];
  const until = Date.now() + 40_000;
  while (!entriesOf(lab, NODE).every(atRest) && Date.now() < until) await pause(20);
  return entriesOf(lab, NODE);
}

/** What the fix took away is there again, as after a restart. */
async function restore(lab: Lab): Promise<void> {
  const { stdout } = await lab.exec(NODE, ['ip', '-4', 'route', 'show', ...ROUTE.slice(0, 3)]);
  if (stdout.trim() === '') await lab.exec(NODE, ['ip', '-4', 'route', 'prepend', ...ROUTE]);
}

/** Why the node's sshd does not greet somebody who comes by its management address; `null` when it does. */
async function unreachable(lab: Lab): Promise<string | null> {
  const address = lab.nodes[NODE]?.mgmt ?? lab.nodes[NODE]?.addresses[0] ?? '';
  const script = 'exec 3<>"/dev/tcp/$0/22" && head -c 4 <&3';
  // Where its stdin is a socket, bash would read the start files of whoever runs this.
  const { exit, stdout, stderr } = await lab.exec('controller', [
    'timeout',
    '15',
    'bash',
    '--norc',
    '-c',
    script,
    address,
  ]);
  return stdout === 'SSH-' ? null : `exit ${exit ?? 'by a signal'}, ${JSON.stringify(stdout + stderr)}`;
}

/** Whether the next change would get every lock at once. */
async function unlocked(lab: Lab): Promise<boolean> {
  const script =
    'cd /var/lib/netdiag/fix 2>/dev/null || exit 0; for l in lock */alive */applying; do [ ! -e "$l" ] || flock -w 1 "$l" true || exit 1; done';
  return (await lab.exec(NODE, ['sh', '-c', script])).exit === 0;
}

/** How long neighbours need to know each other again after a cable was pulled, on a busy machine; milliseconds. */
const WELL_MS = 5_000;

/** Whether what is confirmed helps: tried again for some seconds. */
async function well(lab: Lab, routed: boolean): Promise<boolean> {
  const until = Date.now() + WELL_MS;
  for (;;) {
    if (routed ? !(await lab.symptom()) : await lab.healthy()) return true;
    if (Date.now() > until) return false;
    await pause(200);
  }
}
