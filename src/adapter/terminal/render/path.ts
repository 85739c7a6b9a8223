import type { Hop } from '../../../model/index.ts';
import { behind } from '../block.ts';
import { code, type Line, type Piece, say } from '../piece.ts';

const SIGNS: Readonly<Record<Hop['fits'], Piece>> = {
  yes: say('✓ ', 'good'),
  no: say('✗ ', 'bad'),
  unknown: say('? ', 'warn'),
};

/** The way of the packets as the kernels decide it, each decision with its command and its line; nothing where none was asked. */
export function renderPath(hops: readonly Hop[] | undefined, width: number): readonly Line[] {
  if (hops === undefined || hops.length === 0) return [];
  return [
    [],
    [say('Path as the kernels see it', 'strong')],
    ...hops.flatMap((hop, at) => [...heading(hop, hops[at - 1]), ...decision(hop, width)]),
  ];
}

function heading({ way }: Hop, before: Hop | undefined): readonly Line[] {
  return before?.way === way ? [] : [[say(way === 'there' ? '  There' : '  And back', 'dim')]];
}

function decision({ node, about, command, line, fits, says }: Hop, width: number): readonly Line[] {
  return [
    ...behind([say('  '), SIGNS[fits]], [code(node), say(` ${about}`)], width),
    ...(command === null ? [] : behind([say('    '), say('$ ', 'dim')], [code(command)], width)),
    ...(line === null ? [] : behind([say('    ')], [code(line.trim())], width)),
    ...(says === '' ? [] : behind([say('    ')], [say(says, fits === 'no' ? 'strong' : 'plain')], width)),
  ];
}
