import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Announcement } from '../../src/sandbox/announce.ts';
import type { Call, Violation } from '../../src/sandbox/workspace/record.ts';
import type { Lab } from '../lab/index.ts';
import { eventually } from './node.ts';

/** A file of the program. */
export const ours = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** A message as the workspace keeps it. */
interface Said {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  /** Who alone sees it. */
  readonly only?: string;
  readonly blocks?: readonly { readonly type: string; readonly elements?: readonly Button[] }[];
  readonly files?: readonly string[];
}

interface Button {
  readonly action_id: string;
  readonly text?: { readonly text: string };
}

/** The practice workspace inside the lab's controller namespace, where nothing but its control face is reached from here. */
export class Workspace {
  readonly #lab: Lab;
  readonly #said: Announcement;

  constructor(lab: Lab, said: Announcement) {
    this.#lab = lab;
    this.#said = said;
  }

  /** What netdiag is given to speak to it instead of Slack. */
  get env(): NodeJS.ProcessEnv {
    return {
      SLACK_BOT_TOKEN: this.#said.botToken,
      SLACK_APP_TOKEN: this.#said.appToken,
      SLACK_API_URL: this.#said.slackApiUrl,
    };
  }

  command(text: string): Promise<unknown> {
    const { users, channel } = this.#said;
    return this.#ask('command', { user: users.requester, channel, text });
  }

  /** Presses the button with this label, once some message has it; whether netdiag acknowledged it. */
  async press(label: string, by: 'requester' | 'approver' | 'otherApprover'): Promise<boolean> {
    const { users, channel } = this.#said;
    const { ts, button } = await this.#button(label);
    const pressed = { user: users[by], channel, message_ts: ts, action_id: button.action_id };
    return ((await this.#ask('press', pressed)) as { acked?: boolean }).acked === true;
  }

  /** Labels of the buttons that approve something now. */
  async approvals(): Promise<readonly string[]> {
    const buttons = (await this.messages()).flatMap(({ blocks = [] }) =>
      blocks.filter(({ type }) => type === 'actions').flatMap(({ elements = [] }) => elements),
    );
    return buttons.flatMap(({ text }) => (text?.text.startsWith('Approve Fix ') === true ? [text.text] : []));
  }

  /** The first message with these words, once it is there. */
  async spoken(words: RegExp): Promise<Said> {
    let found: Said | undefined;
    await eventually(
      () => `a message says ${words.source}`,
      async () => (found = (await this.messages()).find(({ text }) => words.test(text))) !== undefined,
    );
    return found as Said;
  }

  async messages(): Promise<readonly Said[]> {
    const state = (await this.#ask('state')) as { channels: readonly { id: string; messages: readonly Said[] }[] };
    return state.channels.find(({ id }) => id === this.#said.channel)?.messages ?? [];
  }

  /** What real Slack would have refused or complained about. */
  async violations(): Promise<string[]> {
    const { violations } = (await this.#ask('calls')) as { calls: readonly Call[]; violations: readonly Violation[] };
    return violations.map((one) => `${one.severity} ${one.kind}: ${one.where} ${one.detail}`);
  }

  /** Waits until a bot is connected. */
  async attended(): Promise<void> {
    await eventually(
      () => 'netdiag is connected',
      async () => ((await this.#ask('state')) as { connections: readonly unknown[] }).connections.length > 0,
    );
  }

  async #button(label: string): Promise<{ ts: string; button: Button }> {
    let found: { ts: string; button: Button } | undefined;
    await eventually(
      () => `there is a button ${label}`,
      async () => {
        const buttons = (await this.messages()).flatMap(({ ts, blocks = [] }) =>
          blocks
            .filter(({ type }) => type === 'actions')
            .flatMap(({ elements = [] }) => elements.map((button) => ({ ts, button }))),
        );
        return (found = buttons.find(({ button }) => button.text?.text === label)) !== undefined;
      },
    );
    return found as { ts: string; button: Button };
  }

  async #ask(name: string, fields?: object): Promise<unknown> {
    const url = new URL(`/_control/${name}`, this.#said.url).href;
    const body =
      fields === undefined ? [] : ['-H', 'content-type: application/json', '--data-binary', JSON.stringify(fields)];
    const header = `x-practice-key: ${this.#said.controlKey}`;
    const { stdout } = await this.#lab.exec('controller', ['curl', '-s', '-m', '10', '-H', header, ...body, url]);
    return JSON.parse(stdout);
  }
}

/** Starts the workspace in the controller's namespace; it ends with its stdin. */
export async function openWorkspace(lab: Lab): Promise<{ workspace: Workspace; child: ChildProcess }> {
  const child = lab.spawnInController([process.execPath, ours('sandbox/main.ts')]);
  child.stderr?.resume();
  if (child.stdout === null) throw new Error('the workspace has no stdout');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { workspace: new Workspace(lab, JSON.parse(line) as Announcement), child };
}

/** The lab's configuration with an approver and a journal that outlives the process. */
export function configuration(lab: Lab, directory: string): string {
  const settings = parse(readFileSync(lab.configFile, 'utf8')) as object;
  const file = join(directory, 'netdiag.yml');
  const added = {
    approval: { approvers: ['USECOND01', 'UTHIRD001'] },
    journal: { url: `sqlite:${join(directory, 'journal.db')}` },
  };
  writeFileSync(file, stringify({ ...settings, ...added }));
  return file;
}
