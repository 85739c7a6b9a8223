import { must } from '../../lab/command.ts';
import type { Lab } from '../../lab/index.ts';
import type { Script } from '../../story/play.ts';
import type { Told } from '../../story/tell.ts';
import { jump, ownClock } from './clock.ts';
import { drive } from './drive.ts';

/** Where an accident happens. */
export interface Scene {
  readonly lab: Lab;
  readonly node: string;
  /** A whole number below a bound, by chance. */
  readonly draw: (below: number) => number;
  /** Undoes what the fix set at run time, as a restart would; says nothing where it was not there. */
  readonly forget: () => Promise<void>;
  /** Starts another netdiag with the same story. */
  readonly tell: () => Told;
}

/** Something that cuts a change off. Given back: how the world becomes whole again. */
export interface Accident {
  readonly id: string;
  readonly says: string;
  /** What is different in the story that it happens to. */
  readonly script?: (draw: Scene['draw']) => Partial<Script>;
  /** Before netdiag is started. */
  readonly before?: (scene: Scene) => Promise<void>;
  readonly happens: (scene: Scene) => Promise<() => Promise<void>>;
  /** At the very end, once the ledger was read. */
  readonly after?: (scene: Scene) => Promise<void>;
  /** netdiag is killed in every trial, not in every other one. */
  readonly kills?: true;
  /** Afterwards what was set at run time is gone, confirmed or not. */
  readonly forgets?: true;
  /** What the accident itself leaves on the node. */
  readonly leaves?: readonly RegExp[];
}

const LEDGER = '/var/lib/netdiag';
const whole = (): Promise<void> => Promise.resolve();

/** Drops packets of the node where the fabric forwards them. */
function dropped(ways: readonly ('saddr' | 'daddr')[]): Accident['happens'] {
  return async ({ lab, node }) => {
    const { mgmt, addresses } = lab.nodes[node] ?? { addresses: [] };
    const set = [...addresses, ...(mgmt === undefined ? [] : [mgmt])].join(', ');
    const rules = ways.map((way) => `ip ${way} { ${set} } drop`).join('\n');
    const table = `table bridge cut {\n chain cut {\n type filter hook forward priority 10; policy accept;\n ${rules}\n }\n}\n`;
    await must(lab.enter('fabric', ['nft', '-f', '-']), { input: table });
    return async () => void (await must(lab.enter('fabric', ['nft', 'delete', 'table', 'bridge', 'cut'])));
  };
}

/** Runs a script on the node, whatever its end. */
async function onNode({ lab, node }: Scene, script: string): Promise<string> {
  return (await lab.exec(node, ['sh', '-c', script])).stdout;
}

/** Processes of the node whose command line begins so, as a shell loop that kills them by their ids. */
function killEach(pattern: string): string {
  return `for p in /proc/[0-9]*; do a=$(tr '\\0' ' ' <$p/cmdline 2>/dev/null); case "$a" in ${pattern}) kill -9 \${p#/proc/};; esac; done`;
}

/** A file system of its own for the ledger, so that it alone gets full. */
const small: NonNullable<Accident['before']> = async (scene) => {
  await onNode(scene, `mount -t tmpfs -o size=512k,nr_inodes=200,mode=755 tmpfs ${LEDGER}`);
};
const gone: NonNullable<Accident['after']> = async (scene) => {
  await onNode(scene, `umount -l ${LEDGER}`);
};

/** Both ends of every cable of the node, and whether they are up. */
async function cables({ lab, node }: Scene, state: 'up' | 'down'): Promise<void> {
  const { stdout } = await lab.exec(node, ['ip', '-o', 'link']);
  const ends = [...stdout.matchAll(/^\d+: \S+@if(\d+):/gm)].map(([, index]) => index ?? '');
  const ports = (await lab.exec('fabric', ['ip', '-o', 'link'])).stdout;
  for (const [, index = '', name = ''] of ports.matchAll(/^(\d+): ([^@:\s]+)[@:]/gm))
    if (ends.includes(index)) await lab.exec('fabric', ['ip', 'link', 'set', 'dev', name, state]);
}

