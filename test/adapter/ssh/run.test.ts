import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AnswerReader } from '../../../src/adapter/ssh/answer.ts';
import { batch } from '../../../src/adapter/ssh/batch.ts';
import { sectionOutput } from '../../../src/adapter/ssh/section.ts';
import type { Output } from '../../../src/model/index.ts';
import type { Command, NodeSession } from '../../../src/port.ts';
import { noLab, skipNote } from '../../lab/index.ts';
import { startLoopback, text, type Loopback } from './loopback.ts';
import { until } from './real-clock.ts';

const sh = (program: string, deadlineMs = 10_000): Command => ({ argv: ['sh', '-c', program], deadlineMs });
const sessionsStarted = (log: string) => log.match(/Starting session: command/g)?.length ?? 0;

/** Whether a process has this command line. Asked beside everything else, so that what has arrived meanwhile is taken in. */
function runs(line: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('pgrep', ['-f', line], (error) => resolve(error === null));
  });
}

describe.skipIf(noLab)(`a batch over real sshd${skipNote}`, { timeout: 60_000 }, () => {
  let loop: Loopback;
  let session: NodeSession;
  beforeAll(async () => {
    loop = await startLoopback();
    session = await loop.session();
  });
  afterAll(() => loop?.stop());

  test('gives outputs in the order of the commands, each with its own exit, stdout and stderr', async () => {
    const outputs = await session.run([
      { argv: ['printf', '%s', 'one'] },
      sh('echo two >&2; exit 2'),
      { argv: ['printf', '%s\\n', '$(id)', "it's", '*', '-n'] },
      sh('exit 255'),
      { argv: ['cat'], stdin: new Uint8Array([0, 1, 0x25, 0x27, 0x5c, 0xff]) },
      { argv: ['cat'] },
    ]);
    expect(outputs.map(({ exit }) => exit)).toEqual([0, 2, 0, 255, 0, 0]);
    expect(text(outputs[0]?.stdout)).toBe('one');
    expect(text(outputs[1]?.stderr)).toBe('two\n');
    expect(text(outputs[2]?.stdout)).toBe("$(id)\nit's\n*\n-n\n");
    expect([...(outputs[4]?.stdout ?? [])]).toEqual([0, 1, 0x25, 0x27, 0x5c, 0xff]);
    expect(outputs[5]).toMatchObject({ exit: 0, stdout: new Uint8Array() });
    expect(outputs.every(({ gap, timedOut, truncated }) => gap === undefined && !timedOut && !truncated)).toBe(true);
  });

  test('runs a survey of 30 commands in one exec', async () => {
    const before = sessionsStarted(loop.sshd.log());
    const outputs = await session.run(Array.from({ length: 30 }, (_, index) => sh(`echo ${index}`)));
    expect(outputs.map(({ stdout }) => text(stdout))).toEqual(Array.from({ length: 30 }, (_, index) => `${index}\n`));
    expect(sessionsStarted(loop.sshd.log()) - before).toBe(1);
  });

  test('sets a plain locale and a path with the system directories', async () => {
    const [output] = await session.run([sh('echo "$LC_ALL $PATH"')]);
    expect(text(output?.stdout)).toBe('C /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n');
  });

  test('says 127 for a command that is missing', async () => {
    const [missing, present] = await session.run([{ argv: ['no-such-command', 'x'] }, { argv: ['true'] }]);
    expect(missing).toMatchObject({ exit: 127 });
    expect(text(missing?.stderr)).toContain('No such file or directory');
    expect(present).toMatchObject({ exit: 0 });
  });

  test('T14: cuts a 10 MB line at 1 MiB and a flood of stderr at 256 KiB, exactly full outputs stay whole', async () => {
    const [line, flood, full, both] = await session.run([
      sh('head -c 10000000 /dev/zero | tr "\\0" x'),
      sh('while :; do echo complaint; done >&2', 5000),
      sh('head -c 1048576 /dev/zero; head -c 262144 /dev/zero >&2'),
      sh('head -c 1048577 /dev/zero'),
    ]);
    expect(line).toMatchObject({ truncated: true });
    expect(line?.stdout.length).toBe(1_048_576);
    expect(flood).toMatchObject({ truncated: true });
    expect(flood?.stderr.length).toBe(262_144);
    expect(full).toMatchObject({ truncated: false, exit: 0 });
    expect([full?.stdout.length, full?.stderr.length]).toEqual([1_048_576, 262_144]);
    expect(both).toMatchObject({ truncated: true });
  });

  test('T14: survives endless output and a command that never ends, and says which was which', async () => {
    const outputs = await session.run([
      { argv: ['yes'], deadlineMs: 5000 },
      { argv: ['sleep', '600'], deadlineMs: 1000 },
      sh('trap "" TERM; while :; do sleep 1; done', 1000),
      sh('while :; do printf x; sleep 0.2; done', 1000),
      { argv: ['echo', 'after'] },
    ]);
    expect(outputs.map(({ timedOut }) => timedOut)).toEqual([false, true, true, true, false]);
    expect(outputs.map(({ truncated }) => truncated)).toEqual([true, false, false, false, false]);
    expect(outputs[1]).toMatchObject({ exit: null });
    expect(outputs[1]?.ms).toBeGreaterThanOrEqual(950);
    expect(text(outputs[3]?.stdout)).toMatch(/^x{2,}$/);
    expect(text(outputs[4]?.stdout)).toBe('after\n');
  });

  test('is not confused by frames, markers and binary in an output', async () => {
    const outputs = await session.run([
      sh('cat "/proc/$PPID/cmdline"; ps axww'),
      sh("printf 'frame 1\\n0 0 10 1 3 0\\nabc'"),
      { argv: ['head', '-c', '300000', '/dev/urandom'] },
      sh('printf "\\0\\0\\n\\n"'),
      { argv: ['echo', 'end'] },
    ]);
    expect(text(outputs[1]?.stdout)).toBe('frame 1\n0 0 10 1 3 0\nabc');
    expect(outputs[2]?.stdout.length).toBe(300_000);
    expect([...(outputs[3]?.stdout ?? [])]).toEqual([0, 0, 10, 10]);
    expect(text(outputs[4]?.stdout)).toBe('end\n');
  });

  test('tells a signal from an exit status', async () => {
    const [killed, failed] = await session.run([sh('kill -9 $$'), sh('exit 9')]);
    expect(killed).toMatchObject({ exit: null, timedOut: false });
    expect(failed).toMatchObject({ exit: 9 });
  });

  test('takes a list too long for one command line', async () => {
    const words = Array.from({ length: 400 }, (_, index) => `${index}-${'y'.repeat(400)}`);
    const [output, next] = await session.run([{ argv: ['echo', ...words] }, { argv: ['cat'] }]);
    expect(text(output?.stdout)).toBe(`${words.join(' ')}\n`);
    expect(next).toMatchObject({ exit: 0, stdout: new Uint8Array() });
  });

  test('ends at once when asked to, keeping what had arrived', async () => {
    const abort = new AbortController();
    const running = session.run(
      [sh('echo early; sleep 1.2'), { argv: ['sleep', '20.25'], deadlineMs: 3000 }, { argv: ['true'] }],
      abort.signal,
    );
    await until('the sleep runs', () => runs('^sleep 20.25$'));
    abort.abort();
    const outputs = await running;
    expect(outputs.map(({ gap }) => gap)).toEqual([undefined, 'timed-out', 'timed-out']);
    expect(text(outputs[0]?.stdout)).toBe('early\n');
    const [first, second] = await session.run([{ argv: ['echo', 'still'] }, { argv: ['echo', 'here'] }]);
    expect(text(first?.stdout) + text(second?.stdout)).toBe('still\nhere\n');
  });

  test('leaves no directory on the node', async () => {
    const [output] = await session.run([{ argv: ['readlink', '/proc/self/fd/1'] }]);
    const directory = dirname(text(output?.stdout));
    expect(directory).toMatch(/^\/dev\/shm\/netdiag-[0-9a-f]{32}-\d+$/);
    await until('the directory is gone', () => !existsSync(directory));
  });

  test('sweeps up after a batch that was killed, and leaves a living one alone', async () => {
    const [dead, living] = ['/dev/shm/netdiag-test-99999999', `/dev/shm/netdiag-test-${process.pid}`];
    for (const directory of [dead, living]) mkdirSync(directory, { recursive: true });
    await session.run([{ argv: ['true'] }]);
    const found = [dead, living].map((directory) => existsSync(directory));
    rmSync(living, { recursive: true });
    expect(found).toEqual([false, true]);
  });

  test('runs more batches at once than channels are allowed', async () => {
    const batches = await Promise.all(Array.from({ length: 25 }, (_, index) => session.run([sh(`echo ${index}`)])));
    expect(batches.map(([output]) => text(output?.stdout))).toEqual(
      Array.from({ length: 25 }, (_, index) => `${index}\n`),
    );
  });

  test('refuses an argv that no shell can carry', async () => {
    await expect(session.run([{ argv: ['echo', 'a\0b'] }])).rejects.toThrow(TypeError);
    await expect(session.run([{ argv: ['--help'] }])).rejects.toThrow(TypeError);
  });
});

