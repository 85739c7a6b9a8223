import { type Chapter, chaptersOf } from './chapter.ts';
import { columnsOf } from './column.ts';
import { drawFrame, frameOf, MARGIN, WIDTH } from './frame.ts';
import { INK } from './ink.ts';
import { sized, wrapped } from './letters.ts';
import { cross, question, tick } from './mark.ts';
import { drawRow, heightOf } from './row.ts';
import { element, words } from './svg.ts';
import { caption, counted, type Drawable, headline } from './words.ts';

export { type Drawable, pictureWords } from './words.ts';

/** Twice what a phone is wide, so that its sharper dots are used. */
const SCALE = 2;
const HEADLINE = [19, 18, 17, 16] as const;
const CAPTION = { size: 14, bold: false };
const SMALL = { size: 13, bold: true };
const MOST_CHAPTERS = 3;
const TEXT = WIDTH - 2 * MARGIN;

/**
 * The story as a picture, as SVG text: a column for the sender, for each watched device (at most four) and for the target, an
 * arrow for each kind of packet in time order with a dot where it was seen, dashed with a cross where it is missing. Flows that
 * fared alike are drawn once with their number. 720 wide, meant to be read at 360; drawn with DejaVu Sans Condensed alone. The
 * same story gives the same bytes. `null` where nothing was sent or watched.
 */
export function picture(drawable: Drawable): string | null {
  const { story, sent } = drawable;
  if (story.sent === 0 || story.points.length === 0) return null;
  const columns = columnsOf(story, sent);
  const frame = frameOf(columns);
  const parts: string[] = [];
  let y = MARGIN + 20;
  const title = headline(story);
  const face = sized(title, true, TEXT - 26, HEADLINE);
  parts.push(fateMark(drawable, y - 7), words(title, { x: MARGIN + 26, y }, face, INK.text));
  for (const line of wrapped(caption(drawable), CAPTION, TEXT, 5)) {
    y += 19;
    parts.push(words(line, { x: MARGIN, y }, CAPTION, INK.text));
  }
  const top = y + 12;
  y = top + frame.head;
  const chapters = chaptersOf(story, sent, columns);
  const rows: string[] = [];
  for (const { count, passages } of chapters.slice(0, MOST_CHAPTERS)) {
    if (chapters.length > 1) {
      y += 18;
      rows.push(words(`${count} of ${story.sent}`, { x: MARGIN + 2, y }, SMALL, INK.text));
    }
    for (const passage of passages) {
      rows.push(drawRow(passage, frame, y));
      y += heightOf(passage);
    }
  }
  const bottom = y + 4;
  y = bottom + 12;
  const foot = [...counted(drawable), ...left(drawable, columns.length, chapters.slice(MOST_CHAPTERS))];
  const below: string[] = [];
  for (const line of foot.flatMap((sentence) => wrapped(sentence, SMALL, TEXT, 2))) {
    y += 17;
    below.push(words(line, { x: MARGIN, y }, SMALL, INK.text));
  }
  return card(y + MARGIN, [...parts, drawFrame(columns, frame, top, bottom), ...rows, ...below]);
}

function fateMark({ story }: Drawable, y: number): string {
  const at = { x: MARGIN + 9, y };
  if (story.fate === 'answered') return tick(at, 10);
  return story.unseen !== undefined ? question(at, 10) : cross(at, 10);
}

/** What there was no room for. */
function left({ story }: Drawable, columns: number, chapters: readonly Chapter[]): string[] {
  const points = story.points.length - (columns - 2);
  const others = chapters.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(points > 0 ? [`${points} more ${points === 1 ? 'device' : 'devices'} watched, not drawn`] : []),
    ...(others > 0 ? [`${others} of ${story.sent} fared otherwise, not drawn`] : []),
  ];
}

function card(height: number, parts: readonly string[]): string {
  const whole = { x: 0, y: 0, width: WIDTH, height, fill: INK.card };
  const border = { x: 0.75, y: 0.75, width: WIDTH - 1.5, height: height - 1.5, fill: 'none' };
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: WIDTH * SCALE,
      height: height * SCALE,
      viewBox: `0 0 ${WIDTH} ${height}`,
    },
    [element('rect', whole), ...parts, element('rect', { ...border, stroke: INK.border, 'stroke-width': 1.5 })].join(
      '',
    ),
  );
}
