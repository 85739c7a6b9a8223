import type { IncidentLine, KnownNode } from '../../../src/model/index.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { slackAdapter } from '../../../src/adapter/slack/index.ts';
import type { SlackAdapter, SlackOptions } from '../../../src/adapter/slack/index.ts';
import type { Announcement } from '../../../src/sandbox/announce.ts';
import type { Call, Violation } from '../../../src/sandbox/workspace/record.ts';
import type { Clock, Desk, Journal, ToSign } from '../../../src/port.ts';
import { fakeJournal } from '../../fake/journal.ts';

export const incidents = 'CINCIDENTS';
export const onCall = 'UONCALL01';
export const second = 'USECOND01';

/** A message as the practice workspace keeps it. */
export interface Said {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  /** Set for what one person alone can see. */
  readonly only?: string;
  readonly blocks?: readonly { readonly type: string; readonly [field: string]: unknown }[];
  /** Ids of files. */
  readonly files?: readonly string[];
}

/** A form or a Home tab as the workspace shows it. */
export interface View {
  readonly id: string;
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly blocks: readonly { readonly type: string; readonly block_id?: string; readonly [field: string]: unknown }[];
}

type Fields = Record<string, unknown>;

/** The system's clock. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    }),
};

/** A desk that notes what it is asked and answers what it is told to. */
export class NotingDesk implements Desk {
  readonly starts: Parameters<Desk['start']>[0][] = [];
  readonly presses: Parameters<Desk['press']>[0][] = [];
  readonly switches: Omit<Parameters<Desk['switchChanges']>[0], 'groups'>[] = [];
  known: readonly KnownNode[] = ['ip-10-0-10-207', 'ip-10-0-10-88'].map((name) => ({
    name,
    cluster: 'prod-east',
    ready: true,
  }));
  open: readonly IncidentLine[] = [];
  over: readonly IncidentLine[] = [];
  /** The groups that came with the last press. */
  groups: Parameters<Desk['press']>[0]['groups'];
  /** How others stand, as it came with the last press. */
  standing: Parameters<Desk['press']>[0]['standing'];
  /** What a button wants signed. */
  signing: ToSign | null = null;
  answer: () => Promise<string | null> = () => Promise.resolve(null);

  start(request: Parameters<Desk['start']>[0]): Promise<string | null> {
    this.starts.push(request);
    return this.answer();
  }

  press({ groups, standing, ...request }: Parameters<Desk['press']>[0]): Promise<string | null> {
    this.presses.push(request);
    this.groups = groups;
    this.standing = standing;
    return this.answer();
  }

  switchChanges({ by, stop, reason }: Parameters<Desk['switchChanges']>[0]): ReturnType<Desk['switchChanges']> {
    this.switches.push({ by, stop, reason });
    return Promise.resolve({ done: reason !== 'refused', sentence: 'It was noted.' });
  }

  toSign(): ReturnType<Desk['toSign']> {
    return Promise.resolve(this.signing);
  }

  nodes(): ReturnType<Desk['nodes']> {
    return Promise.resolve({ nodes: this.known, silent: [] });
  }

  symptoms(): ReturnType<Desk['symptoms']> {
    return [{ id: 'kubelet-unreachable', label: 'kubectl logs/exec fails' }];
  }

  overview(): ReturnType<Desk['overview']> {
    return Promise.resolve({ open: this.open, over: this.over });
  }
}

/** The practice workspace as a process of its own, with adapters that end with it. */
export class Practice implements AsyncDisposable {
  readonly said: Announcement;
  readonly journal: Journal = fakeJournal();
  readonly log: string[] = [];
  readonly #adapters: SlackAdapter[] = [];
  readonly #end: () => Promise<void>;

  constructor(said: Announcement, end: () => Promise<void>) {
    this.said = said;
    this.#end = end;
  }

  adapter(options: Partial<SlackOptions> = {}): SlackAdapter {
    const adapter = slackAdapter({
      botToken: this.said.botToken,
      inbound: { by: 'socket', appToken: this.said.appToken },
      apiUrl: this.said.slackApiUrl,
      journal: this.journal,
      clock,
      ladder: () => 'a --> b',
      log: (level, sentence) => void this.log.push(`${level} ${sentence}`),
      ...options,
    });
    this.#adapters.push(adapter);
    return adapter;
  }

  /** One call of the control face: something a user does, or something that a test changes. */
  async control(name: string, fields: Fields = {}): Promise<Fields> {
    const answer = await fetch(new URL(`/_control/${name}`, this.said.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-practice-key': this.said.controlKey },
      body: JSON.stringify(fields),
    });
    return (await answer.json()) as Fields;
  }

  type(text: string, user = onCall, channel = incidents): Promise<Fields> {
    return this.control('command', { user, channel, text });
  }

  async state(): Promise<{
    readonly channels: readonly { readonly id: string; readonly messages: readonly Said[] }[];
    readonly files: readonly { readonly id: string; readonly name: string; readonly title: string }[];
    readonly connections: readonly number[];
    /** The topmost form, and the Home tab, of each person. */
    readonly views: Readonly<Record<string, View | null>>;
    readonly homes: Readonly<Record<string, View | null>>;
    readonly activeMentions: readonly unknown[];
    readonly activeLinks: readonly unknown[];
  }> {
    return this.#read('state');
  }

  async messages(channel = incidents): Promise<readonly Said[]> {
    return (await this.state()).channels.find((one) => one.id === channel)?.messages ?? [];
  }

  async calls(): Promise<{ readonly calls: readonly Call[]; readonly violations: readonly Violation[] }> {
    return this.#read('calls');
  }

  async violations(): Promise<string[]> {
    return (await this.calls()).violations.map((one) => `${one.severity} ${one.kind}: ${one.where} ${one.detail}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#adapters.map((one) => one.stop()));
    await this.#end();
  }

  async #read<T>(name: string): Promise<T> {
    const answer = await fetch(new URL(`/_control/${name}`, this.said.url), {
      headers: { 'x-practice-key': this.said.controlKey },
    });
    return (await answer.json()) as T;
  }
}

/** Starts a practice workspace; it ends with its stdin, also when the test run is killed. `manifest`: a file in place of the app's own. */
export async function practise(manifest: string | null = null): Promise<Practice> {
  const main = fileURLToPath(new URL('../../../src/sandbox/main.ts', import.meta.url));
  const named = manifest === null ? [] : ['--manifest', manifest];
  const child = spawn(process.execPath, [main, ...named], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    gone.then(() => Promise.reject(new Error('The practice workspace did not start.'))),
  ])) as [string];
  return new Practice(JSON.parse(line) as Announcement, async () => {
    child.stdin.end();
    await gone;
  });
}

/** Asks until there is an answer; a test's own deadline ends it. */
export async function until<T>(ask: () => T | Promise<T>): Promise<NonNullable<T> & Exclude<T, false>> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false)
      return answer as NonNullable<T> & Exclude<T, false>;
    await clock.sleep(10);
  }
}
