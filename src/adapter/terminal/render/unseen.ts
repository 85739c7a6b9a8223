import type { Missing } from '../../../model/index.ts';
import { section } from '../block.ts';
import { type Line, say } from '../piece.ts';

/** What was ruled out, and what could not be seen and why, each with its number. */
export function renderRest(
  { ruledOut, unseen }: { readonly ruledOut: readonly string[]; readonly unseen: readonly Missing[] },
  width: number,
): readonly Line[] {
  const out = ruledOut.length === 0 ? [] : [[say(ruledOut.join(' · '))]];
  return [
    ...section(`Ruled out (${ruledOut.length})`, out, width),
    ...section(
      `Could not see (${unseen.length})`,
      unseen.map(({ node, gap, detail }) => [say(`${detail} (${node}: ${gap})`)]),
      width,
    ),
  ];
}
