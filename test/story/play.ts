import { readFileSync } from 'node:fs';
import { openJournal } from '../../src/adapter/journal/index.ts';
import { connect } from '../../src/cli/connect.ts';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { systemClock, systemIds } from '../../src/cli/system.ts';
import { readConfig } from '../../src/config.ts';
import type { IncidentState, Message } from '../../src/model/index.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import type { Site } from '../../src/shell/index.ts';
import { MemoryThread } from '../fake/thread.ts';

/** What the people in the story do. */
export interface Script {
  readonly node: string;
  readonly symptom: string;
  /** Answers to further questions, by question. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Letter of the fix that the second person approves; absent: nobody approves anything. */
  readonly approve?: string;
  /** Journal to use; absent: one in memory. */
  readonly journal?: string;
}

/** How the story ended. */
export interface Ending {
  readonly state: IncidentState;
  readonly messages: Readonly<Record<string, Message>>;
  readonly whispers: readonly string[];
  readonly attached: readonly { readonly name: string; readonly bytes: number }[];
}

export const onCall = { id: 'UONCALL', name: 'on-call' };
export const second = { id: 'USECOND', name: 'second' };

/** The site that NETDIAG_CONFIG names. */
export function configuredSite(): ReturnType<typeof connect> {
  const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'), { slack: false });
  if (config.mode !== 'serve') throw new Error('no configuration');
  return connect(config);
}

/** Plays one incident from the command to its end, through the real core; people press the buttons that the thread shows. */
export async function play(script: Script, site: Site): Promise<Ending> {
  const journal = await openJournal(script.journal ?? 'sqlite::memory:');
  const thread = new MemoryThread();
  const house = buildHouse(PLAYBOOKS, { approvers: [onCall, second], expiresMs: 900_000 });
  const done = Promise.withResolvers<IncidentState>();
  const pressed = new Set<string>();
  const place = { team: 'TTEST', channel: 'CTEST', thread: null };
  const pressing: Promise<unknown>[] = [];
  const press = (token: string, by: typeof onCall): void => {
    const click = `${token} ${by.id}`;
    if (pressed.has(click)) return;
    pressed.add(click);
    pressing.push(counter.press({ key: systemIds.token(), token, by, place }));
  };
  const written = (state: IncidentState): void => {
    if (state.outcome !== null || (script.approve === undefined && state.life === 'proposing'))
      return done.resolve(state);
    for (const { question, choices, buttons } of state.questions) {
      const wanted = question === 'symptom' ? script.symptom : script.answers?.[question];
      const button = buttons[choices.findIndex(({ id }) => id === wanted)];
      if (button !== undefined && !state.userAnswers.some((given) => given.question === question))
        press(button.token, onCall);
    }
    if (state.life !== 'proposing') return undefined;
    const offer = state.offers.find(({ letter }) => letter === script.approve);
    if (offer === undefined) return done.reject(new Error(`there is no Fix ${script.approve}`));
    if (offer.state === 'drafted') press(offer.tokens.offer, onCall);
    if (offer.state === 'waiting') {
      press(offer.tokens.approve, onCall);
      press(offer.tokens.approve, second);
    }
    return undefined;
  };
  const workplace = {
    journal,
    thread,
    clock: systemClock,
    ids: systemIds,
    house,
    sites: [site],
    log: (level: string, sentence: string) =>
      void (level === 'info' ? 0 : process.stderr.write(`${level}: ${sentence}\n`)),
    written,
  };
  const worker = startWorker(workplace);
  const counter = desk(workplace, { starters: [], channels: [] }, () => worker.nudge());
  try {
    const refusal = await counter.start({ key: systemIds.token(), node: script.node, by: onCall, place });
    if (refusal !== null) throw new Error(refusal);
    const state = await done.promise;
    await Promise.all(pressing);
    await worker.drain();
    const messages = Object.fromEntries(Object.entries(state.telling).map(([slot, { message }]) => [slot, message]));
    const attached = thread.attached.map(({ file, bytes }) => ({ name: file.name, bytes: bytes.length }));
    return { state, messages, whispers: thread.whispers.map(({ sentence }) => sentence), attached };
  } finally {
    await worker.stop();
    await journal.close();
  }
}

if (import.meta.main) {
  const { site, shell } = configuredSite();
  const ending = await play(JSON.parse(process.argv[2] ?? '{}') as Script, site);
  await shell.closeAll();
  process.stdout.write(JSON.stringify(ending));
}
