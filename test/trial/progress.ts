import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { slackAdapter } from '../../src/adapter/slack/index.ts';
import { systemClock } from '../../src/cli/system.ts';
import type { LiveMessage, Step } from '../../src/model/index.ts';
import type { MessageRef } from '../../src/model/index.ts';
import type { Announcement } from '../../src/sandbox/announce.ts';
import type { Call, Violation } from '../../src/sandbox/workspace/record.ts';
import type { Said } from './wander/table.ts';

const INCIDENTS = 5;
const EVENTS_A_SECOND = 200;
const SECONDS = 65;
const MOST_UPDATES_A_MINUTE = 50;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Shows five incidents that have 200 step events a second between them, for longer than Slack's minute, in the practice workspace
 * with its rate limits: `[SECONDS]`. True when Slack never had to say 429, no minute had more than 50 updates, and each message
 * ends with its last state.
 */
export async function progressTrial([given]: readonly string[]): Promise<boolean> {
  const seconds = given === undefined ? SECONDS : Number(given);
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const said = JSON.parse(line) as Announcement;
  const adapter = slackAdapter({
    botToken: said.botToken,
    inbound: { by: 'socket', appToken: said.appToken },
    apiUrl: said.slackApiUrl,
    journal: {
      receive: () => Promise.resolve(true),
      handled: () => Promise.resolve(),
      unhandled: () => Promise.resolve([]),
    },
    clock: systemClock,
    ladder: () => '',
    log: (_level, sentence) => void say(sentence),
  });
  try {
    const place = { team: said.team, channel: said.channel, thread: null };
    const refs = new Map<number, MessageRef>();
    for (let nth = 0; nth < INCIDENTS; nth += 1)
      refs.set(nth, await adapter.thread.show(place, 'live', message(nth, 0), null));
    const shown: Promise<unknown>[] = [];
    const events = seconds * EVENTS_A_SECOND;
    const began = Date.now();
    for (let event = 1; event <= events; event += 1) {
      const nth = event % INCIDENTS;
      const step = Math.ceil(event / INCIDENTS);
      shown.push(adapter.thread.show(place, 'live', message(nth, step), refs.get(nth) ?? null));
      const due = began + (event * 1000) / EVENTS_A_SECOND;
      if (due > Date.now()) await new Promise((resolve) => setTimeout(resolve, due - Date.now()));
    }
    await Promise.all(shown);
    return await judged(said, Math.floor(events / INCIDENTS));
  } finally {
    await adapter.stop();
    child.stdin.end();
  }
}

/** The live message of an incident that has seen so many step events. */
function message(nth: number, event: number): LiveMessage {
  const steps = ['Looked at the node', 'Narrowing down', 'Proof', 'Fix'].map((label, at): Step => ({
    id: `step-${at}`,
    label: [{ text: label }],
    state: at === event % 4 ? 'active' : 'done',
    detail: [{ text: `event ${event}` }],
  }));
  return {
    is: 'live',
    node: `node-${nth}`,
    cluster: 'progress',
    by: { id: 'UONCALL01', name: 'Ona' },
    title: [{ text: `event ${event}` }],
    steps,
  };
}

async function judged(said: Announcement, last: number): Promise<boolean> {
  const read = async (name: string): Promise<unknown> => {
    const headers = { 'x-practice-key': said.controlKey };
    return (await fetch(new URL(`/_control/${name}`, said.url), { headers })).json();
  };
  const { calls, violations } = (await read('calls')) as { calls: readonly Call[]; violations: readonly Violation[] };
  const { channels } = (await read('state')) as { channels: readonly { id: string; messages: readonly Said[] }[] };
  const updates = calls.filter(({ method }) => method === 'chat.update');
  const most = Math.max(
    0,
    ...updates.map(({ at }) => updates.filter((one) => one.at >= at && one.at < at + 60_000).length),
  );
  const ends = channels.find(({ id }) => id === said.channel)?.messages.map(({ text }) => text) ?? [];
  const wrong = [
    ...violations.map((one) => `${one.severity} ${one.kind}: ${one.where} ${one.detail}`),
    ...calls.filter(({ status }) => status === 429).map(({ method }) => `${method} was answered with 429`),
    ...(most > MOST_UPDATES_A_MINUTE ? [`${most} updates in one minute`] : []),
    ...(ends.length === INCIDENTS ? [] : [`${ends.length} messages for ${INCIDENTS} incidents`]),
    ...ends.filter((text) => !text.includes(`event ${last}`)).map((text) => `the last word is: ${text.slice(0, 120)}`),
  ];
  for (const line of wrong) say(`WRONG: ${line}`);
  say(`five incidents, ${updates.length} updates, at most ${most} in a minute, ${wrong.length} complaints`);
  return wrong.length === 0;
}
