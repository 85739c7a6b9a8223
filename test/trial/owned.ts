import { readFileSync } from 'node:fs';
import { sessionOf } from '../adapter/ssh/loopback.ts';
import { startGateDoor, type GateDoor } from '../adapter/ssh/gate-door.ts';
import { findTool } from '../lab/available.ts';
import { noLab, skipNote } from '../lab/index.ts';
import { lots } from './cutoff/lots.ts';
import { ATTACKS, type Attack } from './owned/attack.ts';
import { dig, HOLES, type Hole } from './owned/hole.ts';
import { intrude } from './owned/intruder.ts';
import { loot } from './owned/loot.ts';
import { foreign, traced } from './owned/traced.ts';

const ATTEMPTS = 1000;
const WORKERS = 4;
/** Each kind a few times. */
const ENOUGH = 90;
/** What the ledger says of a change that it began. A replay is told how the first one ended. */
const BEGAN = /netdiag-ledger 1\n(begun|armed|applied|failed|confirmed)\n/;
const OPENED = /^(sftp opened|forwarded|listens)$|uid=0/;

/**
 * Attacks a gated node with everything that the bot ever had, but for the approvers' keys: `[ATTEMPTS] [--seed N] [--holes]`, a
 * thousand unless told; with `--holes` gates that have a mistake each, which it has to see, with fewer attempts. True when node state is byte for byte what it was, the ledger has not one entry more, and the node ran nothing but
 * its gate.
 */
export async function ownedTrial(args: readonly string[]): Promise<boolean> {
  const strace = findTool('strace');
  if (noLab || strace === null) {
    say(noLab ? `nothing was tried${skipNote}` : 'strace is not installed, so what the node runs cannot be seen');
    return false;
  }
  const attempts = Number(args.find((arg, at) => /^\d+$/.test(arg) && args[at - 1] !== '--seed') ?? ATTEMPTS);
  const seed = args.includes('--seed') ? Number(args[args.indexOf('--seed') + 1]) : Math.floor(Date.now() / 1000);
  if (args.includes('--holes')) return throughHoles(strace, Math.min(attempts, ENOUGH), seed);
  say(
    `seed ${seed}: ${attempts} attempts of ${ATTACKS.length} kinds by an attacker with both keys and the bot's journal`,
  );
  const door = await startGateDoor();
  try {
    const wrong = await attacked(door, strace, attempts, seed);
    for (const complaint of wrong) say(`WRONG: ${complaint}`);
    return wrong.length === 0;
  } finally {
    await door.stop();
  }
}