describe.skipIf(noLab)(`a login that is not what it should be${skipNote}`, { timeout: 60_000 }, () => {
  const forced = async (command: string, use: (loop: Loopback) => Promise<void>) => {
    const loop = await startLoopback({ sshdConfig: [`ForceCommand ${command}`] });
    try {
      await use(loop);
    } finally {
      await loop.stop();
    }
  };

  test('one that prints before anything else is of use', () =>
    forced('echo Welcome; echo "frame 1"; eval "$SSH_ORIGINAL_COMMAND"', async (loop) => {
      const [output] = await (await loop.session()).run([{ argv: ['echo', 'fine'] }]);
      expect(text(output?.stdout)).toBe('fine\n');
    }));

  test.each([
    ['prints without end', 'yes', 'unparsable'],
    ['runs something else', 'echo no shell for you', 'denied'],
    ['ends at once', 'exit 1', 'denied'],
  ])('one that %s is a closed door', (_, command, gap) =>
    forced(command, async (loop) => {
      const reached = await loop.shell.open(loop.target);
      const sentence: unknown = expect.stringMatching(
        /^No SSH door of loop opened \(127\.0\.0\.1: the login works, but .*\), so netdiag cannot look at the node itself\.$/,
      );
      expect(reached).toMatchObject({ reached: false, gap, sentence });
    }),
  );
});

