import type { KnownBlock, RichTextElement } from '@slack/types';
import type { CaptureStory, FindingMessage } from '../../../model/index.ts';
import type { Rendering, Style } from './block.ts';
import { bullets, buttons, characters, fallback, lines, mostCharacters, preformatted, rich, section } from './block.ts';
import { clip, inert } from './clean.ts';
import { evidence } from './evidence.ts';
import { outputs } from './outputs.ts';
import { path } from './path.ts';
import { code, limited, plain, strong, text, words } from './rich.ts';
import { seen } from './seen.ts';
import { say } from '../words.ts';

/** Draws the packets of a story as text. */
export type Ladder = (story: CaptureStory) => string;

const confidence = {
  proven: say.finding.proven,
  likely: say.finding.likely,
  possible: say.finding.possible,
} as const;

/** Characters of whole outputs. */
const mostOutputs = 3200;

/** The verdict, its proof, this node beside a healthy one, and what was ruled out or not seen. */
export function finding(message: FindingMessage, ladder: Ladder, style: Style): Rendering {
  const { statement, confidence: sure, residue } = message.finding;
  const drawn = message.story === null ? '' : ladder(message.story);
  const above = [rich(...lines(verdict(statement), ...proof(message, confidence[sure]), next(message)))];
  const packets: KnownBlock[] = [
    ...(drawn === '' ? [] : [rich(preformatted(drawn, 2000))]),
    ...(residue.length === 0 ? [] : [rich(section(...text(say.finding.residue)), bullets(residue.map(text), 800))]),
  ];
  const below: KnownBlock[] = [
    ...path(message.path, style),
    ...seen(message.ruledOut, message.unseen, style),
    ...buttons(message.buttons ?? []),
  ];
  const room = mostCharacters - characters([above, packets, below]);
  const whole = outputs(message.outputs, Math.min(mostOutputs, Math.floor(room / 2)), style);
  const compared = evidence(message, Math.min(room - characters(whole), 9000), style);
  return {
    text: fallback(
      `${inert(message.subject)}: ${statement}`,
      confidence[sure],
      message.proof === null ? '' : plain(message.proof),
    ),
    blocks: [...above, ...compared, ...packets, ...whole, ...below],
  };
}

/** The first sentence stands out. */
function verdict(statement: string): RichTextElement[] {
  const clean = clip(statement, 800);
  const end = /[.!?](?=\s)/.exec(clean);
  const first = end === null ? clean.length : end.index + 1;
  return [...strong(clean.slice(0, first) || say.finding.untitled), ...text(clean.slice(first))];
}

/** How sure, what was counted, and where the packets are. */
function proof(message: FindingMessage, sure: string): RichTextElement[][] {
  const counted = message.proof === null ? text('.') : [...text(' · '), ...words(message.proof, 800)];
  const files = message.captures.flatMap((capture, i) => [
    ...text(i === 0 ? say.finding.captures : ', '),
    ...code(capture.file, 60),
    ...text(` (${packets(capture.packets)}${capture.gap === undefined ? '' : say.finding.notWhole})`),
  ]);
  return [[...strong(sure), ...counted], limited(files, 400)];
}

function next({ next }: FindingMessage): RichTextElement[] {
  return next === undefined ? [] : [...strong(say.finding.next), ...words(next, 300)];
}

function packets(number: number): string {
  return say.finding.packets(number);
}
