import { startLabDoor } from '../../adapter/ssh/lab-door.ts';
import { eachPacket } from '../../../src/capture/pcap.ts';
import { said, strained, tooMuch } from './strain.ts';

/**
 * What a node answers whose sshd runs a program of the attacker in place of netdiag's, knowing the nonce that netdiag sent:
 * the greeting, the gzip stream and the frames are all the attacker's. In shell, with `$nonce`.
 */
const ANSWERS: Readonly<Record<string, string>> = {
  'a greeting without end': 'exec yes',
  'a greeting of 1 byte a second': 'while :; do printf x; sleep 1; done',
  'an unknown form': 'printf "\\n%s exe\\n" "$nonce"; exec yes',
  'a line of 10 GB': 'printf "\\n%s plain\\n" "$nonce"; exec head -c 10000000000 /dev/zero',
  'frames without end, each empty': 'printf "\\n%s plain\\n" "$nonce"; exec yes "frame 0"',
  'packed frames without end, each empty': 'printf "\\n%s gzip\\n" "$nonce"; yes "frame 0" | exec gzip -1',
  'a frame with 99,999 heads': 'printf "\\n%s plain\\nframe 99999\\n" "$nonce"; exec yes "0 0 1 1 1048577 262145"',
  'a head of 9 MB': 'printf "\\n%s plain\\nframe 1\\n0 0 1 1 9999999 0\\n" "$nonce"; exec yes',
  'a section that nobody asked for': 'printf "\\n%s plain\\nframe 1\\n7 0 1 1 2 0\\n" "$nonce"; exec yes',
  'one section again and again':
    'printf "\\n%s plain\\n" "$nonce"; while :; do printf "frame 1\\n0 0 1 1 2 0\\nok"; done',
  'a gzip bomb': 'printf "\\n%s gzip\\n" "$nonce"; exec cat /run/bomb.gz',
  'a gzip bomb in a bomb': 'printf "\\n%s gzip\\n" "$nonce"; gzip -1 </run/bomb.gz',
  'a gzip stream that breaks off': 'printf "\\n%s gzip\\n" "$nonce"; head -c 100000 /run/bomb.gz',
  'noise as gzip': 'printf "\\n%s gzip\\n" "$nonce"; exec cat /dev/urandom',
  'stderr without end': 'exec yes >&2',
  silence: 'exec sleep 600',
};

/** One section of the right length may come before the rest: an output like any other, with whatever the node likes to say. */
const TAKEN: readonly string[] = ['one section again and again', 'a gzip bomb', 'a gzip stream that breaks off'];

/** What a capture answers: never a whole pcap. */
const STREAMS: Readonly<Record<string, string>> = {
  'zeros without end': 'exec cat /dev/zero',
  'noise without end': 'exec cat /dev/urandom',
  'a sparse file of 1 TB': 'truncate -s 1T /run/sparse; exec cat /run/sparse',
  'a FIFO that nobody writes': '[ -p /run/fifo ] || mkfifo /run/fifo; exec cat /run/fifo',
  'a symlink to a device': 'ln -sfn /dev/zero /run/link; exec cat /run/link',
  'a gzip bomb': 'exec cat /run/bomb.gz',
  'a pcap of packets without bytes':
    'printf "\\324\\303\\262\\241\\002\\000\\004\\000\\000\\000\\000\\000\\000\\000\\000\\000\\140\\000\\000\\000\\001\\000\\000\\000"; exec cat /dev/zero',
};

/** Names of devices that lead elsewhere, or are options. */
const DEVICES: readonly string[] = [
  '../../../etc/passwd',
  'lo/../lo',
  '/dev/zero',
  '..',
  '.',
  '',
  '-z',
  '--help',
  '-F/etc/shadow',
  '$(id)',
  '`id`',
  'lo;id',
  'lo\nid',
  'a'.repeat(5000),
  'lo\0',
];

