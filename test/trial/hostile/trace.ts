import { readFileSync } from 'node:fs';

/** One program that was started, as strace saw it. */
export interface Started {
  readonly program: string;
  readonly argv: readonly string[];
}

/** The programs of a trace of execve that were found; words with bytes that strace escapes keep their escapes. */
export function programsIn(trace: string): readonly Started[] {
  const found = trace.split('\n').filter((line) => !line.includes(') = -1 '));
  return [...found.join('\n').matchAll(/execve\("([^"]+)", \[(.*?)\], 0x/g)].map(([, program = '', words = '']) => ({
    program,
    argv: [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word),
  }));
}

/** The pid of the sshd that these processes, or what they have started, listen with. Throws where there is none. */
export function sshdUnder(roots: readonly string[]): string {
  const seen = new Set<string>();
  const left = [...roots];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sshd') return pid;
    left.push(...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean));
  }
  throw new Error(`no sshd is among the processes ${roots.join(', ')}`);
}
