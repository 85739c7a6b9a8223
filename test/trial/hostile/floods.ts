import { startLabDoor } from '../../adapter/ssh/lab-door.ts';
import type { LabDoor } from '../../adapter/ssh/lab-door.ts';
import type { Output } from '../../../src/model/index.ts';
import type { Command } from '../../../src/port.ts';
import { eventually } from '../../story/node.ts';
import { said, strained, tooMuch } from './strain.ts';

/** Above the caps of one command's output, 1 MiB and 256 KiB, which are cut on the node and again by netdiag. */
const CAPS = { stdout: 1_048_576, stderr: 262_144 };

interface Flood {
  readonly says: string;
  readonly command: Command;
  readonly ends: 'truncated' | 'timed-out';
}

const sh = (program: string, deadlineMs: number): Command => ({ argv: ['sh', '-c', program], deadlineMs });

const FLOODS: readonly Flood[] = [
  { says: 'yes', command: { argv: ['yes'], deadlineMs: 8000 }, ends: 'truncated' },
  { says: 'endless stderr', command: sh('exec yes complaint >&2', 8000), ends: 'truncated' },
  { says: 'both endless', command: sh('yes & exec yes >&2', 8000), ends: 'truncated' },
  {
    says: 'a line of 10 GB',
    command: sh('head -c 10000000000 /dev/zero | tr "\\0" x', 8000),
    ends: 'truncated',
  },
  {
    says: 'a sparse file of 1 TB',
    command: sh('exec cat /run/sparse', 8000),
    ends: 'truncated',
  },
  { says: '1 byte a second', command: sh('while :; do printf x; sleep 1; done', 4000), ends: 'timed-out' },
  { says: 'nothing, for ever', command: { argv: ['sleep', '600'], deadlineMs: 2000 }, ends: 'timed-out' },
  {
    says: 'deaf to TERM',
    command: sh('trap "" TERM HUP INT; while :; do sleep 1; done', 2000),
    ends: 'timed-out',
  },
  { says: 'closed descriptors', command: sh('exec >&- 2>&-; sleep 600', 2000), ends: 'timed-out' },
  { says: 'a FIFO that nobody writes', command: sh('mkfifo /run/fifo; exec cat /run/fifo', 2000), ends: 'timed-out' },
];

/** Lets a real node print without end, one flood after the other and then all at once. What was not cut in time is a complaint. */
export async function throughFloods(say: (line: string) => void): Promise<readonly string[]> {
  const door = await startLabDoor();
  try {
    await door.node.exec('node', ['truncate', '-s', '1T', '/run/sparse']);
    const session = await door.session();
    await session.run([{ argv: ['true'] }]);
    const before = await processes(door);
    const complaints: string[] = [];
    for (const flood of FLOODS) {
      const { value, strain } = await strained(() => session.run([flood.command]));
      say(`  ${flood.says}: ${flood.ends} after ${said(strain)}`);
      complaints.push(...tooMuch(flood.says, strain), ...judge(flood, value[0]));
      const longest = (flood.command.deadlineMs ?? 10_000) / 1000 + 15;
      if (strain.seconds > longest) complaints.push(`${flood.says}: was over after ${strain.seconds.toFixed(1)} s`);
    }
    const { value, strain } = await strained(() => Promise.all(FLOODS.map(({ command }) => session.run([command]))));
    say(`  all at once: ${said(strain)}`);
    complaints.push(...tooMuch('all at once', strain));
    complaints.push(
      ...FLOODS.flatMap((flood, at) => judge({ ...flood, says: `${flood.says}, at once` }, value[at]?.[0])),
    );
    const [after] = await session.run([{ argv: ['echo', 'still here'] }]);
    if (new TextDecoder().decode(after?.stdout) !== 'still here\n')
      complaints.push('the session is of no use afterwards');
    await session.close();
    let left: readonly string[] = [];
    const clear = async (): Promise<boolean> => {
      left = (await processes(door)).filter((line) => !before.includes(line));
      return left.length === 0;
    };
    await eventually(() => 'no process is left', clear, 20_000).catch(() =>
      complaints.push(`left on the node: ${left.join(' | ')}`),
    );
    return complaints;
  } finally {
    await door.stop();
  }
}

function judge({ says, ends }: Flood, output: Output | undefined): readonly string[] {
  if (output === undefined) return [`${says}: no answer`];
  const { stdout, stderr, truncated, timedOut, gap } = output;
  const within = stdout.length <= CAPS.stdout && stderr.length <= CAPS.stderr;
  const right = gap === undefined && (ends === 'truncated' ? truncated : timedOut || gap === 'timed-out');
  return [
    ...(within ? [] : [`${says}: ${stdout.length} and ${stderr.length} bytes were kept`]),
    ...(right ? [] : [`${says}: ended ${JSON.stringify({ truncated, timedOut, gap })}`]),
  ];
}

/** Command lines of the node's processes, those of sshd left out: a session ends a moment after its last channel. */
async function processes({ node }: LabDoor): Promise<readonly string[]> {
  const { stdout } = await node.exec('node', ['ps', '-e', '-o', 'args=']);
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^sshd: |^ps -e/.test(line));
}
