import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixedArgv, gateScript, TYPED } from '../../../deploy/node/build.ts';
import { compileFilter } from '../../../src/capture/filter.ts';
import { orderWords } from '../../../src/model/index.ts';
import type { Mark, StimulusPlan } from '../../../src/model/index.ts';
import { probes } from '../../../src/probe/index.ts';
import { stimuli } from '../../../src/stimulus/index.ts';

const built = readFileSync(join(import.meta.dirname, '../../../deploy/node/netdiag-gate'), 'utf8');
/** The gate without its last lines, so that its functions can be asked alone. */
const functions = built.replace(/\nmain "\$@"\nexit\n$/, '\n');

/** One answer for each argv: whether the gate would let it through for `role`. One shell for all of them. */
function permitted(
  all: readonly (readonly string[])[],
  role = 'check',
  shell: readonly [string, ...string[]] = ['sh'],
): readonly boolean[] {
  const judge = `role=${role}
while IFS= read -r line; do
  set -f
  set --
  for each in $line; do decode "$each"; set -- "$@" "$decoded"; done
  set +f
  if [ $# -gt 0 ] && permitted "$line" "$@"; then echo yes; else echo no; fi
done`;
  const said = execFileSync(shell[0], [...shell.slice(1), '-c', `${functions}${judge}`], {
    input: all.map((one) => `${orderWords(one)}\n`).join(''),
  });
  return said
    .toString()
    .trim()
    .split('\n')
    .map((word) => word === 'yes');
}

const nonce = { between: (low: number) => low };
const targets = [
  { to: '10.0.10.69', port: 443, count: 7 },
  { to: 'fd00::1', port: 10250, count: 1 },
  { to: '10.0.0.1', port: 65535, count: 50 },
  { to: '10.96.0.10', port: 53, count: 7, name: 'kubernetes.default.svc.cluster.local' },
  { to: 'fd00::a', port: 53, count: 9, name: 'a' },
];
/** Everything that netdiag sends from a node to provoke an answer. */
const provoking = stimuli.flatMap((stimulus) =>
  targets.flatMap((target) => {
    const plan: StimulusPlan = { ...target, stimulus: stimulus.id, from: 'subject' };
    const marks = markable(stimulus, plan);
    return marks.flatMap((mark) => stimulus.ways(plan, mark).flatMap((way) => way.map(({ argv }) => argv)));
  }),
);

/** No marks where the stimulus cannot go to that target. */
function markable(stimulus: (typeof stimuli)[number], plan: StimulusPlan): readonly Mark[] {
  try {
    return stimulus.marks(plan, 1, nonce);
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}

const asking: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'ip-route-get': [
    { to: '10.0.10.69' },
    { to: '10.0.10.69', from: '10.0.10.207' },
    { to: '10.0.10.69', from: '10.0.10.207', iif: 'eth0' },
    { to: '10.0.10.69', from: '10.0.10.207', iif: 'eni0a1b2c3d4e5', mark: '0x80' },
    { to: '10.0.10.69', mark: '128' },
  ],
  'ip-route-prefix': [{ prefix: '10.0.10.0/24' }, { prefix: '10.0.10.69' }],
  'sysctl-value': [{ name: 'net/ipv4/ip_forward' }, { name: 'net/ipv4/conf/eth0.100/rp_filter' }],
};
const typed = Object.entries(asking).flatMap(([id, all]) =>
  all.map((params) => probes.find((probe) => probe.id === id)?.argv(params) ?? [id]),
);
/** What a plan compares before it changes anything, beyond probes, and what an undo reads again. */
const comparing = [
  ['ip', '-4', 'route', 'show', 'table', '100'],
  ['find', '/etc/sysctl.d', '/etc/sysctl.d/zz-netdiag-forwarding.conf', '-maxdepth', '0'],
  ['cat', '/etc/NetworkManager/conf.d/99-netdiag-cni.conf'],
];
const everything = [...fixedArgv(), ...typed, ...comparing, ...provoking];

test('the committed gate is what its parts make', () => {
  // node deploy/node/build.ts
  expect(built).toBe(gateScript());
  expect(Object.keys(asking).toSorted()).toEqual([...TYPED].toSorted());
});

