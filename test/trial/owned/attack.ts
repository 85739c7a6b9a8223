import { orderOf, orderWords } from '../../../src/model/index.ts';
import { planFor, ADD } from '../../adapter/ssh/gate-door.ts';
import { type Intruder, type Said, WAYS } from './intruder.ts';
import type { Loot, Signed } from './loot.ts';

/** What an attacker has: both keys, and everything that the bot ever kept. */
export interface Attacker {
  readonly check: Intruder;
  readonly fix: Intruder;
  readonly loot: Loot;
  /** Draws a whole number below. */
  readonly draw: (below: number) => number;
}

/** One way to have a gated node do what nobody signed. */
export interface Attack {
  readonly kind: string;
  /** How often, of a thousand. */
  readonly share: number;
  run(attacker: Attacker): Promise<Said>;
  /** What a gate that let it through would answer, beyond what every one of them must not. */
  readonly never?: RegExp;
}

const ORDER = ['ask 0 140 netdiag order'];
const send = ({ fix }: Attacker, { order, signatures }: Signed): Promise<Said> =>
  fix.batch(ORDER, `${order}${signatures}`);
const one = <T>({ draw }: Attacker, list: readonly T[]): T => {
  const chosen = list[draw(list.length)];
  if (chosen === undefined) throw new RangeError('nothing to draw from');
  return chosen;
};
/** An order that would be executed if enough people had signed it. */
const wanted = ({ loot }: Attacker): string => orderOf(planFor(loot.node));

const VERBS = [
  'id >/pwned',
  'netdiag order',
  'netdiag batch',
  'netdiag batch x 10',
  'netdiag capture eth0 96 10 10 -z/pwn.sh',
  'netdiag capture eth0 96 10 10 tcp -z /pwn.sh',
  'netdiag capture -w/pwned 96 10 10 tcp',
  'netdiag capture eth0 96 10 10 $(id>/pwned)',
  'netdiag work x',
  'netdiag guard x detached',
  'netdiag\nid >/pwned',
  'sh -c id>/pwned',
  '`id >/pwned`',
  '; id >/pwned',
  '/usr/local/sbin/netdiag-gate do order',
  '/usr/local/sbin/netdiag-gate work x',
  'scp -t /pwned',
  'rsync --server . /pwned',
  'internal-sftp',
  'git-upload-pack /',
];

const WORDS = [
  [...ADD],
  ['ip', 'netns', 'add', 'pwned'],
  ['ip', '-batch', '/dev/stdin'],
  ['sh', '-c', 'id >/pwned'],
  ['bash', '-c', 'id >/pwned', 'dns-query', '10.0.0.1', '53', String.raw`\x00`],
  ['sysctl', '-w', 'net/ipv4/ip_forward=0'],
  ['sysctl', 'net/ipv4/ip_forward=0'],
  ['sysctl', 'net/ipv4/conf/all/forwarding=1'],
  ['tcpdump', '-i', 'lo', '-G', '1', '-z', '/pwn.sh', '-w', '/pwned'],
  ['curl', '-o', '/pwned', 'https://10.99.0.1/'],
  ['curl', '-qv', '-gksS', '-o', '/pwned', '--noproxy', '*'],
  ['ping', '-f', '10.99.0.1'],
  ['find', '/etc', '-exec', 'touch', '/pwned', '{}', '+'],
  ['find', '/etc/sysctl.d', '/etc/sysctl.d/x-netdiag.conf', '-delete'],
  ['cat', '/etc/shadow'],
  ['cat', '/etc/ssh/ssh_host_ed25519_key'],
  ['dmesg', '-C'],
  ['conntrack', '-F'],
  ['iptables', '-F'],
  ['nft', 'flush', 'ruleset'],
  ['systemctl', 'stop', 'sshd'],
  ['timeout', '1', 'touch', '/pwned'],
  ['env', 'touch', '/pwned'],
  ['netdiag', 'order'],
  ['netdiag', 'ledger', '../../../etc', 'status'],
  ['netdiag', 'ledger', 'x', 'confirm'],
  ['netdiag', 'node-state', ';', 'id'],
  ['netdiag', 'deny'],
  ['../../bin/touch', '/pwned'],
  ['-exec'],
  [''],
] as const;