describe('the batch script', () => {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-shells-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Runs a batch here, with `sh` as another shell and only some programs in sight. */
  async function runHere(shell: string, commands: readonly Command[], hide: readonly string[] = []) {
    const name = `${shell}-${hide.join('-')}`;
    const nonce = randomBytes(16).toString('hex');
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    const { program } = batch(commands, nonce, 'root');
    for (const tool of ['cat', 'echo', 'gzip', 'head', 'mkdir', 'mv', 'rm', 'sleep', 'timeout', 'wc', 'yes']) {
      if (!hide.includes(tool)) symlinkSync(join('/usr/bin', tool), join(path, tool));
    }
    const [executable, ...flags] = shell === 'bash' ? ['/bin/bash', '--posix'] : ['/bin/dash'];
    const ran = spawnSync(executable, [...flags, '-c', program.replace(/^PATH=.*$/m, `PATH=${path}`)], {
      maxBuffer: 10_000_000,
    });
    const outputs: Output[] = [];
    const reader = new AnswerReader(
      nonce,
      (head, stdout, stderr) => outputs.push(sectionOutput(head, stdout, stderr, false)),
      (error) => {
        throw error;
      },
    );
    reader.push(ran.stdout);
    await reader.end();
    expect(readdirSync('/dev/shm').filter((one) => one.includes(nonce))).toEqual([]);
    return { announced: reader.announced, outputs, complaints: ran.stderr.toString() };
  }

  const commands: Command[] = [
    { argv: ['echo', 'hello'] },
    { argv: ['missing'] },
    { argv: ['cat'], stdin: new Uint8Array([0, 45, 255]) },
    { argv: ['yes'], deadlineMs: 2000 },
    { argv: ['sleep', '9'], deadlineMs: 1000 },
  ];

  test.each(['dash', 'bash'])('works in %s', async (shell) => {
    const { announced, outputs, complaints } = await runHere(shell, commands);
    expect(announced).toBe('gzip');
    expect(outputs.map(({ exit }) => exit)).toEqual([0, 127, 0, null, null]);
    expect([...(outputs[2]?.stdout ?? [])]).toEqual([0, 45, 255]);
    expect(outputs.map(({ truncated }) => truncated)).toEqual([false, false, false, true, false]);
    expect(outputs.map(({ timedOut }) => timedOut)).toEqual([false, false, false, false, true]);
    expect(complaints).toBe('');
  });

  test('works without gzip', async () => {
    const { announced, outputs } = await runHere('dash', commands.slice(0, 1), ['gzip']);
    expect(announced).toBe('plain');
    expect(text(outputs[0]?.stdout)).toBe('hello\n');
  });

  test('runs nothing without timeout, because nothing could be bounded', async () => {
    const { announced, outputs } = await runHere('dash', commands.slice(0, 1), ['timeout']);
    expect(announced).toBe('no-timeout');
    expect(outputs).toEqual([]);
  });

  test('gives all commands together a minute, or the longest deadline', () => {
    const many = Array.from({ length: 30 }, (): Command => ({ argv: ['true'] }));
    expect(batch(many, 'n', 'root').budget).toBe(60);
    expect(batch([...many, { argv: ['true'], deadlineMs: 120_000 }], 'n', 'root').budget).toBe(120);
    expect(batch(many.slice(0, 2), 'n', 'root').budget).toBe(20);
  });

  test('does not start what the minute has no room for', async () => {
    const slow: Command[] = [{ argv: ['sleep', '1'] }, { argv: ['sleep', '1'] }, { argv: ['echo', 'late'] }];
    const nonce = randomBytes(16).toString('hex');
    const { program } = batch(slow, nonce, 'root');
    const ran = spawnSync('sh', ['-c', program.replace(/^(open_batch \w+) \d+$/m, '$1 2')]);
    const outputs: Output[] = [];
    const reader = new AnswerReader(
      nonce,
      (head, out, err) => outputs.push(sectionOutput(head, out, err, false)),
      String,
    );
    reader.push(ran.stdout);
    await reader.end();
    expect(outputs.at(-1)).toMatchObject({ gap: 'timed-out' });
    expect(outputs[0]).toMatchObject({ exit: 0 });
  });

  test('asks sudo only where another user needs root', () => {
    const asked: Command[] = [{ argv: ['ip', 'link'] }, { argv: ['id'], privileged: false }];
    expect(batch(asked, 'n', 'root').program).not.toMatch(/^ask .* root /m);
    const lines = batch(asked, 'n', 'ops').program.split('\n');
    expect(lines).toContain("ask 0 10 root 'ip' 'link'");
    expect(lines).toContain("ask 1 10 self 'id'");
  });
});
