import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openJournal } from '../../src/adapter/journal/index.ts';
import type { Event, IncidentState } from '../../src/model/index.ts';
import type { Lab } from '../lab/index.ts';
import type { Death, Life } from './mortal.ts';
import type { Script } from './play.ts';
import { type Deed, linesOf, type Seen } from './surviving.ts';

const MORTAL = join(import.meta.dirname, 'mortal.ts');
const RECORDED = join(import.meta.dirname, '../../src/sandbox/recorded');

/** Where the story happens: in a recording's nodes, or in a lab. */
export type Where = { readonly recording: 'i1' | 'i3' } | { readonly lab: Lab };

/** The two founding incidents, from the command to the second person's approval. */
export const STORIES = {
  i1: { node: 'ip-10-0-10-207', symptom: 'kubelet-unreachable', approve: 'A' },
  i3: { node: 'dev-slave-110', symptom: 'pods-unreachable', approve: 'A' },
} as const satisfies Readonly<Record<string, Script>>;

/** How a story ended that netdiag did not live through in one go. */
export interface Outlived {
  readonly state: IncidentState;
  readonly events: readonly Event[];
  readonly seen: readonly Seen[];
  /** What the recorded nodes were asked to change, and their ledgers; empty for a lab. */
  readonly deeds: readonly Deed[];
  /** Lives that netdiag had, the last one included. */
  readonly lives: number;
}

/** More lives than any story has transitions. */
const MOST_LIVES = 150;

/** How one life ends: by its own hand, or by somebody else's when that resolves. */
export type End = Death | (() => Promise<void>);

/**
 * Plays a story in which netdiag dies as `deaths` says for each life, counted from 0, until a life for which it says nothing
 * lives to the end. Everything else survives: journal, chat, nodes.
 */
export async function outlive(
  where: Where,
  script: Script,
  deaths: (life: number) => End | undefined,
): Promise<Outlived> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-kill-'));
  try {
    const journal = join(directory, 'journal.db');
    const thread = join(directory, 'thread');
    const recorded =
      'lab' in where
        ? {}
        : { recorded: { recording: join(RECORDED, where.recording), nodes: join(directory, 'nodes') } };
    for (let lives = 0; lives < MOST_LIVES; lives += 1) {
      const incident = incidentIn(journal);
      const resumed = incident === null ? {} : { resume: incident };
      const end = deaths(lives);
      const life: Life = {
        script: { ...script, ...resumed, journal: `sqlite:${journal}` },
        thread,
        ...recorded,
        ...(typeof end === 'object' ? { dies: end } : {}),
      };
      if (await survived(where, life, typeof end === 'function' ? end : null)) {
        const deeds = linesOf<Deed>(join(directory, 'nodes'));
        return { ...(await kept(journal)), seen: linesOf<Seen>(thread), deeds, lives: lives + 1 };
      }
    }
    throw new Error(`netdiag died ${MOST_LIVES} times and the story did not end`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Code that was compiled before is not compiled again in the next life. */
const CACHE = mkdtempSync(join(tmpdir(), 'netdiag-kill-cache-'));
process.once('exit', () => rmSync(CACHE, { recursive: true, force: true }));

/** Runs one life: true when it came to its end, false when it was killed. Rejects when it failed by itself. */
function survived(where: Where, life: Life, killer: (() => Promise<void>) | null): Promise<boolean> {
  const argv = [process.execPath, MORTAL, JSON.stringify(life)] as const;
  const env = { NODE_COMPILE_CACHE: CACHE };
  const child =
    'lab' in where
      ? where.lab.spawnInController(argv, { env })
      : spawn(argv[0], argv.slice(1), { env: { ...process.env, ...env }, stdio: 'pipe' });
  let said = '';
  child.stdout?.resume();
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (status === 0) resolve(true);
      else reject(new Error(`netdiag ended with ${String(status ?? signal)}: ${said}`));
    });
    killer?.().then(() => child.kill('SIGKILL'), reject);
  });
}

/** The only incident of a journal; `null` before there is one. */
function incidentIn(file: string): string | null {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const rows = database.prepare('select id from incident').all();
      if (rows.length > 1) throw new RangeError(`one command made ${rows.length} incidents`);
      const [row] = rows;
      return typeof row?.['id'] === 'string' ? row['id'] : null;
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return null;
  }
}

async function kept(file: string): Promise<Pick<Outlived, 'state' | 'events'>> {
  const incident = incidentIn(file);
  const journal = await openJournal(`sqlite:${file}`);
  try {
    const stored = incident === null ? null : await journal.load(incident);
    if (stored === null) throw new Error('the journal holds no incident');
    return { state: stored.state, events: await journal.events(stored.incident) };
  } finally {
    await journal.close();
  }
}