/** Every kind of attempt; `share` of a thousand. */
export const ATTACKS: readonly Attack[] = [
  { kind: 'no signature', share: 60, run: (a) => send(a, { order: wanted(a), signatures: '' }) },
  {
    kind: 'signature under another order',
    share: 80,
    run: (a) => send(a, { order: wanted(a), signatures: one(a, a.loot.done).signatures }),
  },
  { kind: 'for another node or boot', share: 40, run: (a) => send(a, one(a, a.loot.elsewhere)) },
  { kind: 'for another purpose', share: 40, run: (a) => send(a, one(a, a.loot.otherwise)) },
  {
    kind: 'for another purpose, under an order',
    share: 40,
    run: (a) => send(a, { order: wanted(a), signatures: one(a, a.loot.otherwise).signatures }),
  },
  { kind: 'expired', share: 40, run: (a) => send(a, a.loot.expired) },
  { kind: 'replayed', share: 60, run: (a) => send(a, one(a, a.loot.done)) },
  { kind: 'one signer of two', share: 30, run: (a) => send(a, a.loot.oneOfTwo) },
  { kind: 'the same signer twice', share: 40, run: (a) => send(a, a.loot.twiceTheSame) },
  { kind: 'signed by a stranger', share: 40, run: (a) => send(a, a.loot.byStranger) },
  {
    kind: 'cut off',
    share: 50,
    run: (a) => {
      const { order, signatures } = one(a, a.loot.done);
      const whole = `${order}${signatures}`;
      return a.fix.batch(ORDER, whole.slice(0, a.draw(whole.length - 60)));
    },
  },
  {
    kind: 'lines added to what was signed',
    share: 60,
    run: (a) => {
      const { order, signatures } = one(a, a.loot.done);
      const lines = order.split('\n');
      const extra = one(a, [
        `apply ${orderWords(ADD)}`,
        'undo ip route',
        'approvals 1',
        'fix other',
        'reads x',
        'end',
        '',
        ' ',
      ]);
      return send(a, { order: lines.toSpliced(a.draw(lines.length), 0, extra).join('\n'), signatures });
    },
  },
  {
    kind: 'a byte of it changed',
    share: 80,
    run: (a) => {
      const { order, signatures } = one(a, a.loot.done);
      const whole = `${order}${signatures}`;
      const at = a.draw(whole.length - 1);
      const byte = String.fromCharCode(a.draw(256));
      const other = byte === whole[at] ? '~' : byte;
      return a.fix.batch(ORDER, `${whole.slice(0, at)}${other}${whole.slice(at + 1)}`);
    },
  },
  {
    kind: 'signatures that are none',
    share: 40,
    run: (a) => {
      const junk = one(a, [
        '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n',
        '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n',
        'Good "netdiag-fix" signature for second with ED25519 key SHA256:x\n',
        one(a, a.loot.done).signatures.replaceAll('\n', '\n-f /dev/null\n'),
        one(a, a.loot.done).signatures.repeat(12),
      ]);
      return send(a, { order: wanted(a), signatures: junk });
    },
  },
  {
    kind: 'another verb',
    share: 80,
    run: (a) => one(a, [a.check, a.fix]).ask(one(a, VERBS), 'id >/pwned\n'),
  },
  {
    kind: 'words that are not let through',
    share: 100,
    run: (a) => {
      const words = one(a, WORDS);
      const line = a.draw(4) === 0 ? words.join(' ') : orderWords(words);
      return one(a, [a.check, a.check, a.fix]).batch([`ask 0 20 ${line}`], 'id >/pwned\n');
    },
  },
  {
    kind: 'lines that are no requests',
    share: 40,
    run: (a) => {
      const line = one(a, [
        'ask 0 20',
        'ask x 20 id -u',
        'ask 0 99999 id -u',
        'ask 0;id>/pwned 20 id -u',
        'ask 0 20 $(id>/pwned)',
        String.raw`ask 0 20 id\0012-u`,
        String.raw`ask 0 20 \0151\0144`,
        'ask 0 20 id -u\tx',
        'ask 0 20 id -u\rx',
        'ask 0 20 id\0-u',
        '`id>/pwned`',
        'eval id>/pwned',
      ]);
      return one(a, [a.check, a.fix]).batch([line]);
    },
  },
  {
    kind: 'the key for looking brings an order',
    share: 30,
    never: /^netdiag-ledger /,
    run: (a) => {
      const { order, signatures } = one(a, a.loot.done);
      return a.check.batch(ORDER, `${order}${signatures}`);
    },
  },
  {
    kind: 'confirms or rolls back what is none',
    share: 20,
    run: (a) => {
      const fix = one(a, ['0123456789abcdef', '..', '../..', '-x', '$(id)', 'x'.repeat(65), '']);
      return a.fix.batch([
        `ask 0 20 netdiag ledger ${orderWords([fix])} ${one(a, ['confirm', 'roll-back', 'status', 'begin'])}`,
      ]);
    },
  },
  {
    kind: 'many at once',
    share: 10,
    run: async (a) => {
      const [said] = await Promise.all(
        Array.from({ length: 6 }, (_, at) =>
          send(
            a,
            at % 2 === 0 ? one(a, a.loot.done) : { order: wanted(a), signatures: one(a, a.loot.done).signatures },
          ),
        ),
      );
      return said ?? { text: 'nothing', exit: null };
    },
  },
  { kind: 'no command at all', share: 20, run: (a) => one(a, [a.check, a.fix]).other(one(a, WAYS)) },
  {
    kind: 'huge',
    share: 5,
    run: (a) => {
      const much = one(a, ['A'.repeat(3_000_000), `ask 0 5 id -u\n`.repeat(20_000), `apply ${'x '.repeat(500_000)}\n`]);
      return one(a, [a.check, a.fix]).batch([one(a, ORDER), much]);
    },
  },
  {
    kind: 'slow',
    share: 5,
    run: (a) => {
      const nonce = 'a'.repeat(32);
      const pieces = Array.from({ length: 60 }, (_, at) => (at === 0 ? 'ask 0 140 netdiag order\n' : 'x'));
      return a.fix.ask(`netdiag batch ${nonce} 150`, pieces);
    },
  },
];