describe('the key for looking', { timeout: 30_000 }, () => {
  test('may ask whatever netdiag asks of a node: every probe, every stimulus, every question of doctor', () => {
    expect(new Set(provoking.map(([program]) => program))).toEqual(new Set(['ping', 'curl', 'bash']));
    const answers = permitted(everything);
    expect(answers).toHaveLength(everything.length);
    expect(permitted(everything, 'check', ['bash', '--posix'])).toEqual(answers);
    expect(everything.filter((_, at) => answers[at] !== true)).toEqual([]);
    expect(everything.length).toBeGreaterThan(70);
  });

  test('may ask for nothing that is nearly that', () => {
    // Forty connections more try nothing that seven do not.
    const short = everything.filter((argv) => argv.length < 130);
    const known = new Set(everything.map((argv) => JSON.stringify(argv)));
    const word = fc.oneof(
      fc.constantFrom(...short.flat()),
      fc.constantFrom(
        '-z',
        '-w',
        '-F',
        '-r',
        '-Z',
        '-G',
        '-x',
        '--',
        ';',
        '$(id)',
        '`id`',
        '|',
        '&',
        '=1',
        '/etc/shadow',
        '@/etc/shadow',
        'exec',
        '-batch',
        '-o',
        '/x',
        '-K',
        '-w',
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
    );
    const mutated = fc
      .tuple(fc.constantFrom(...short), fc.nat(), fc.nat(3), word, word)
      .map(([argv, at, how, one, two]) => {
        const place = at % (argv.length + 1);
        const spot = Math.min(place, argv.length - 1);
        if (how === 0) return argv.toSpliced(place, 0, one);
        if (how === 1) return argv.toSpliced(spot, 1);
        if (how === 2) return argv.with(spot, one);
        return argv.with(spot, `${argv[spot] ?? ''}${two}`);
      });
    const tried = fc
      .sample(mutated, { numRuns: 400, seed: 5 })
      .filter((argv) => argv.length > 0 && !known.has(JSON.stringify(argv)));
    const answers = permitted(tried);
    expect(answers).toHaveLength(tried.length);
    expect(tried.filter((argv, at) => answers[at] === true && !harmless(argv))).toEqual([]);
    expect(tried.length).toBeGreaterThan(350);
  });

  test('may neither change anything nor ask the gate for what is the other key’s', () => {
    const fix = '0123456789abcdef';
    const asked = [
      ['netdiag', 'order'],
      ['netdiag', 'ledger', fix, 'confirm'],
      ['netdiag', 'ledger', fix, 'roll-back'],
      ['netdiag', 'ledger', '../x', 'status'],
      ['netdiag', 'work', fix],
      ['ip', 'route', 'add', 'blackhole', '10.0.0.0/8'],
      ['ip', '-4', 'route', 'get', '10.0.0.1', 'from', '10.0.0.2', 'oif', 'eth0'],
      ['sysctl', '-w', 'net/ipv4/ip_forward=1'],
      ['sysctl', 'net/ipv4/ip_forward=1'],
      ['sysctl', 'net/ipv4/conf/a=1/forwarding'],
      ['sysctl', 'net/ipv4/tcp_fastopen_key'],
      ['sysctl', 'net/ipv4/conf/../../ipv6/conf/all/stable_secret'],
      ['cat', '/etc/shadow'],
      ['cat', '/etc/netdiag.conf'],
      ['cat', '/etc/sysctl.d/../netdiag/x-netdiag.conf'],
      ['find', '/etc', '/etc/sysctl.d/x-netdiag.conf', '-maxdepth', '0'],
      ['find', '/etc/sysctl.d', '/etc/sysctl.d/x-netdiag.conf', '-delete', '0'],
      ['sh', '-c', 'id'],
      ['bash', '-c', 'id', 'dns-query', '10.0.0.1', '53', String.raw`\x00`],
      ['sh'],
      ['netdiag'],
    ];
    expect(permitted(asked)).toEqual(asked.map(() => false));
    expect(
      permitted([
        ['netdiag', 'node-state'],
        ['netdiag', 'ledger', fix, 'status'],
      ]),
    ).toEqual([true, true]);
  });
});

test('the key for changing may confirm, roll back, ask the ledger and bring an order, and look at nothing', () => {
  const fix = '0123456789abcdef';
  const own = [
    ['netdiag', 'order'],
    ...['status', 'confirm', 'roll-back'].map((verb) => ['netdiag', 'ledger', fix, verb]),
  ];
  expect(permitted(own, 'fix')).toEqual(own.map(() => true));
  const others = [
    ...everything,
    ['netdiag', 'node-state'],
    ['netdiag', 'ledger', fix, 'take'],
    ['netdiag', 'ledger', '-x', 'status'],
  ];
  expect(permitted(others, 'fix')).toEqual(others.map(() => false));
});

/** Other values of the same types: another address, device, port, number of packets within bounds. */
function harmless(argv: readonly string[]): boolean {
  const line = argv.map((one) => JSON.stringify(one)).join(' ');
  const program = provoking.find(([shell]) => shell === 'bash')?.[2];
  if (argv[0] === 'bash')
    return argv[2] === program && argv.slice(6).every((query) => /^(\\x[\da-f]{2})+$/.test(query));
  const v4 = String.raw`"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}"`;
  const device = String.raw`"(?!-|\.{1,2}")(?:[^"\\/=\s]|\\["\\u][\da-f]*){1,15}"`;
  return [
    new RegExp(
      `^"ip" "-4" "route" "get" ${v4}( "from" ${v4})?( "iif" ${device})?( "mark" "(0x[\\da-f]{1,8}|\\d{1,9})")?$`,
      'i',
    ),
    new RegExp(`^"ip" "-4" "route" "show" "${v4.slice(1, -1)}(/\\d{1,2})?" "table" "main"$`),
    /^"ip" "-4" "route" "show" "table" "\d{1,9}"$/,
    new RegExp(`^"sysctl" "net/ipv4/conf/${device.slice(1, -1)}/[a-z_]+"$`),
    new RegExp(`^"ping" "-n" "-c" "([1-9]|[1-4]\\d|50)" "-i" "0.02?" "-W" "1" "-s" "\\d{3}" ${v4}$`),
    /^"curl" "-qv"( "-Z" "--parallel-immediate" "--no-progress-meter")? "-gksS" "-o" "\/dev\/null" "--noproxy" "\*" /,
  ].some((form) => form.test(line));
}

describe('a capture', () => {
  const bounded = (...words: readonly string[]): boolean =>
    execFileSync('sh', [
      '-c',
      `${functions}\nif bounded "$@"; then echo yes; else echo no; fi`,
      'sh',
      ...words,
    ]).toString() === 'yes\n';
  const filters = [
    { all: [{ host: '10.0.10.69' }, { proto: 'tcp' }, { port: 443, proto: 'tcp' }], none: [] },
    { all: [{ proto: 'icmp' }], none: [{ host: 'fd00::1' }, { port: 53, proto: 'udp' }] },
    { all: [{ proto: 'arp' }], none: [] },
    { all: [], none: [] },
  ] as const;

  test.each(filters.map((filter) => compileFilter(filter)))('may have the filter %j', (filter) => {
    expect(bounded('eth0', '96', '1000', '15', filter)).toBe(true);
  });

  test.each([
    ['-z', '96', '1000', '15', ''],
    ['eth0/..', '96', '1000', '15', ''],
    ['eth0', '65535', '1000', '15', ''],
    ['eth0', '96', '999999', '15', ''],
    ['eth0', '96', '1000', '3600', ''],
    ['eth0', '96', '1000', '-1', ''],
    ['eth0', '96', '1000', '15', '-z /bin/sh'],
    ['eth0', '96', '1000', '15', 'host evil.example'],
    ['eth0', '96', '1000', '15', 'tcp[13] & 2 != 0'],
    ['eth0', '96', '1000', '15', 'tcp\n-z'],
    ['eth0', '96', '1000', '15', `${'(tcp or '.repeat(80)}udp${')'.repeat(80)}`],
    ['eth0', '96', '1000', '15'],
    ['eth0', '96', '1000', '15', 'tcp', '-z'],
  ])('may not be %j %j %j %j', (...words) => {
    expect(bounded(...words.map(String))).toBe(false);
  });
});