/** Everything that can happen, in the order in which it is tried. */
export const ACCIDENTS: readonly Accident[] = [
  { id: 'blackhole', says: 'packets vanish both ways', happens: dropped(['saddr', 'daddr']) },
  { id: 'mute', says: 'the node is heard no more', happens: dropped(['saddr']) },
  { id: 'deaf', says: 'the node hears no more', happens: dropped(['daddr']) },
  {
    id: 'reset',
    says: 'every connection of the sshd is reset',
    happens: async (scene) => {
      await onNode(scene, "ss -K state established '( sport = :22 )'");
      return whole;
    },
  },
  {
    id: 'sessions',
    says: 'every SSH session is ended',
    happens: async (scene) => {
      await onNode(scene, killEach('"sshd: "*@*|"sshd: "*priv*'));
      return whole;
    },
  },
  {
    id: 'sshd',
    says: 'the sshd and its sessions are killed',
    happens: async (scene) => {
      await onNode(scene, killEach('sshd:*|/usr/sbin/sshd*'));
      const sshd = '/usr/sbin/sshd -D -e -f /etc/ssh/sshd_config';
      return async () => void (await onNode(scene, `setsid ${sshd} </dev/null >/dev/null 2>&1 &`));
    },
  },
  {
    id: 'uplink',
    says: 'every cable of the node is pulled',
    happens: async (scene) => {
      await cables(scene, 'down');
      return () => cables(scene, 'up');
    },
  },
  { id: 'killed', says: 'netdiag is killed', kills: true, happens: () => Promise.resolve(whole) },
  {
    id: 'reboot',
    says: 'the node restarts',
    forgets: true,
    happens: async (scene) => {
      await onNode(scene, killEach('"sh ./fix "*|"sshd: "*@*|"sshd: "*priv*|tcpdump*'));
      await scene.forget();
      const boot =
        'head -c 16 /dev/urandom | od -An -tx1 | tr -d " \\n" | sed "s/^\\(.\\{8\\}\\)\\(.\\{4\\}\\)\\(.\\{4\\}\\)\\(.\\{4\\}\\)/\\1-\\2-\\3-\\4-/"';
      await onNode(scene, `id=$(${boot}); echo "$id" >/proc/sys/kernel/random/boot_id`);
      return whole;
    },
  },
  {
    id: 'disk-full',
    says: 'the disk of the ledger is full',
    before: small,
    happens: async (scene) => {
      await onNode(scene, `head -c 1000000 /dev/zero >${LEDGER}/filled`);
      return async () => void (await onNode(scene, `rm -f ${LEDGER}/filled`));
    },
    after: gone,
  },
  {
    id: 'inodes',
    says: 'no file can be made in the ledger any more',
    before: small,
    happens: async (scene) => {
      await onNode(
        scene,
        `mkdir ${LEDGER}/many && cd ${LEDGER}/many && n=0; while : 2>/dev/null >$n; do n=$((n + 1)); done`,
      );
      return async () => void (await onNode(scene, `rm -rf ${LEDGER}/many`));
    },
    after: gone,
  },
  {
    id: 'guard',
    says: 'the process that would restore the node is killed',
    happens: async (scene) => {
      await onNode(scene, `for g in ${LEDGER}/fix/*/guard; do [ -s "$g" ] && kill -9 "$(cat "$g")"; done`);
      return whole;
    },
  },
  {
    id: 'api',
    says: 'the API server is away',
    happens: ({ lab }) => {
      lab.changeCluster((state) => ({ ...state, chaos: [{ path: '/', answer: 'cut' }] }));
      return Promise.resolve(() => {
        lab.changeCluster((state) => ({ ...state, chaos: [] }));
        return whole();
      });
    },
  },
  {
    id: 'two',
    says: 'another netdiag repairs the same node at the same time',
    before: async (scene) => {
      const other = scene.tell();
      others.set(scene.lab.runDir, other);
      await other.offered();
    },
    happens: ({ lab }) => {
      const other = others.get(lab.runDir);
      other?.approve();
      return Promise.resolve(async () => {
        if (other !== undefined) await drive(other);
      });
    },
  },
  {
    id: 'clock',
    says: 'the clock of the node jumps',
    before: ({ lab, node }) => ownClock(lab, node),
    leaves: [/^\+\/dev\/shm\/(?:sem\.)?faketime_/],
    happens: async ({ lab, node, draw }) => {
      await jump(lab, node, draw);
      return whole;
    },
  },
  {
    id: 'expiry',
    says: 'the approval expires in the middle',
    script: (draw) => ({ expiresMs: 300 + draw(4000) }),
    happens: () => Promise.resolve(whole),
  },
];

const others = new Map<string, Told>();
