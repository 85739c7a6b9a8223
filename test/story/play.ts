import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { openJournal } from '../../src/adapter/journal/index.ts';
import { painter } from '../../src/adapter/picture/index.ts';
import { connect } from '../../src/cli/connect.ts';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { systemClock, systemIds } from '../../src/cli/system.ts';
import { readConfig } from '../../src/config.ts';
import type { House } from '../../src/incident/index.ts';
import { orderOf, SIGNATURE_NAMESPACE } from '../../src/model/index.ts';
import type { IncidentState, Message, Plan, PlanStep, Standing } from '../../src/model/index.ts';
import type { Clock, Journal, Thread } from '../../src/port.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import type { Site } from '../../src/shell/index.ts';
import { MemoryThread } from '../fake/thread.ts';

/** What the people in the story do. Plain data, so that it can be handed to a process. */
export interface Script {
  readonly node: string;
  readonly symptom: string;
  /** Answers to further questions, by question. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Letter of the fix that the second person approves; `every`: whatever waits, one after the other; absent: nobody approves anything. */
  readonly approve?: string;
  /** How many changes are approved; then nobody decides anything more. Absent: all that `approve` says. */
  readonly changes?: number;
  /** Letter of the fix that the second person rejects instead. */
  readonly reject?: string;
  /** After a repair, ask for its lasting form as well, and approve it. */
  readonly lasting?: boolean;
  /** What was repaired is undone again, the last change first, as long as there is a button for it. */
  readonly undo?: boolean;
  /** Files of the private keys with which people sign where a node demands it, by their ids. */
  readonly signs?: Readonly<Record<string, string>>;
  /** Journal to use; absent: one in memory. */
  readonly journal?: string;
  /** Id of an incident in that journal with which to go on, when netdiag died before. */
  readonly resume?: string;
  /** Replaces the drafted time after which the node restores itself. */
  readonly rollbackSeconds?: number;
  /** Replaces the 15 minutes for which an offer waits. */
  readonly expiresMs?: number;
  /** Runs these instead of what the fix would run: a fix that goes through and does not help. */
  readonly instead?: { readonly steps: readonly string[][]; readonly undo: readonly string[][] };
}

/** What a test may put in place of the ordinary. */
export interface Stage {
  readonly journal?: Journal;
  readonly thread?: Thread;
  readonly clock?: Clock;
  readonly leaseMs?: number;
  /** The second person approves when this resolves; absent: at once. */
  readonly ready?: (state: IncidentState) => Promise<unknown>;
  /** Goes on until nothing is due within this time; absent: 20 s. */
  readonly soonMs?: number;
}

/** How the story ended. */
export interface Ending {
  readonly state: IncidentState;
  readonly messages: Readonly<Record<string, Message>>;
  readonly whispers: readonly string[];
  /** Files in the thread, their bytes in base64. */
  readonly attached: readonly { readonly name: string; readonly base64: string }[];
}

export const onCall = { id: 'UONCALL', name: 'on-call' };
export const second = { id: 'USECOND', name: 'second' };
/** Approves what one person alone may not let happen. */
export const third = { id: 'UTHIRD', name: 'third' };

/** Everybody in the story stays a full member of the chat. */
const standing = (id: string): Promise<Standing> => Promise.resolve({ id, member: true, groups: [] });

/** What people say unless the script tells. */
const UNTOLD: Readonly<Record<string, string>> = { repeat: 'cannot' };

/** A wait longer than any pause between two attempts: what is due later is an expiry, or a look a minute after the repair. */
const SOON_MS = 20_000;

/** The site that NETDIAG_CONFIG names. */
export function configuredSite(): ReturnType<typeof connect> {
  const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'), { slack: false });
  if (config.mode !== 'serve') throw new Error('no configuration');
  return connect(config);
}

