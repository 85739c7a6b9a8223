import { readFileSync } from 'node:fs';

/** A shell script of ours that runs on nodes, without its comments and indentation, so that a command line stays short. */
export function script(name: string): string {
  const text = readFileSync(new URL(`script/${name}.sh`, import.meta.url), 'utf8');
  return text
    .replaceAll(/^[ \t]*#.*\n/gm, '')
    .replaceAll(/^[ \t]+/gm, '')
    .replaceAll(/\n{2,}/g, '\n');
}
