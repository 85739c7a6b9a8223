import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openJournal } from '../../src/adapter/journal/index.ts';
import { painter } from '../../src/adapter/picture/index.ts';
import {
  configuredDoors,
  loadRecording,
  recordedCluster,
  recordedNodeShell,
  World,
} from '../../src/adapter/recorded/index.ts';
import { slackAdapter } from '../../src/adapter/slack/index.ts';
import { ladder } from '../../src/capture/index.ts';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { systemIds } from '../../src/cli/system.ts';
import type { Desk, Journal } from '../../src/port.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import type { Site, Worker } from '../../src/shell/index.ts';
import type { Announcement } from '../../src/sandbox/announce.ts';
import { HastenedClock } from './clock.ts';
import { sam, thea } from './person.ts';

const ours = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const RECORDED = ours('sandbox/recorded');

/** How a stage is set. */
export interface Setting {
  /** Names of the recordings whose nodes there are. Absent: all. */
  readonly recordings?: readonly string[];
  /** Part of the time that the commands took when they were recorded. Absent: 0, answers at once. */
  readonly pace?: number;
  /** What becomes of the sites before netdiag gets them. */
  readonly sites?: (sites: readonly Site[]) => readonly Site[];
  /** How many times as fast netdiag's clock runs. Absent: 1. */
  readonly rate?: number;
  /** When the second socket is opened; absent: after a moment. */
  readonly secondSocketAfterMs?: number;
}

/** A netdiag that is up. */
interface Bot {
  readonly desk: Desk;
  readonly journal: Journal;
  readonly worker: Worker;
  stop(): Promise<void>;
}

/** After a crash, work goes on this much later. */
const LEASE_MS = 6_000;

/**
 * Practice whose time can be moved and whose netdiag can leave and come back: a workspace in a process of its own, recorded
 * nodes that outlive netdiag, and a journal on disk.
 */
export class Stage implements AsyncDisposable {
  readonly clock: HastenedClock;
  readonly #talk: HastenedClock;
  readonly said: Announcement;
  /** What netdiag told its operator. */
  readonly log: string[] = [];
  /** The recorded nodes, by the name of their recording. */
  readonly worlds: ReadonlyMap<string, World>;
  readonly #workspace: ChildProcess;
  readonly #directory: string;
  readonly #setting: Setting;
  #bot: Bot | null = null;

  private constructor(
    said: Announcement,
    workspace: ChildProcess,
    directory: string,
    setting: Setting,
    recordings: readonly string[],
  ) {
    this.said = said;
    this.#workspace = workspace;
    this.#directory = directory;
    this.#setting = setting;
    const { pace = 0, rate = 1 } = setting;
    this.clock = new HastenedClock(rate);
    // How fast one may speak in Slack is a matter of Slack's time, which nobody can put on.
    this.#talk = new HastenedClock(rate);
    this.worlds = new Map(
      recordings.map((name) => [name, new World(loadRecording(join(RECORDED, name)), this.clock, { pace })]),
    );
  }

  /** Opens the workspace and brings netdiag up in it. */
  static async open(setting: Setting = {}): Promise<Stage> {
    const directory = mkdtempSync(join(tmpdir(), 'netdiag-stage-'));
    const tour = join(directory, 'tour.json');
    const recordings = setting.recordings ?? readdirSync(RECORDED).toSorted();
    writeFileSync(tour, JSON.stringify(recordings.map(tourStop)));
    const workspace = spawn(process.execPath, [ours('sandbox/main.ts'), '--tour', tour], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {},
    });
    const [line] = (await once(createInterface({ input: workspace.stdout }), 'line')) as [string];
    const stage = new Stage(JSON.parse(line) as Announcement, workspace, directory, setting, recordings);
    await stage.enter();
    return stage;
  }

  /** The address of the page, with its key. */
  get address(): URL {
    return new URL(this.said.url);
  }

  /** netdiag comes up, on the journal that is there. */
  async enter(): Promise<void> {
    const journal = await openJournal(`sqlite:${join(this.#directory, 'journal.db')}`);
    const approvers = [
      { id: sam, name: 'Sam Second' },
      { id: thea, name: 'Thea Third' },
    ];
    const log = (level: string, sentence: string): void => void this.log.push(`${level} ${sentence}`);
    const adapter = slackAdapter({
      botToken: this.said.botToken,
      inbound: { by: 'socket', appToken: this.said.appToken },
      apiUrl: this.said.slackApiUrl,
      approvers: approvers.map(({ id }) => id),
      journal,
      clock: this.#talk,
      ladder: (story) => ladder(story, 46),
      log,
      secondSocketAfterMs: this.#setting.secondSocketAfterMs ?? 50,
    });
    const workplace = {
      journal,
      thread: adapter.thread,
      painter: painter(),
      clock: this.clock,
      ids: systemIds,
      house: buildHouse(PLAYBOOKS, { approvers, expiresMs: 15 * 60_000 }),
      sites: this.#sites(),
      log,
    };
    const worker = startWorker(workplace, { leaseMs: LEASE_MS * (this.#setting.rate ?? 1) });
    const counter = desk(workplace, { starters: [], channels: [] }, () => worker.nudge());
    this.#bot = {
      desk: counter,
      journal,
      worker,
      async stop() {
        await worker.stop();
        await adapter.stop();
        await journal.close();
      },
    };
    await adapter.start(counter);
  }

  /** The netdiag that is up. Throws when none is. */
  get netdiag(): Pick<Bot, 'desk' | 'journal'> {
    if (this.#bot === null) throw new Error('netdiag is not up');
    return this.#bot;
  }

  /** Resolves when all that people asked for is taken up and netdiag has nothing to do now. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if ((await this.#bot?.journal.unhandled())?.length !== 0) quiet = -1;
      await this.#bot?.worker.drain();
    }
  }

  /** netdiag leaves as on SIGTERM: takes nothing new and ends what is under way. */
  async leave(): Promise<void> {
    await this.#bot?.stop();
    this.#bot = null;
  }

  /** One call of the control face: something a user does, or something that goes wrong. */
  async control(name: string, fields?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(new URL(`/_control/${name}`, this.address), {
      method: fields === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', 'x-practice-key': this.said.controlKey },
      ...(fields === undefined ? {} : { body: JSON.stringify(fields) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
    const gone = once(this.#workspace, 'exit');
    this.#workspace.stdin?.end();
    await gone;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #sites(): readonly Site[] {
    const sites = [...this.worlds.values()].map((world) => ({
      cluster: recordedCluster(world),
      nodes: recordedNodeShell(world),
      doors: configuredDoors(world.recording),
    }));
    return this.#setting.sites?.(sites) ?? sites;
  }
}

function tourStop(name: string): { node: string; title: string; text: string } {
  const { title, changes, steps } = loadRecording(join(RECORDED, name));
  const node =
    [...changes, ...steps].flatMap((one) => ('node' in one && one.node !== null ? [one.node] : []))[0] ?? name;
  return { node, title: node, text: `${title}.` };
}
