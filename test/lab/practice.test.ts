import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { knownInstances, placeOf } from './place.ts';
import { noLab, skipNote } from './skip.ts';

const MAIN = fileURLToPath(new URL('practice.ts', import.meta.url));
const NODE = 'ip-10-0-10-207';

/** `npm run start:lab` as its user has it. */
class Started {
  printed = '';
  readonly child: ChildProcess;
  readonly gone: Promise<unknown>;

  constructor(args: readonly string[], argv: readonly string[] = []) {
    const [program = '', ...rest] = [...argv, process.execPath, MAIN, ...args];
    this.child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (bytes: Buffer) => (this.printed += bytes.toString()));
    this.gone = once(this.child, 'close');
    onTestFinished(async () => {
      this.child.kill('SIGINT');
      await this.gone;
    });
  }

  /** Waits until it has printed this. */
  async says(words: RegExp): Promise<string> {
    for (;;) {
      const found = words.exec(this.printed);
      if (found !== null) return found[1] ?? found[0];
      const more = await Promise.race([once(this.child.stdout ?? this.child, 'data'), this.gone.then(() => 'gone')]);
      if (more === 'gone') throw new Error(`it ended: ${this.printed}`);
    }
  }

  async exit(): Promise<number | null> {
    await this.gone;
    return this.child.exitCode;
  }
}

interface State {
  readonly connections: readonly number[];
  readonly channels: readonly {
    readonly id: string;
    readonly messages: readonly { readonly ts: string; readonly text: string; readonly blocks?: readonly Block[] }[];
  }[];
}
interface Block {
  readonly elements?: readonly { readonly action_id?: string; readonly text?: { readonly text?: string } }[];
}

async function ask<T>(page: URL, name: string, fields?: object): Promise<T> {
  const answer = await fetch(new URL(`/_control/${name}`, page.origin), {
    method: fields === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', 'x-practice-key': page.searchParams.get('key') ?? '' },
    ...(fields === undefined ? {} : { body: JSON.stringify(fields) }),
  });
  return (await answer.json()) as T;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const messages = async (page: URL) =>
  (await ask<State>(page, 'state')).channels.find(({ id }) => id === 'CINCIDENTS')?.messages ?? [];

/** Whatever of a practice lab is on this machine. */
function left(before: readonly string[]): string[] {
  const labs = knownInstances().filter((name) => name.startsWith('practice-') && !before.includes(name));
  const scratch = readdirSync(tmpdir()).filter(
    (name) => name.startsWith('netdiag-start-lab-') && !before.includes(name),
  );
  return [...labs, ...scratch];
}

test.skipIf(noLab)(
  `opens the page on a real lab; Ctrl-C in the middle of a diagnosis leaves nothing behind${skipNote}`,
  { timeout: 90_000 },
  async () => {
    const before = [...knownInstances(), ...readdirSync(tmpdir())];
    const started = new Started(['i1']);
    const page = new URL(await started.says(/^Open (\S+)$/m));
    expect(page.hostname).toBe('127.0.0.1');
    expect((await fetch(page)).status).toBe(200);
    const prefixes = left(before)
      .filter((name) => name.startsWith('practice-'))
      .map((name) => placeOf(name).prefix);
    expect(prefixes).toHaveLength(1);
    await until(async () => ((await ask<State>(page, 'state')).connections.length > 0 ? true : undefined));
    await ask(page, 'command', { user: 'UONCALL01', channel: 'CINCIDENTS', text: `/netdiag ${NODE}` });
    const press = await until(async () => {
      for (const { ts, blocks = [] } of await messages(page)) {
        const button = blocks
          .flatMap(({ elements = [] }) => elements)
          .find(({ text }) => text?.text === 'kubectl logs/exec fails');
        if (button !== undefined) return { message_ts: ts, action_id: button.action_id };
      }
      return undefined;
    });
    await ask(page, 'press', { user: 'UONCALL01', channel: 'CINCIDENTS', ...press });
    await until(async () => (await messages(page)).find(({ text }) => /^Sending \d+ marked packets/.test(text)));
    started.child.kill('SIGINT');
    expect(await started.exit()).toBe(0);
    expect(started.printed).toMatch(/^i1 is gone, and everything that belonged to it\.$/m);
    expect(left(before)).toEqual([]);
    const namespaces = readdirSync('/run/netns').filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
    expect(namespaces).toEqual([]);
    await expect(fetch(page)).rejects.toThrow('fetch failed');
  },
);

test.skipIf(noLab)(
  `Ctrl-C while the lab is being built takes away what there is of it${skipNote}`,
  { timeout: 60_000 },
  async () => {
    const before = [...knownInstances(), ...readdirSync(tmpdir())];
    const started = new Started([]);
    await started.says(/^Bringing up the lab i1/m);
    started.child.kill('SIGINT');
    expect(await started.exit()).toBe(130);
    expect(left(before)).toEqual([]);
  },
);

test('a lab that there is not is said with those that there are', async () => {
  const started = new Started(['i9']);
  expect(await started.exit()).toBe(2);
  expect(started.printed).toMatch(/^usage: npm run start:lab .*i1, .*i5; i1 unless told\n$/);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'without root it says so in one sentence',
  async () => {
    const started = new Started(
      [],
      ['setpriv', '--bounding-set=-all', '--reuid=65534', '--clear-groups', '--regid=65534'],
    );
    expect(await started.exit()).not.toBe(0);
    expect(started.printed).toBe(
      'start:lab cannot start: the lab needs root: it makes network namespaces. npm start practises without it.\n',
    );
  },
);
