import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openJournal } from '../adapter/journal/index.ts';
import {
  configuredDoors,
  loadRecording,
  recordedCluster,
  recordedNodeShell,
  World,
} from '../adapter/recorded/index.ts';
import type { Recording } from '../adapter/recorded/index.ts';
import type { Site } from '../shell/index.ts';
import { startBot, untilStopped } from './bot.ts';
import { buildHouse, PLAYBOOKS } from './house.ts';
import { plainLog } from './log.ts';
import { systemClock } from './system.ts';

const SANDBOX = join(import.meta.dirname, '../sandbox');
/** A quarter of the time that the commands took: quick, yet one sees it working. */
const PACE = 0.25;
const EXPIRES_MS = 15 * 60_000;

/** What the workspace says of itself when it is ready. */
const announcement = z.object({
  url: z.string(),
  slackApiUrl: z.string(),
  botToken: z.string(),
  appToken: z.string(),
  users: z.object({ requester: z.string(), approver: z.string(), otherApprover: z.string() }),
});

/**
 * Practice: a workspace of its own on loopback, recorded incidents, a journal in memory. Reads no kubeconfig, no SSH
 * key and no token of this machine. Runs until it is stopped, and takes the workspace with it.
 */
export async function practice(): Promise<number> {
  const recordings = readdirSync(join(SANDBOX, 'recorded'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .map((name) => loadRecording(join(SANDBOX, 'recorded', name)));
  const scratch = mkdtempSync(join(tmpdir(), 'netdiag-practice-'));
  const tour = join(scratch, 'tour.json');
  writeFileSync(tour, JSON.stringify(recordings.map(stop)));
  const workspace = spawn(process.execPath, [join(SANDBOX, 'main.ts'), '--tour', tour], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  try {
    const said = announcement.parse(JSON.parse(await firstLine(workspace)));
    const approvers = [
      { id: said.users.approver, name: 'Sam Second' },
      { id: said.users.otherApprover, name: 'Thea Third' },
    ];
    const journal = await openJournal('sqlite::memory:');
    const bot = await startBot({
      slack: { botToken: said.botToken, appToken: said.appToken, http: null, apiUrl: said.slackApiUrl },
      journal,
      house: buildHouse(PLAYBOOKS, { approvers, expiresMs: EXPIRES_MS }),
      sites: recordings.map(site),
      policy: { starters: [], channels: [] },
      log: plainLog((text) => process.stderr.write(text)),
    });
    process.stdout.write(
      'Practice: recorded incidents in a workspace on this machine alone; no cluster, kubeconfig or SSH key is read.\n' +
        `Open ${said.url}\n`,
    );
    await Promise.race([untilStopped(), ended(workspace)]);
    await bot.stop();
    await journal.close();
    return 0;
  } finally {
    workspace.stdin.end();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function site(recording: Recording): Site {
  const world = new World(recording, systemClock, { pace: PACE });
  return { cluster: recordedCluster(world), nodes: recordedNodeShell(world), doors: configuredDoors(recording) };
}

/** What people see in an incident and in its variants, by how their recordings' names begin; no heading tells a cause. */
const GROUPS: Readonly<Record<string, string>> = {
  i1: 'The kubelet is not reached',
  i2: 'Pods do not get out',
  i3: 'Pods are not reached',
  i4: 'Some connections time out',
  i5: 'Pods lost their network',
};

/** The entry of one recording: its sick node is the one that changes were recorded on. */
function stop({ title, changes, steps, name }: Recording): Stop {
  const made = [...changes, ...steps].flatMap((one) => ('node' in one && one.node !== null ? [one.node] : []));
  const node = made[0] ?? name;
  const group = GROUPS[name.slice(0, 2)];
  const text = `${title.charAt(0).toUpperCase()}${title.slice(1)}.`;
  return { node, title: node, text, ...(group === undefined ? {} : { group }) };
}

interface Stop {
  readonly node: string;
  readonly title: string;
  readonly text: string;
  readonly group?: string;
}

/** The first line that the workspace prints. Rejects with one sentence when it ends without one. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('the workspace was started without a stdout');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The practice workspace ended before it was ready.');
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}
