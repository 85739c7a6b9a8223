import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../../src/model/index.ts';

const ROOT = join(import.meta.dirname, '../fixture');

/** One recorded output of a probe: `OS-OR-CNI--CASE.out`, and what reading it must give. */
export interface Recorded {
  readonly probe: string;
  readonly name: string;
  /** What the case shows: its name begins with one of these words. */
  readonly shows: string;
  readonly output: Output;
  /** The fact, or `{gap, detail}` where there is none. */
  readonly expected: unknown;
}

/** stdout from `.out`; exit status (first line) and stderr from `.err`, where it exists. */
export function recordedOutputs(probe: string): Recorded[] {
  const directory = join(ROOT, probe);
  if (!existsSync(directory)) return [];
  const cases = readdirSync(directory).filter((file) => file.endsWith('.out'));
  return cases.map((file) => {
    const path = join(directory, file.slice(0, -'.out'.length));
    const beside = existsSync(`${path}.err`) ? readFileSync(`${path}.err`, 'utf8') : 'exit 0\n';
    const [, exit, stderr = ''] = /^exit (\d+)\n([^]*)$/.exec(beside) ?? [];
    const name = file.slice(0, -'.out'.length);
    return {
      probe,
      name,
      shows: name.split('--')[1]?.split('-')[0] ?? '',
      output: outputOf(readFileSync(`${path}.out`), Number(exit), stderr),
      expected: JSON.parse(readFileSync(`${path}.json`, 'utf8')),
    };
  });
}

/** A whole output without any gap. */
export function outputOf(stdout: string | Uint8Array, exit = 0, stderr = ''): Output {
  const bytes = (text: string | Uint8Array) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);
  return { exit, stdout: bytes(stdout), stderr: bytes(stderr), timedOut: false, truncated: false, ms: 1 };
}
