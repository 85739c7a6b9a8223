/**
 * Advance widths in thousandths of the size, of U+0020 to U+007E and then of the three letters of `BEYOND`: DejaVu Sans
 * Condensed and its bold (dejavu-fonts-ttf 2.37). A picture is laid out here and drawn elsewhere, so both must know them.
 */
const REGULAR = [
  286, 360, 414, 754, 572, 855, 702, 247, 351, 351, 450, 754, 286, 325, 286, 303, 572, 572, 572, 572, 572, 572, 572,
  572, 572, 572, 303, 303, 754, 754, 754, 478, 900, 615, 617, 628, 693, 568, 518, 697, 677, 265, 265, 590, 501, 776,
  673, 708, 542, 708, 625, 571, 549, 659, 615, 890, 616, 549, 616, 351, 303, 351, 754, 450, 450, 551, 571, 495, 571,
  554, 316, 571, 570, 250, 250, 521, 250, 876, 570, 550, 571, 571, 370, 469, 353, 570, 532, 736, 532, 532, 472, 572,
  303, 572, 754, 900, 754, 286,
];
const BOLD = [
  313, 410, 469, 754, 626, 901, 785, 275, 411, 411, 470, 754, 342, 374, 342, 329, 626, 626, 626, 626, 626, 626, 626,
  626, 626, 626, 360, 360, 754, 754, 754, 522, 900, 696, 686, 660, 747, 615, 615, 738, 753, 334, 334, 697, 573, 896,
  753, 765, 659, 765, 693, 648, 614, 730, 696, 993, 694, 651, 652, 411, 329, 411, 754, 450, 450, 607, 644, 533, 644,
  610, 391, 644, 641, 308, 308, 598, 308, 938, 641, 618, 644, 644, 444, 536, 430, 641, 586, 831, 580, 586, 523, 641,
  329, 641, 754, 900, 754, 342,
];
const BEYOND = '…×·';

/** Text of one look. */
export interface Face {
  /** Height in the picture's units. */
  readonly size: number;
  readonly bold: boolean;
}

/**
 * What a picture may say: printable ASCII and `…×·`. Anything else, a control or bidirectional character above all, is one
 * `?` per character, so that no name can reorder or hide what stands beside it.
 */
export function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7E…×·]/gu, '?');
}

/** How wide plain text is drawn at most, in the picture's units. */
export function widthOf(text: string, { size, bold }: Face): number {
  const widths = bold ? BOLD : REGULAR;
  let sum = 0;
  for (const letter of text) {
    const beyond = BEYOND.indexOf(letter);
    sum += widths[beyond === -1 ? (letter.codePointAt(0) ?? 0) - 0x20 : 0x5f + beyond] ?? 1000;
  }
  return (sum * size) / 1000;
}

/** How many letters at the beginning of plain text are together no wider than `room`. */
function leading(text: string, face: Face, room: number): number {
  let left = room;
  for (let count = 0; count < text.length; count += 1) {
    left -= widthOf(text[count] ?? '', face);
    if (left < 0) return count;
  }
  return text.length;
}

/** Plain text that is no wider than `room`: shortened in the middle, where names differ least. */
export function fitted(text: string, face: Face, room: number): string {
  const whole = plain(text);
  if (widthOf(whole, face) <= room) return whole;
  const begin = whole.slice(0, leading(whole, face, (room - widthOf('…', face)) / 2));
  const backwards = whole.split('').toReversed().join('');
  const end = leading(backwards, face, room - widthOf(`${begin}…`, face));
  return `${begin}…${whole.slice(whole.length - end)}`;
}

/** The largest of these sizes at which plain text is no wider than `room`; the last one where none is. */
export function sized(text: string, bold: boolean, room: number, sizes: readonly [number, ...number[]]): Face {
  const size = sizes.find((size) => widthOf(text, { size, bold }) <= room) ?? sizes.at(-1) ?? sizes[0];
  return { size, bold };
}

/** A name on at most two lines that are no wider than `room`, broken behind a sign where that is possible. */
export function onTwoLines(name: string, face: Face, room: number): readonly string[] {
  const text = plain(name);
  if (widthOf(text, face) <= room) return [text];
  const most = leading(text, face, room);
  const sign = /^.*[-.:@_ ]/.exec(text.slice(0, most))?.[0].length ?? 0;
  const behind = widthOf(text.slice(sign), face) <= room && sign > 0 ? sign : most;
  return [text.slice(0, behind), fitted(text.slice(behind), face, room)];
}

/** Sentences on as many lines as they need, at most `lines`; the last one then ends with `…`. Words longer than a line are shortened. */
export function wrapped(text: string, face: Face, room: number, lines: number): readonly string[] {
  const full: string[] = [];
  let line = '';
  for (const word of plain(text)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => fitted(word, face, room))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer, face) <= room) line = longer;
    else {
      full.push(line);
      line = word;
    }
  }
  if (line !== '') full.push(line);
  if (full.length <= lines) return full;
  const last = full[lines - 1] ?? '';
  const kept = last.slice(0, leading(last, face, room - widthOf(' …', face)));
  const cut = kept.length === last.length ? kept.length : kept.lastIndexOf(' ');
  return [...full.slice(0, lines - 1), `${cut === -1 ? kept : kept.slice(0, cut)} …`];
}
