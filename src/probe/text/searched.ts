import { linesOf, refuse } from './lines.ts';

/** One line that a search found. */
export interface FoundLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** What a search saw: every file, also those without a match, and the matching lines in the order of each file. */
export interface Searched {
  /** Path and, for a symbolic link, its target; otherwise an empty string. */
  readonly files: ReadonlyMap<string, string>;
  readonly found: readonly FoundLine[];
}

/** argv that lists files and searches them in one process tree, without a shell. Directories that do not exist only add to stderr. */
export function searching(
  places: readonly string[],
  depth: number,
  tests: readonly string[],
  pattern: string,
): [string, ...string[]] {
  const listed = ['-maxdepth', String(depth), '!', '-xtype', 'd', ...tests, '-printf', 'file %p -> %l\\n'];
  return ['find', ...places, ...listed, '-exec', 'grep', '-HnE', '-D', 'skip', pattern, '{}', '+'];
}

/** Exit statuses of `searching` that carry an answer: find gives 1 when a directory is missing or grep found nothing. */
export const SEARCHED: readonly number[] = [0, 1];

/** Reads what `searching` printed. Throws Unparsable for other lines, and when something could not be opened. */
export function searched(text: string, complaints: string): Searched {
  const grave = linesOf(complaints).find((line) => !/^(find|grep): .*: No such file or directory$/.test(line));
  if (grave !== undefined) refuse('the search complained', grave);
  const files = new Map<string, string>();
  const matches: string[] = [];
  for (const line of text.split('\n')) {
    const [, path, target = ''] = /^file (\/.*) -> (.*)$/.exec(line) ?? [];
    if (path !== undefined) files.set(path, target);
    else if (line !== '') matches.push(line);
  }
  return { files, found: matches.map((line) => foundLine(line, files)) };
}

/** `PATH:LINE:TEXT`; a path may hold colons, so only one that was listed counts, and of several the longest. */
function foundLine(line: string, files: ReadonlyMap<string, string>): FoundLine {
  let found: FoundLine | null = null;
  for (let colon = line.indexOf(':'); colon >= 0 && colon < 4096; colon = line.indexOf(':', colon + 1)) {
    const file = line.slice(0, colon);
    const [, digits, text = ''] = files.has(file) ? (/^(\d{1,9}):(.*)$/.exec(line.slice(colon + 1)) ?? []) : [];
    if (digits !== undefined) found = { file, line: Number(digits), text };
  }
  return found ?? refuse('not a line of a listed file', line);
}