const LIMITS = { seconds: 5, packets: 1000, bytes: 1_000_000, snap: 96 } as const;
const EVERYTHING = { all: [], none: [] } as const;
/** A command's second, what a batch waits beyond, and a busy machine. */
const LONGEST_S = 30;
/** A gigabyte of zeros in a valid frame, some megabytes when packed. */
const BOMB = '{ printf "frame 1\\n0 0 1 1 1048576 0\\n"; head -c 1000000000 /dev/zero; } | gzip -1 >/run/bomb.gz';
const PROGRAM = `case $(cat /run/mode) in
honest) exec sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
nonce=$(printf %s "$SSH_ORIGINAL_COMMAND" | sed -n 's/.*open_batch \\([0-9a-f]\\{32\\}\\).*/\\1/p' | head -n 1)
case $SSH_ORIGINAL_COMMAND in *tcpdump*) echo 'tcpdump: listening on lo' >&2 ;; esac
. /run/answer
`;

/** Has netdiag ask a node whose every answer is made to hurt it. What it did not end, cut or refuse is a complaint. */
export async function throughLogins(say: (line: string) => void): Promise<readonly string[]> {
  const door = await startLabDoor('root', ['ForceCommand /bin/sh /run/program']);
  const put = async (path: string, input: string): Promise<void> =>
    void (await door.node.exec('node', ['sh', '-c', `cat >${path}`], { input }));
  const answers = async (program: string): Promise<void> => {
    await put('/run/answer', `${program}\n`);
    await put('/run/mode', 'hostile');
  };
  const complaints: string[] = [];
  try {
    await put('/run/program', PROGRAM);
    await put('/run/mode', 'honest');
    await door.node.exec('node', ['sh', '-c', BOMB], { timeoutMs: 120_000 });
    const session = await door.session();
    for (const [name, program] of Object.entries(ANSWERS)) {
      await answers(program);
      const { value, strain } = await strained(() => session.run([{ argv: ['true'], deadlineMs: 1000 }]));
      const [output] = value;
      say(`  ${name}: ${output?.gap ?? 'taken'} after ${said(strain)}`);
      complaints.push(...tooMuch(name, strain));
      if (output?.gap === undefined && !TAKEN.includes(name)) complaints.push(`${name}: was taken for an answer`);
      if (strain.seconds > LONGEST_S) complaints.push(`${name}: was over after ${strain.seconds.toFixed(1)} s`);
    }
    for (const [name, program] of Object.entries(STREAMS)) {
      await answers(program);
      const { value, strain } = await strained(async () => {
        const running = await session.capture({ device: 'lo', filter: EVERYTHING, limits: LIMITS, key: 'x' });
        const captured = await running.stop();
        const end = eachPacket(captured.pcap, () => undefined);
        return { captured, end };
      });
      const { captured, end } = value;
      say(`  captured, ${name}: ${captured.pcap.length} bytes, ${captured.gap ?? end.gap ?? 'whole'}, ${said(strain)}`);
      complaints.push(...tooMuch(`captured, ${name}`, strain));
      if (captured.pcap.length > LIMITS.bytes) complaints.push(`captured, ${name}: ${captured.pcap.length} bytes`);
      if ((captured.gap ?? end.gap) === undefined) complaints.push(`captured, ${name}: was taken for whole`);
      if (strain.seconds > LONGEST_S) complaints.push(`captured, ${name}: took ${strain.seconds.toFixed(1)} s`);
    }
    await put('/run/mode', 'honest');
    for (const device of DEVICES) {
      const running = await session.capture({ device, filter: EVERYTHING, limits: LIMITS, key: 'x' });
      const { pcap, gap } = await running.stop();
      if (gap !== 'unparsable' || pcap.length > 0)
        complaints.push(
          `a device named ${JSON.stringify(device.slice(0, 40))}: ${gap ?? 'captured'}, ${pcap.length} bytes`,
        );
    }
    say(`  ${DEVICES.length} names that are no device: nothing was captured`);
    const [honest] = await session.run([{ argv: ['echo', 'fine'] }]);
    if (new TextDecoder().decode(honest?.stdout) !== 'fine\n')
      complaints.push('an honest answer is not taken afterwards');
    await session.close();
    return complaints;
  } finally {
    await door.stop();
  }
}
