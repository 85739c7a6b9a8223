import type { CaptureRecord, CaptureStory, Evidence, FindingMessage, Line as Said } from '../../../model/index.ts';
import { behind, beside, section } from '../block.ts';
import { code, joined, type Line, rich, say } from '../piece.ts';
import { cut } from '../wrap.ts';
import { renderPath } from './path.ts';
import { renderRest } from './unseen.ts';

/** Below this width a node and its peer stand under each other. */
const BESIDE = 90;

/** The statement, the proof, the packets, what node and peer say side by side, and what was not seen. */
export function renderFinding(
  message: FindingMessage,
  width: number,
  ladder: ((story: CaptureStory) => string) | undefined,
): readonly Line[] {
  const { finding, proof, story, captures, evidence } = message;
  const packets = story === null || ladder === undefined ? [] : ladder(story).replace(/\n+$/, '').split('\n');
  return [
    ...behind([say('■ ', 'bad')], [say(finding.statement, 'strong'), say(` (${finding.confidence})`, 'dim')], width),
    ...section('Proof', proof === null ? [] : [rich(proof)], width),
    ...(packets.length === 0 ? [] : [[], ...packets.map((row) => cut([say('  '), say(row)], width))]),
    ...section('Captures', captures.map(captureLine), width),
    ...renderEvidence(message, evidence, width),
    ...renderPath(message.path, width),
    ...section(
      'Stays after the obvious fix',
      finding.residue.map((sentence) => [say(sentence)]),
      width,
    ),
    ...renderRest(message, width),
  ];
}

function captureLine({ file, packets, flows, gap }: CaptureRecord): Line {
  const whole = gap === undefined ? '' : `, not whole: ${gap}`;
  return [code(file), say(` — ${count(packets, 'packet')}, ${count(flows, 'flow')}${whole}`)];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function renderEvidence(
  { subject, peer }: FindingMessage,
  evidence: readonly Evidence[],
  width: number,
): readonly Line[] {
  if (evidence.length === 0) return [];
  const heading: Line = [say('Evidence', 'strong')];
  if (width < BESIDE) {
    return [[], heading, ...evidence.flatMap((row) => under(row, width))];
  }
  const names = peer === null ? null : [say(`healthy peer ${peer}`, 'strong')];
  return [
    [],
    heading,
    ...beside([say(subject, 'strong')], names, width),
    ...evidence.flatMap((row) => rowBeside(row, width)),
  ];
}

function rowBeside({ about, subject, peer, normal }: Evidence, width: number): readonly Line[] {
  return [
    ...behind([say('  ')], [say(normal === undefined ? about : `${about} (normal: ${normal})`, 'dim')], width),
    ...beside(asked(subject), peer === undefined ? null : asked(peer), width),
    ...beside([code(subject.line)], peer === undefined ? null : [code(peer.line)], width),
  ];
}

function under({ about, subject, peer, normal }: Evidence, width: number): readonly Line[] {
  const one = (line: Said, whose: string): readonly Line[] => [
    ...behind([say('    ')], joined([[say(`${line.node}${whose}`)], asked(line)], '  '), width),
    ...behind([say('      ')], [code(line.line)], width),
  ];
  return [
    ...behind([say('  ')], [say(normal === undefined ? about : `${about} (normal: ${normal})`, 'dim')], width),
    ...one(subject, ''),
    ...(peer === undefined ? [] : one(peer, ' (healthy peer)')),
  ];
}

function asked({ command }: Said): Line {
  return [say('$ ', 'dim'), code(command)];
}