async function attacked(
  door: GateDoor,
  strace: string,
  attempts: number,
  seed: number,
  hole?: Hole,
): Promise<readonly string[]> {
  const began = Date.now();
  const session = await sessionOf(door.shell, door.lab.target);
  const booty = await loot(door, session);
  if (hole !== undefined) await dig(door, hole);
  const before = await stateOf(door);
  const trace = await traced(strace, door.lab.node.enter('node', [])[2] ?? '');
  const draw = lots(`owned ${seed}`);
  const left = attacksOf(attempts).filter(({ kind }) => hole === undefined || kind !== 'slow');
  const told = new Map<string, { tried: number; opened: string[] }>();
  const work = async (): Promise<void> => {
    const [check, fix] = await Promise.all(
      (['check', 'fix'] as const).map((name) => intrude(door.lab.options.port, readFileSync(door.key(name)))),
    );
    if (check === undefined || fix === undefined) throw new Error('the attacker cannot log in');
    for (let attack = left.pop(); attack !== undefined; attack = left.pop()) {
      const { text } = await attack.run({ check, fix, loot: booty, draw });
      const kind = told.get(attack.kind) ?? { tried: 0, opened: [] };
      kind.tried += 1;
      if (BEGAN.test(text) || OPENED.test(text) || attack.never?.test(text) === true)
        kind.opened.push(text.slice(0, 200));
      told.set(attack.kind, kind);
    }
    check.close();
    fix.close();
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const programs = await trace.stop();
  const after = await stateOf(door);
  const kinds = [...told].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [kind, { tried, opened }] of kinds)
    say(`  ${String(tried).padStart(4)} ${kind}: ${tried - opened.length} refused`);
  const tried = kinds.reduce((sum, [, one]) => sum + one.tried, 0);
  say(
    `${tried} attempts in ${Math.round((Date.now() - began) / 1000)} s; the node started ${programs.length} programs`,
  );
  const lines = before.state.split('\n').length;
  say(before.state === after.state ? `node state: ${lines} lines, byte for byte as before` : 'node state differs');
  return [
    ...(tried === attempts || hole !== undefined ? [] : [`only ${tried} attempts were made`]),
    ...kinds.flatMap(([kind, { opened }]) =>
      opened.map((text) => `${kind}: the node answered ${JSON.stringify(text)}`),
    ),
    ...(before.state === after.state ? [] : ['node state changed']),
    ...(before.ledger === after.ledger ? [] : [`the ledger changed:\n${before.ledger}\n${after.ledger}`]),
    ...(after.traces === '' ? [] : [`there is ${after.traces}`]),
    ...(programs.length > tried ? [] : [`the trace shows only ${programs.length} programs`]),
    ...foreign(programs),
  ];
}

/** True when every planted mistake was seen. */
async function throughHoles(strace: string, attempts: number, seed: number): Promise<boolean> {
  let missed = 0;
  for (const hole of HOLES) {
    const door = await startGateDoor();
    try {
      const wrong = await attacked(door, strace, attempts, seed, hole);
      if (wrong.length === 0) missed += 1;
      say(
        `${wrong.length === 0 ? 'MISSED' : 'seen'}: ${hole.says}${wrong[0] === undefined ? '' : ` (${wrong[0].slice(0, 160)})`}`,
      );
    } finally {
      await door.stop();
    }
  }
  say(`${HOLES.length - missed} of ${HOLES.length} planted mistakes were seen`);
  return missed === 0;
}

/** As many of each kind as its share of them, at least one, in an order that mixes them. */
function attacksOf(attempts: number): Attack[] {
  const whole = ATTACKS.reduce((sum, { share }) => sum + share, 0);
  const turns = ATTACKS.flatMap((attack) => {
    const times = Math.max(1, Math.round((attack.share / whole) * attempts));
    return Array.from({ length: times }, (_, nth) => ({ attack, at: (nth + 0.5) / times }));
  });
  const ordered = turns.toSorted((a, b) => a.at - b.at).map(({ attack }) => attack);
  const filler = ATTACKS.find(({ kind }) => kind === 'a byte of it changed');
  const more = Array.from({ length: Math.max(0, attempts - ordered.length) }, () => filler);
  return [...ordered, ...more.flatMap((attack) => attack ?? [])].slice(0, attempts);
}

/** Read beside the gate, so that it cannot lie about it. */
async function stateOf(door: GateDoor): Promise<{ state: string; ledger: string; traces: string }> {
  const script = 'find /var/lib/netdiag /etc/netdiag -type f ! -name lock -exec sha256sum {} + | sort -k 2';
  const tidy = async (): Promise<string> =>
    door.inside('sh', '-c', 'ls -d /pwn* /run/pwn* /dev/shm/netdiag-* 2>/dev/null; pgrep -af "[n]etdiag-gate|[.]/fix"');
  let traces = await tidy();
  for (let tries = 0; tries < 40 && traces !== ''; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    traces = await tidy();
  }
  const session = await sessionOf(door.shell, door.lab.target);
  const state = await session.state();
  await session.close();
  if (!state.known) throw new Error(`node state could not be read: ${state.detail}`);
  return { state: state.value.join('\n'), ledger: await door.inside('sh', '-c', script), traces };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
