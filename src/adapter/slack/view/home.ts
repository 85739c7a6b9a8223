import type { IncidentLine, KnownNode } from '../../../model/index.ts';
import type { ActionsBlock, HomeView, KnownBlock, RichTextElement } from '@slack/types';
import { startAction } from '../payload/actions.ts';
import { say } from '../words.ts';
import { doors, rollback } from './approval.ts';
import { bullets, button, lines, plainText, preformatted, rich, section } from './block.ts';
import { clip, inertLines } from './clean.ts';
import { commandLines } from './command.ts';
import { code, person, strong, text, when, words } from './rich.ts';
import { whisper } from './whisper.ts';

/** An incident, and the address of its thread; null where there is none. */
export interface HomeLine {
  readonly line: IncidentLine;
  readonly link: string | null;
}

const divider: KnownBlock = { type: 'divider' };

/** What one person's Home tab shows, or why it shows nothing. `nodes` null: the cluster did not answer. */
export type HomeContent =
  | { readonly refusal: string }
  | {
      readonly refusal: null;
      readonly notice: string | null;
      /** Ids that stand for a person or a group in the notice. */
      readonly known: readonly string[];
      readonly waiting: readonly HomeLine[];
      /** Incidents with something that somebody else has to review; absent: none. */
      readonly reviews?: readonly HomeLine[];
      readonly open: readonly HomeLine[];
      readonly over: readonly HomeLine[];
      readonly nodes: readonly KnownNode[] | null;
      readonly at: number;
    };

const mostNotReady = 10;
/** Characters of commands that are shown; whoever would not see all of them approves in the thread. */
const mostCommands = 1500;

/** The Home tab: what waits for this person first, then what is open, what is over, and the nodes. */
export function homeView(content: HomeContent): HomeView {
  if (content.refusal !== null) return { type: 'home', blocks: whisper(content.refusal).blocks };
  const { notice, known, waiting, reviews = [], open, over, nodes, at } = content;
  return {
    type: 'home',
    blocks: [
      ...(notice === null ? [] : [...whisper(notice, known).blocks, divider]),
      start(),
      title(say.home.waiting),
      ...(waiting.length === 0 ? [rich(section(...text(say.home.nothingWaits)))] : waiting.flatMap(card)),
      ...(reviews.length === 0 ? [] : [title(say.home.reviews), ...reviews.flatMap(toReview)]),
      title(say.home.open),
      ...(open.length === 0
        ? [rich(section(...text(say.home.nothingOpen)))]
        : open.flatMap((one) => entry(one, 'open'))),
      title(say.home.recent),
      ...(over.length === 0
        ? [rich(section(...text(say.home.nothingRecent)))]
        : over.flatMap((one) => entry(one, 'over'))),
      title(say.home.cluster),
      ...health(nodes),
      rich(section(...text(say.home.refreshed), ...when(at))),
    ],
  };
}

function title(words: string): KnownBlock {
  return { type: 'header', text: plainText(words, 150) };
}

function start(): ActionsBlock {
  return {
    type: 'actions',
    elements: [{ type: 'button', action_id: startAction, style: 'primary', text: plainText(say.home.start, 75) }],
  };
}

/** What is to be approved, down to its commands; the buttons are those of the card in the thread. */
function card({ line, link }: HomeLine, i: number): KnownBlock[] {
  const { waiting, node, place } = line;
  if (waiting === null) return [];
  const { plan, letter } = waiting;
  const commands = inertLines(commandLines(plan.steps, plan.node.name));
  const whole = commands.length <= mostCommands;
  const decide = whole
    ? waiting.buttons.filter(({ style }) => style !== undefined).map((one, at) => button(one, at))
    : [];
  const elements = [...decide, ...way(link, node, `waiting:${i}`)];
  return [
    rich(
      ...lines(
        strong(clip(say.home.fix(letter, plan.title), 300)),
        [...code(node, 260), ...text(` · ${say.home.risk(plan.risk)} · ${say.home.expires}`), ...when(plan.expiresAt)],
        text(clip(plan.safety, 400)),
        doors(waiting),
      ),
      preformatted(commands, mostCommands),
      section(...rollback(plan), ...text(` ${whole ? say.home.whole : say.home.tooLong}`)),
    ),
    ...(elements.length === 0 ? [] : [{ type: 'actions', block_id: `at:${place.channel}:${i}`, elements } as const]),
  ];
}

/** What one person approved alone, with the button for whoever has looked at it. */
function toReview({ line, link }: HomeLine, i: number): KnownBlock[] {
  return (line.reviews ?? []).slice(0, 3).flatMap((review, at) => {
    const elements = [
      ...(review.buttons ?? []).slice(0, 2).map((one, n) => button(one, n)),
      ...way(link, line.node, `review:${i}:${at}`),
    ];
    return [
      rich(section(...words(review.text, 900))),
      ...(elements.length === 0
        ? []
        : [{ type: 'actions', block_id: `at:${line.place.channel}:${1000 + 10 * i + at}`, elements } as const]),
    ];
  });
}

function entry({ line, link }: HomeLine, list: string): KnownBlock[] {
  const { node, cluster, by, at, title: how } = line;
  const said: RichTextElement[][] = [
    [...code(node, 260), ...text(' · '), ...code(cluster, 100)],
    [
      ...words(how, 200),
      ...text(how.length === 0 ? '' : ' · '),
      ...text(say.home.startedBy),
      ...person(by),
      ...text(', '),
      ...when(at),
    ],
  ];
  const elements = way(link, node, `${list}:${at}`);
  return [rich(...lines(...said)), ...(elements.length === 0 ? [] : [{ type: 'actions', elements } as const])];
}

/** A button that leads to the thread, named for who does not see what it stands below. */
function way(link: string | null, node: string, id: string): ActionsBlock['elements'] {
  if (link === null) return [];
  return [
    {
      type: 'button',
      action_id: `link:${clip(id, 200)}`,
      text: plainText(say.home.thread, 75),
      url: link.slice(0, 3000),
      accessibility_label: clip(`${say.home.thread}: ${node}`, 75),
    },
  ];
}

function health(nodes: readonly KnownNode[] | null): KnownBlock[] {
  if (nodes === null) return [rich(section(...text(say.find.silent)))];
  const clusters = [...new Set(nodes.map(({ cluster }) => cluster))];
  const down = nodes.filter(({ ready }) => !ready);
  const each = clusters.map((name) => {
    const own = nodes.filter(({ cluster }) => cluster === name);
    const ready = own.filter((node) => node.ready).length;
    return [...code(name, 100), ...text(': '), ...text(say.home.ready(ready, own.length))];
  });
  const rest = down.length - mostNotReady;
  const named = down.slice(0, mostNotReady).map(({ name }) => code(name, 260));
  return [
    rich(
      ...lines(...each, down.length === 0 ? [] : text(say.home.notReady)),
      ...(down.length === 0 ? [] : [bullets([...named, ...(rest > 0 ? [text(say.home.more(rest))] : [])], 3000)]),
    ),
  ];
}
