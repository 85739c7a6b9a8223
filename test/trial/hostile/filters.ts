import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { sshNodeShell } from '../../../src/adapter/ssh/index.ts';
import { BadFilter, compileFilter } from '../../../src/capture/filter.ts';
import type { CaptureFilter } from '../../../src/model/index.ts';
import { startLabDoor } from '../../adapter/ssh/lab-door.ts';
import { findTool } from '../../lab/available.ts';
import { sessionOf } from '../../adapter/ssh/loopback.ts';
import { programsIn, sshdUnder } from './trace.ts';

const STRINGS = 500;
const TYPED = 200;
/** Nothing that netdiag writes takes longer to compile, by the processor time of tcpdump. */
const COMPILE_SECONDS = 1;
const LIMITS = { seconds: 2, packets: 1, bytes: 100_000, snap: 96 } as const;

const long = (terms: number): string =>
  Array.from({ length: terms }, (_, at) => `host 10.0.${at >> 8}.${at & 255}`).join(' or ');
const EVIL: readonly string[] = [
  '-z /bin/sh',
  '-z/usr/bin/id',
  '-w /etc/passwd',
  '-w/run/written',
  '-F /etc/shadow',
  '-F/run/filter',
  '-r /etc/shadow',
  '-V /etc/shadow',
  '-Z root',
  '-G 1 -W 1 -w /run/written -z /bin/sh',
  '-i any',
  '-D',
  '--help',
  '--version',
  '--',
  '-- -z /bin/sh',
  '-',
  'tcp -z /bin/sh',
  'tcp\n-w /run/written',
  'tcp\r\n-F /run/filter',
  'tcp\0-z /bin/sh',
  '\0',
  '\n',
  '$(touch /run/written)',
  '`touch /run/written`',
  "' -w /run/written '",
  '" -w /run/written "',
  'tcp; touch /run/written',
  'tcp | tee /run/written',
  'tcp && touch /run/written',
  ') or (tcp',
  '((((((((((((((((((((((((((',
  'not not not not tcp',
  '10.0.0.1 or tcp',
  '10.0.0.1/0',
  '10.0.0.1 -z',
  'fe80::1%eth0',
  'fe80::1%-z',
  '::ffff:10.0.0.1; id',
  'port 22 or port 80',
  '1e3',
  '0x50',
  '-1',
  '65536',
  'tcp[tcpflags] & tcp-syn != 0',
  'ether proto 0x0800',
  'vlan and vlan and vlan and vlan',
  'len > 1 and len > 1',
  'a'.repeat(100_000),
  long(1000),
  long(3000),
];

/** 500 strings that tcpdump would obey, and mixtures of them. */
export const strangeFilters = (seed: number): readonly string[] => [
  ...EVIL,
  ...fc.sample(
    fc
      .array(
        fc.oneof(
          fc.constantFrom(...EVIL.slice(0, 44)),
          fc.constantFrom('host ', '10.0.0.1', ' or ', ' and ', '-w ', '\n', '\0'),
          fc.string(),
        ),
        {
          minLength: 1,
          maxLength: 5,
        },
      )
      .map((words) => words.join('')),
    { seed, numRuns: STRINGS - EVIL.length },
  ),
];

/** A text at every place of a filter where a node, an API server or a person may have said something. */
function filtersWith(text: string): readonly CaptureFilter[] {
  const terms: readonly unknown[] = [
    { host: text },
    { port: text, proto: 'tcp' },
    { port: 80, proto: text },
    { proto: text },
    { any: [{ host: text }] },
  ];
  return terms.flatMap((term) => [{ all: [term], none: [] } as never, { all: [], none: [term] } as never]);
}

/** What compileFilter may ever write: no word of these begins with a hyphen. */
const WORDS = /^(?:[0-9a-f.:]+|host|port|tcp|udp|icmp|icmp6|arp|and|or|not|[() ])*$/;

/** Hands 500 strings to every place of a filter, and some of them to tcpdump itself. What is taken for an option is a complaint. */
export async function throughFilters(say: (line: string) => void, seed: number): Promise<readonly string[]> {
  const strings = strangeFilters(seed);
  const complaints = [...refusedFilters(strings)];
  say(`  ${strings.length} strings at ${filtersWith('').length} places each: refused, or an address`);
  complaints.push(...compiled(seed, say), ...(await handed(strings, say)));
  return complaints;
}

/** Puts each string at every place of a filter; what is neither refused nor an address is a complaint. */
export function refusedFilters(strings: readonly string[]): readonly string[] {
  return strings.flatMap((text, at) => filtersWith(text).flatMap((filter) => judged(filter, at)));
}

