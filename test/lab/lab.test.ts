import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, test, type TestContext } from 'vitest';
import { noLab, skipNote } from './skip.ts';
import { run, type Ran } from './command.ts';
import { namespacesOf } from './namespace.ts';
import { prefixOf } from './place.ts';
import { processesNaming } from './left-over.ts';

const script = join(import.meta.dirname, 'lab.ts');

/** The command line with a registry of its own, so that a lab which a person has up is not touched. */
class CommandLine {
  readonly directory = mkdtempSync(join(tmpdir(), 'netdiag-lab-test-'));
  readonly env = { ...process.env, TMPDIR: this.directory, SLACK_BOT_TOKEN: 'xoxb-never-passed-on' };

  lab(...args: string[]): Promise<Ran> {
    return run([process.execPath, script, ...args], { env: this.env });
  }

  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [script, ...args], { env: this.env, stdio: 'ignore' });
  }

  get runDir(): string {
    return join(this.directory, 'netdiag-lab', 'i1');
  }
}

function commandLine({ onTestFinished }: TestContext): CommandLine {
  const line = new CommandLine();
  onTestFinished(async () => {
    await line.lab('i1', 'down');
    rmSync(line.directory, { recursive: true, force: true });
  });
  return line;
}

async function until(condition: () => boolean, child: ChildProcess): Promise<void> {
  while (!condition()) {
    if (child.exitCode !== null) throw new Error('it ended before the moment to kill it came');
    await nextTurn();
  }
}

describe.concurrent('the command line', () => {
  test.skipIf(noLab)(
    `walks a person through a lab${skipNote}`,
    async (context) => {
      const { expect } = context;
      const line = commandLine(context);
      expect(await line.lab('i1', 'symptom')).toMatchObject({
        exit: 1,
        stderr: 'i1 is not up: npm run lab -- i1 up\n',
      });
      const up = await line.lab('i1', 'up');
      expect(up.exit).toBe(0);
      expect(up.stdout).toContain('node ip-10-0-10-207');
      expect((await line.lab('list')).stdout).toContain(`up in ${line.runDir}`);
      expect(await line.lab('i1', 'symptom')).toMatchObject({ exit: 0 });
      expect(await line.lab('i1', 'healthy')).toMatchObject({ exit: 1 });
      expect(await line.lab('i1', 'exec', 'ip-10-0-10-115', '--', 'hostname')).toMatchObject({
        exit: 0,
        stdout: 'ip-10-0-10-115\n',
      });
      const environment = await line.lab('i1', 'run', '--', 'env');
      expect(environment.stdout).toContain(`NETDIAG_CONFIG=${line.runDir}/netdiag.yml`);
      expect(environment.stdout).not.toContain('xoxb');
      expect((await line.lab('i1', 'run', '--', 'ip', '-br', 'address')).stdout).toMatch(
        /^lo +UNKNOWN[^]*192\.168\.100\.2\/24/,
      );
      expect(await line.lab('i1', 'run', '--', 'sh', '-c', 'exit 7')).toMatchObject({ exit: 7 });
      expect(await line.lab('i1', 'fix')).toMatchObject({ exit: 0 });
      expect(await line.lab('i1', 'healthy')).toMatchObject({ exit: 0 });
      expect(await line.lab('i1', 'down')).toMatchObject({ exit: 0, stdout: 'i1 is gone\n' });
      expect(await line.lab('i1', 'down')).toMatchObject({ exit: 0, stdout: 'i1 was not up\n' });
    },
    60_000,
  );

  test.skipIf(noLab)(
    `refuses what it does not understand, with exit 2${skipNote}`,
    async (context) => {
      const { expect } = context;
      const line = commandLine(context);
      const wrong = [
        [],
        ['no-such-lab', 'up'],
        ['i1'],
        ['i1', 'break'],
        ['i1', 'up', '--loud'],
        ['i1', 'up', '--dial-timeout', 'x'],
      ];
      const answers = await Promise.all(wrong.map((args) => line.lab(...args)));
      expect(answers.map(({ exit }) => exit)).toEqual(wrong.map(() => 2));
      expect(existsSync(line.runDir)).toBe(false);
      expect(await line.lab('--help')).toMatchObject({ exit: 0 });
    },
    40_000,
  );

  const moments: Record<string, (line: CommandLine) => string> = {
    'as soon as it has a directory': (line) => line.runDir,
    'when a node lives': (line) => join(line.runDir, 'node', 'ip-10-0-10-207', 'init.pid'),
    'when the API server runs': (line) => join(line.runDir, 'node', 'ip-10-0-10-69', 'apiserver.pid'),
  };
  for (const [when, file] of Object.entries(moments)) {
    test.skipIf(noLab)(
      `removes what an up killed ${when} left${skipNote}`,
      async (context) => {
        const { expect } = context;
        const line = commandLine(context);
        const child = line.start('i1', 'up');
        const ended = new Promise((resolve) => child.once('exit', resolve));
        await until(() => existsSync(file(line)), child);
        child.kill('SIGKILL');
        await ended;
        expect(await line.lab('i1', 'symptom')).toMatchObject({ exit: 1 });
        expect(await line.lab('i1', 'down')).toMatchObject({ exit: 0, stdout: 'i1 is gone\n' });
        expect(existsSync(line.runDir)).toBe(false);
        expect(namespacesOf(prefixOf(line.runDir))).toEqual([]);
        expect(processesNaming(line.directory)).toEqual([]);
      },
      40_000,
    );
  }

  test.skipIf(noLab)(
    `an up cleans what a killed up left, and a signal cleans at once${skipNote}`,
    async (context) => {
      const { expect } = context;
      const line = commandLine(context);
      const first = line.start('i1', 'up');
      const firstEnded = new Promise((resolve) => first.once('exit', resolve));
      await until(() => existsSync(join(line.runDir, 'node', 'ip-10-0-10-207', 'init.pid')), first);
      first.kill('SIGKILL');
      await firstEnded;
      expect(await line.lab('i1', 'up', '--twin')).toMatchObject({ exit: 0 });
      expect(await line.lab('i1', 'healthy')).toMatchObject({ exit: 0 });
      const second = line.start('i1', 'up');
      const code = new Promise((resolve) => second.once('exit', resolve));
      await until(() => existsSync(line.runDir) && !existsSync(join(line.runDir, 'lab.json')), second);
      second.kill('SIGTERM');
      expect(await code).toBe(130);
      expect(existsSync(line.runDir)).toBe(false);
      expect(namespacesOf(prefixOf(line.runDir))).toEqual([]);
    },
    60_000,
  );
});
