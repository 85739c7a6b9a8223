import { sha256 } from '../../../src/model/hash.ts';
import { bo, ona, sam, thea } from '../../page/person.ts';
import { Stage } from '../../page/stage.ts';
import type { Move } from './move.ts';
import { told } from './move.ts';
import { kept } from './promise.ts';
import { buttonsOf, messages, standing, table } from './table.ts';
import type { Standing } from './table.ts';

const CHANNEL = 'CINCIDENTS';
const NAMES: Readonly<Record<string, string>> = {
  [ona]: 'on-call',
  [sam]: 'second',
  [thea]: 'third',
  [bo]: 'bystander',
};
/** Fast enough that a repair is over in a moment, slow enough that a press still falls into the middle of it. */
const RATE = 10;

/** How a night went. */
export interface Walked {
  readonly done: readonly string[];
  /** What does not hold although it must, at the move where it was seen. */
  readonly broken: readonly string[];
}

/** Plays one night of tired people over two recorded incidents. */
export async function walk(moves: readonly Move[], recordings: readonly [string, string]): Promise<Walked> {
  await using stage = await Stage.open({ recordings, rate: RATE });
  await stage.control('rates', { enabled: false });
  const nodes = [...stage.worlds.values()]
    .flatMap(({ recording }) => [...recording.nodes.keys()])
    .toSorted((a, b) => Number(sick(b)) - Number(sick(a)));
  const known = new Map<string, Standing>();
  const done: string[] = [];
  for (const [nth, move] of moves.entries()) {
    for (const one of standing(await table(stage))) known.set(one.token, one);
    done.push(`${told(move)}${await make(stage, move, nth, nodes, [...known.values()])}`);
    const broken = await kept(stage, false);
    if (broken.length > 0) return { done, broken };
  }
  await stage.settled();
  return { done, broken: await kept(stage, true) };
}

const sick = (node: string): boolean => /207$|-110$|kylin-19$|53-61/.test(node);

const nthOf = <T>(all: readonly T[], nth: number): T | undefined => all[nth % Math.max(1, all.length)];

/** Makes the move, and tells what it met. */
async function make(
  stage: Stage,
  move: Move,
  nth: number,
  nodes: readonly string[],
  known: readonly Standing[],
): Promise<string> {
  switch (move.do) {
    case 'wait':
      await stage.settled();
      return '';
    case 'later':
      stage.clock.hasten(move.minutes * 60_000);
      return '';
    case 'restart':
      await stage.leave();
      await stage.enter();
      return '';
    case 'start':
      await stage.control('command', { user: move.who, channel: CHANNEL, text: `/netdiag ${nthOf(nodes, move.node)}` });
      return ` (${nthOf(nodes, move.node)})`;
    case 'babble':
      await stage.control('command', { user: move.who, channel: CHANNEL, text: move.words });
      return '';
    case 'mention': {
      const threads = messages(await table(stage)).filter(
        ({ thread_ts, only }) => thread_ts === undefined && only === undefined,
      );
      const thread = move.thread === null ? undefined : nthOf(threads, move.thread);
      const place = { channel: CHANNEL, ...(thread === undefined ? {} : { thread_ts: thread.ts }) };
      await stage.control('say', { user: move.who, ...place, text: `@netdiag ${nthOf(nodes, move.node)}` });
      return '';
    }
    case 'form':
      await stage.control('command', { user: move.who, channel: CHANNEL, text: '/netdiag' });
      return answerForm(stage, move.who, move.send, nthOf(nodes, move.node) ?? '');
    case 'stop':
      return pressed(
        stage,
        move.who,
        standing(await table(stage)).find(({ label }) => label.startsWith('Stop')),
      );
    case 'approve':
      return pressed(
        stage,
        move.who,
        standing(await table(stage)).find(({ label }) => label.startsWith('Approve')),
      );
    case 'home': {
      await stage.control('home', { user: move.who });
      const home = (await table(stage)).homes[move.who];
      const button = nthOf(buttonsOf(home?.blocks ?? [], { channel: '', ts: '' }), move.button);
      if (home === undefined || home === null || button === undefined) return ' (nothing)';
      await stage.control('press', { user: move.who, view_id: home.id, action_id: button.action });
      return ` (${button.label})${await answerForm(stage, move.who, true, nodes[0] ?? '')}`;
    }
    case 'press': {
      const button = nthOf(await worthPressing(stage), move.button);
      return `${await pressed(stage, move.who, button)}${await answerForm(stage, move.who, move.send, nodes[0] ?? '')}`;
    }
    case 'twice': {
      const button = nthOf(await worthPressing(stage), move.button);
      const both = await Promise.all([pressed(stage, move.who, button), pressed(stage, move.other, button)]);
      for (const who of [move.who, move.other]) await answerForm(stage, who, true, nodes[0] ?? '');
      return both.join('');
    }
    case 'old': {
      const button = nthOf(known, move.button);
      if (button === undefined) return ' (nothing)';
      const { channel, thread_ts: thread, ts } = button.message;
      await stage.netdiag.desk.press({
        key: sha256(`old ${nth}`),
        token: button.token,
        by: { id: move.who, name: NAMES[move.who] ?? '' },
        place: { team: stage.said.team, channel, thread: thread ?? ts },
        groups: () => Promise.resolve([]),
      });
      return ` (${button.label})`;
    }
  }
}

/** Buttons that a person would look for first: Stop is a move of its own. */
async function worthPressing(stage: Stage): Promise<readonly Standing[]> {
  return standing(await table(stage)).filter(({ label }) => !label.startsWith('Stop'));
}

async function pressed(stage: Stage, who: string, button: Standing | undefined): Promise<string> {
  if (button === undefined) return ' (nothing)';
  const { channel, ts, only } = button.message;
  if (only !== undefined && only !== who) return ' (not seen)';
  const choice = button.option === undefined ? {} : { option: button.option };
  await stage.control('press', { user: who, channel, message_ts: ts, action_id: button.action, ...choice });
  return ` (${button.label})`;
}

/** Sends or closes the form that this person has open, if there is one. */
async function answerForm(stage: Stage, who: string, send: boolean, node: string): Promise<string> {
  const view = (await table(stage)).views[who];
  if (view === undefined || view === null) return '';
  if (!send) {
    await stage.control('close', { user: who });
    return ' closed';
  }
  const values = Object.fromEntries(
    view.blocks.flatMap(({ block_id: block = '', element }) => {
      if (element === undefined) return [];
      const entry: Readonly<Record<string, unknown>> = {
        external_select: { text: { type: 'plain_text', text: node }, value: node },
        conversations_select: CHANNEL,
        plain_text_input: 'tired',
      };
      const given = element.type === 'static_select' ? element.options?.[0]?.value : entry[element.type];
      return given === undefined ? [] : [[block, { [element.action_id]: given }]];
    }),
  );
  await stage.control('submit', { user: who, values });
  if ((await table(stage)).views[who] !== null) await stage.control('close', { user: who });
  return ' sent';
}