function judged(filter: CaptureFilter, at: number): readonly string[] {
  const began = process.cpuUsage();
  const shown = JSON.stringify(filter).slice(0, 120);
  try {
    const text = compileFilter(filter);
    if (text.length > 512 || !WORDS.test(text))
      return [`string ${at}: ${shown} became ${JSON.stringify(text.slice(0, 120))}`];
  } catch (error) {
    if (!(error instanceof BadFilter)) return [`string ${at}: ${shown} threw ${String(error)}`];
  }
  const { user, system } = process.cpuUsage(began);
  return user + system > 100_000 ? [`string ${at}: ${shown} took ${Math.round((user + system) / 1000)} ms`] : [];
}

/** Typed filters, small and as large as allowed: tcpdump compiles each within its second of processor time. */
function compiled(seed: number, say: (line: string) => void): readonly string[] {
  const tcpdump = findTool('tcpdump') ?? 'tcpdump';
  const host = fc.oneof(fc.ipV4(), fc.ipV6()).map((one) => ({ host: one }));
  const port = fc.record({
    port: fc.integer({ min: 1, max: 65_535 }),
    proto: fc.constantFrom('tcp' as const, 'udp' as const),
  });
  const plain = fc.oneof(
    host,
    port,
    fc.record({ proto: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const, 'arp' as const) }),
  );
  const any = fc.array(plain, { minLength: 1, maxLength: 32 }).map((terms) => ({ any: terms }));
  const filters = fc.sample(
    fc.record({ all: fc.array(fc.oneof(plain, any), { maxLength: 8 }), none: fc.array(plain, { maxLength: 32 }) }),
    { seed, numRuns: TYPED },
  );
  const texts = filters.flatMap((filter) => {
    try {
      return [compileFilter(filter)];
    } catch {
      return [];
    }
  });
  const limited = `ulimit -t ${COMPILE_SECONDS} && exec "$@"`;
  const failed = texts.filter((text) => {
    const argv = ['-c', limited, '_', tcpdump, '-y', 'EN10MB', '-d', '--', text];
    const { status, stderr } = spawnSync('/bin/sh', argv, { maxBuffer: 1 << 26 });
    return status !== 0 && !/expression rejects all packets/.test(stderr.toString());
  });
  say(`  ${texts.length} of ${TYPED} typed filters are within the bounds: each compiled within ${COMPILE_SECONDS} s`);
  return [
    ...(texts.length > TYPED / 4 ? [] : [`only ${texts.length} typed filters were written`]),
    ...failed.map((text) => `tcpdump does not compile ${JSON.stringify(text)} in time`),
  ];
}

/** Past compileFilter, straight to the node: whatever stands there is the one word behind "--". */
async function handed(strings: readonly string[], say: (line: string) => void): Promise<readonly string[]> {
  const strace = findTool('strace');
  if (strace === null) return ['strace is not installed, so what tcpdump is given cannot be seen'];
  const short = strings.slice(0, 60).filter((text) => text.length < 1000);
  const door = await startLabDoor();
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-hostile-'));
  const file = join(directory, 'trace');
  let text = '';
  const shell = sshNodeShell({ ...door.options, compileFilter: () => text });
  const init = door.node.enter('node', [])[2] ?? '';
  const tracer = spawn(
    strace,
    ['-f', '-qq', '-s', '65536', '-e', 'trace=execve', '-o', file, '-p', sshdUnder([init])],
    {
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  try {
    await pause(200);
    const session = await sessionOf(shell, door.target);
    const noted: string[] = [];
    for (text of short) {
      const running = await session.capture({ device: 'lo', filter: { all: [], none: [] }, limits: LIMITS, key: 'x' });
      const { pcap, gap } = await running.stop();
      if (pcap.length > 24)
        noted.push(`a filter of ${JSON.stringify(text)} captured ${pcap.length} bytes (${gap ?? 'whole'})`);
    }
    await session.close();
    await shell.closeAll();
    const { stdout } = await door.node.exec('node', ['sh', '-c', 'ls /run/written /run/filter 2>/dev/null']);
    if (stdout !== '') noted.push(`a filter wrote ${stdout.trim()}`);
    const over = once(tracer, 'exit');
    tracer.kill('SIGTERM');
    await over;
    const given = programsIn(readFileSync(file, 'utf8')).filter(({ program }) => program.endsWith('/tcpdump'));
    for (const { argv } of given) {
      const at = argv.indexOf('--');
      if (
        at !== argv.length - 2 ||
        argv.slice(0, at).some((word) => ['-z', '-F', '-r', '-Z', '-G', '-C', '-V'].includes(word))
      )
        noted.push(`tcpdump was run as ${JSON.stringify(argv).slice(0, 300)}`);
    }
    say(
      `  ${short.length} strings past it, straight to the node: tcpdump was run ${given.length} times, always one word behind "--"`,
    );
    if (given.length < short.length / 2) noted.push(`the trace shows tcpdump only ${given.length} times`);
    return noted;
  } finally {
    if (tracer.exitCode === null && tracer.signalCode === null) tracer.kill('SIGKILL');
    await shell.closeAll();
    await door.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
