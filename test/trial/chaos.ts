import { ona, sam } from '../page/person.ts';
import { Stage } from '../page/stage.ts';
import type { Violation } from '../../src/sandbox/workspace/record.ts';
import { messages, standing, table } from './wander/table.ts';

const NODE = 'ip-10-0-10-207';
const SYMPTOM = 'kubectl logs/exec fails';
const MOST_MS = 90_000;

/** Something that goes wrong with Slack while I1 is played. */
interface Trouble {
  /** Chaos switches, set before the command. */
  readonly chaos?: Readonly<Record<string, unknown>>;
  /** Happens while the fix waits for its approval. */
  readonly midway?: (stage: Stage) => Promise<unknown>;
  /** Ends the trouble; absent: it lasts. */
  readonly calm?: (stage: Stage) => Promise<unknown>;
  /** What the workspace may note of it. */
  readonly excused?: RegExp;
}

const fault = (method: string, kind: string, times: number): Readonly<Record<string, unknown>> => ({
  faults: [{ method, kind, times }],
});
const calm = (stage: Stage): Promise<unknown> => stage.control('chaos', { reset: true });
const LOST = /^error no_ack/;

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'TCP held open after a disconnect': {
    chaos: { holdAfterClose: true },
    midway: (stage) => stage.control('disconnect', { reason: 'refresh_requested' }),
  },
  'every socket cut': { midway: (stage) => stage.control('drop', {}) },
  'a socket cut after each of three envelopes': { chaos: { dropAfterSend: 3 }, excused: LOST },
  'pings unanswered': {
    midway: (stage) => stage.control('chaos', { noPong: true }),
    calm: async (stage) => {
      while (((await stage.control('state'))['connections'] as unknown[]).length > 0) await pause(100);
      await calm(stage);
    },
    excused: LOST,
  },
  'a late hello': {
    chaos: { helloDelayMs: 2_000 },
    midway: (stage) => stage.control('drop', {}),
  },
  'posts answered with 500, not done': { chaos: fault('chat.postMessage', 'server_error', 3) },
  'posts answered with 500, but done': { chaos: fault('chat.postMessage', 'server_error_after', 3) },
  'updates answered with 500': { chaos: fault('chat.update', 'server_error', 3) },
  'posts never answered, but done': { chaos: fault('chat.postMessage', 'timeout_after', 1) },
  'posts cut off, but done': { chaos: fault('chat.postMessage', 'drop_after', 2) },
  'updates never answered': { chaos: fault('chat.update', 'timeout', 1) },
  'every envelope twice': { chaos: { duplicate: 100 } },
  'files shared late': { chaos: { shareDelayMs: [4_000, 6_000] } },
  'uploads answered with 500': { chaos: fault('upload', 'server_error', 2) },
  'five 429': { chaos: { tooMany: 5, retryAfterSeconds: 2 } },
  'the newer blocks unknown': { chaos: { refuseBlockTypes: ['plan', 'task_card', 'table', 'container'] } },
  'every answer slow': { chaos: { slowMs: 700 } },
  'every acknowledgement seen late': { chaos: { ackDelayMs: 1_000 } },
  'no new socket allowed, until netdiag is restarted': {
    midway: async (stage) => {
      await stage.control('chaos', { refuseOpen: true });
      await stage.control('drop', {});
    },
    calm: async (stage) => {
      await pause(3_000);
      await calm(stage);
      await stage.leave();
      await stage.enter();
    },
    excused: LOST,
  },
};

/**
 * Plays I1 through the practice workspace with everything that can go wrong with Slack, one at a time: `[PART OF A NAME …]`. True
 * when each ends repaired, with one change, and nothing said twice.
 */
export async function chaosTrial(names: readonly string[]): Promise<boolean> {
  let failures = 0;
  for (const [name, trouble] of Object.entries(TROUBLES)) {
    if (names.length > 0 && !names.some((part) => name.includes(part))) continue;
    const began = performance.now();
    const wrong = await played(trouble).catch((error: unknown) => [
      error instanceof Error ? error.message : String(error),
    ]);
    if (wrong.length > 0) failures += 1;
    const took = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(
      `${name}: ${wrong.length === 0 ? 'repaired, nothing said twice' : wrong.join('\n  ')}, ${took} s\n`,
    );
  }
  return failures === 0;
}

async function played({ chaos, midway, calm: end, excused }: Trouble): Promise<string[]> {
  await using stage = await Stage.open({ recordings: ['i1'], pace: 0.1 });
  if (chaos !== undefined) await stage.control('chaos', chaos);
  const command = { user: ona, channel: stage.said.channel, text: `/netdiag ${NODE}` };
  await until('the command is taken', async () => (await stage.control('command', command))['acked'] === true, 3_500);
  await pressed(stage, SYMPTOM, ona);
  await until('a fix is offered', async () => (await offered(stage, 'Approve Fix A')) !== undefined);
  await midway?.(stage);
  await end?.(stage);
  await pressed(stage, 'Approve Fix A', sam);
  await until('it is repaired', async () =>
    messages(await table(stage)).some(({ text }) => text.startsWith('Repaired in ')),
  );
  await until('the bundle is there', async () => {
    const { files } = (await stage.control('state')) as unknown as { files: readonly { name: string }[] };
    return files.some(({ name }) => name.endsWith('.json'));
  });
  await stage.settled();
  return await wrongs(stage, excused);
}

async function wrongs(stage: Stage, excused: RegExp | undefined): Promise<string[]> {
  const { violations } = (await stage.control('calls')) as unknown as { violations: readonly Violation[] };
  const texts = messages(await table(stage)).flatMap(({ text, only }) =>
    only === undefined && text !== '' ? [text] : [],
  );
  const states = (await stage.netdiag.journal.latest(10)).map(({ state }) => state);
  const approved = states.flatMap(({ offers }) => offers.filter(({ state }) => state === 'approved'));
  return [
    ...violations
      .map((one) => `${one.severity} ${one.kind}: ${one.where} ${one.detail}`)
      .filter((line) => excused?.test(line) !== true),
    ...texts.filter((text, at) => texts.indexOf(text) !== at).map((text) => `said twice: ${text.slice(0, 100)}`),
    ...(states.length === 1 ? [] : [`there are ${states.length} incidents`]),
    ...(approved.length === 1 ? [] : [`${approved.length} fixes were approved`]),
  ];
}

async function offered(stage: Stage, label: string): Promise<ReturnType<typeof standing>[number] | undefined> {
  return standing(await table(stage)).find((one) => one.label === label);
}

/** Presses as a person does who sees that nothing happens: again, until the button is gone. */
async function pressed(stage: Stage, label: string, user: string): Promise<void> {
  await until(`there is a button ${label}`, async () => (await offered(stage, label)) !== undefined);
  await until(`${label} is pressed`, async () => {
    const button = await offered(stage, label);
    if (button === undefined) return true;
    const { channel, ts } = button.message;
    await stage.control('press', { user, channel, message_ts: ts, action_id: button.action });
    await pause(1_500);
    return (await offered(stage, label)) === undefined;
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(what: string, holds: () => Promise<boolean>, everyMs = 100): Promise<void> {
  const end = Date.now() + MOST_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it is not so within ${MOST_MS / 1000} s: ${what}`);
    await pause(everyMs);
  }
}