/** Plays one incident from the command to its end, through the real core; people press the buttons that the thread shows. */
export async function play(script: Script, site: Site, stage: Stage = {}): Promise<Ending> {
  const journal = stage.journal ?? (await openJournal(script.journal ?? 'sqlite::memory:'));
  const memory = new MemoryThread();
  const clock = stage.clock ?? systemClock;
  const done = Promise.withResolvers<IncidentState>();
  const pressed = new Set<string>();
  const place = { team: 'TTEST', channel: 'CTEST', thread: null };
  const pressing: Promise<unknown>[] = [];
  /** The same click has the same key, however often it is delivered. */
  const press = (token: string, by: typeof onCall, signature?: string): void => {
    const key = `${token} ${by.id}`;
    if (pressed.has(key)) return;
    pressed.add(key);
    const signed = signature === undefined ? {} : { signature };
    pressing.push(counter.press({ key, token, by, place, standing, ...signed }).catch(done.reject));
  };
  const written = (state: IncidentState): void => {
    const lasting = script.lasting === true ? state.offers.find((offer) => offer.state === 'drafted') : undefined;
    if (state.outcome === 'repaired' && lasting !== undefined) return press(lasting.tokens.offer, onCall);
    const undo = script.undo === true && state.outcome === 'repaired' ? undoing(state) : undefined;
    if (undo !== undefined && !pressed.has(`${undo} ${onCall.id}`)) return press(undo, onCall);
    if (state.outcome !== null) return done.resolve(state);
    const enough = script.approve === undefined || state.past.length >= (script.changes ?? Infinity);
    if (enough && state.life === 'proposing') {
      // A plan of patches is on its way to its dry-run.
      return state.offers.some((offer) => offer.state === 'rehearsing') ? undefined : done.resolve(state);
    }
    for (const { question, choices, buttons } of state.questions) {
      const wanted = question === 'symptom' ? script.symptom : (script.answers?.[question] ?? UNTOLD[question]);
      const button = buttons[choices.findIndex(({ id }) => id === wanted)];
      if (button !== undefined && !state.userAnswers.some((given) => given.question === question))
        press(button.token, onCall);
    }
    if (state.life !== 'proposing') return undefined;
    const every = script.approve === 'every' || state.past.length > 0;
    const offer = state.offers.findLast((one) => (every ? one.state === 'waiting' : one.letter === script.approve));
    if (offer === undefined) return every ? undefined : done.reject(new Error(`there is no Fix ${script.approve}`));
    if (offer.state === 'rejected') return done.resolve(state);
    if (offer.state === 'drafted') press(offer.tokens.offer, onCall);
    const approved = (by: typeof onCall): void =>
      press(offer.tokens.approve, by, signatureOf(script, offer.plan, by.id));
    // Whoever approves last sees who approved before.
    if (offer.consents.length === 1 && offer.plan.approvals === 2) return approved(third);
    if (offer.state !== 'waiting' || pressed.has(offer.plan.id)) return undefined;
    pressed.add(offer.plan.id);
    const rejects = offer.letter === script.reject;
    if (!rejects) press(offer.tokens.approve, onCall);
    const decided = async (): Promise<void> => {
      await stage.ready?.(state);
      if (rejects) return press(offer.tokens.reject, second);
      approved(second);
    };
    decided().catch(done.reject);
    return undefined;
  };
  const workplace = {
    journal,
    thread: stage.thread ?? memory,
    painter: painter(),
    clock,
    ids: systemIds,
    house: houseFor(script),
    sites: [site],
    log: (level: string, sentence: string) =>
      void (level === 'info' ? 0 : process.stderr.write(`${level}: ${sentence}\n`)),
    written,
  };
  const worker = startWorker(workplace, stage.leaseMs === undefined ? {} : { leaseMs: stage.leaseMs });
  const counter = desk(workplace, { starters: [], channels: [] }, () => worker.nudge());
  try {
    const refusal = await counter.start({ key: 'the command', node: script.node, by: onCall, place });
    if (refusal !== null) throw new Error(refusal);
    const stored = script.resume === undefined ? null : await journal.load(script.resume);
    if (stored !== null) written(stored.state);
    const { id } = await done.promise;
    await Promise.all(pressing);
    const soon = (due: number | null): due is number => due !== null && due - clock.now() < (stage.soonMs ?? SOON_MS);
    for (let due: number | null = 0; soon(due);) {
      await worker.drain();
      due = await journal.nextDue(clock.now());
      if (soon(due)) await clock.sleep(20);
    }
    const state = (await journal.load(id))?.state;
    if (state === undefined) throw new Error(`the journal lost incident ${id}`);
    const messages = Object.fromEntries(Object.entries(state.telling).map(([slot, { message }]) => [slot, message]));
    const attached = memory.attached.map(({ file, bytes }) => ({
      name: file.name,
      base64: Buffer.from(bytes).toString('base64'),
    }));
    return { state, messages, whispers: memory.whispers.map(({ sentence }) => sentence), attached };
  } finally {
    await worker.stop();
    await journal.close();
  }
}

function signatureOf({ signs = {} }: Script, plan: Plan, by: string): string | undefined {
  const key = signs[by];
  if (plan.signed !== true || key === undefined) return undefined;
  const argv = ['-q', '-Y', 'sign', '-f', key, '-n', SIGNATURE_NAMESPACE];
  return execFileSync('ssh-keygen', argv, { input: orderOf(plan), encoding: 'utf8', stdio: 'pipe' });
}

/** The button that undoes what was changed last. */
function undoing({ telling }: IncidentState): string | undefined {
  const summary = telling['summary']?.message;
  return summary?.is === 'summary' ? summary.buttons?.find(({ label }) => label.startsWith('Undo'))?.token : undefined;
}

/** The real house, with the script's own deadline and commands where it has some. */
function houseFor({ rollbackSeconds, expiresMs, instead }: Script): House {
  const house = buildHouse(PLAYBOOKS, { approvers: [onCall, second, third], expiresMs: expiresMs ?? 900_000 });
  const onNode = (node: string, commands: readonly string[][]): readonly PlanStep[] =>
    commands.map((argv) => ({ kind: 'node-command', node, argv }));
  return {
    ...house,
    remediations: house.remediations.map((remediation) => ({
      ...remediation,
      draft: (finding, scene) => {
        const draft = remediation.draft(finding, scene);
        if (!('steps' in draft)) return draft;
        const { name } = scene.bound.subject;
        return {
          ...draft,
          ...(rollbackSeconds === undefined ? {} : { rollbackSeconds }),
          ...(instead === undefined ? {} : { steps: onNode(name, instead.steps), undo: onNode(name, instead.undo) }),
        };
      },
    })),
  };
}

/** One line of what the process says: a state in which the second person waits for a line on stdin, or the ending. */
export type Said = { readonly offered: IncidentState } | { readonly ending: Ending };

if (import.meta.main) {
  const script = JSON.parse(process.argv[2] ?? '{}') as Script;
  const say = (said: Said): boolean => process.stdout.write(`${JSON.stringify(said)}\n`);
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const ready = async (offered: IncidentState): Promise<unknown> => {
    say({ offered });
    return lines.next();
  };
  const { site, shell } = configuredSite();
  try {
    say({ ending: await play(script, site, { ready }) });
  } finally {
    await shell.closeAll();
    process.stdin.destroy();
  }
}
