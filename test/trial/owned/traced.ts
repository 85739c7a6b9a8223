import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { programsIn, sshdUnder, type Started } from '../hostile/trace.ts';

const GATE = '/usr/local/sbin/netdiag-gate';
/** What the gate itself is made of. */
const OWN = new Set(
  'env sh mkdir flock stat grep cat tr wc head tail timeout gzip sed date rm ssh-keygen sleep id'.split(' '),
);

/** Every program that a sshd and whatever it starts run, until it is told to stop. */
export async function traced(strace: string, init: string): Promise<{ stop(): Promise<readonly Started[]> }> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-owned-'));
  const file = join(directory, 'trace');
  const argv = ['-f', '-s', '65536', '-e', 'trace=execve', '-e', 'signal=none', '-o', file, '-p', sshdUnder([init])];
  const tracer = spawn(strace, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  // It says which process it holds, and then that of each that is started.
  await once(tracer.stderr, 'data');
  tracer.stderr.resume();
  return {
    async stop() {
      const over = once(tracer, 'exit');
      tracer.kill('SIGTERM');
      await over;
      const started = programsIn(readFileSync(file, 'utf8'));
      rmSync(directory, { recursive: true, force: true });
      return started;
    },
  };
}

/** The programs of a trace that a gate which was only attacked has no reason to run, each once. */
export function foreign(started: readonly Started[]): readonly string[] {
  const odd = started.filter(({ program, argv }) => !expected(basename(program), argv));
  return [...new Set(odd.map(({ program, argv }) => `${program} was run as ${JSON.stringify(argv).slice(0, 200)}`))];
}

function expected(program: string, [, ...words]: readonly string[]): boolean {
  if (program.startsWith('sshd')) return true;
  if (program === 'bash') return words[0] === '-c' && /^\S+\/netdiag-gate (check|fix)$/.test(words[1] ?? '');
  if (program === 'netdiag-gate') return true;
  if (!OWN.has(program)) return false;
  if (program === 'sh') return words[0] === GATE;
  if (program === 'id') return words.join(' ') === '-u';
  if (program !== 'timeout')
    return !words.some((word) => word.includes('pwn') && !word.startsWith('SSH_ORIGINAL_COMMAND='));
  // What was asked for runs under `timeout -k 1 SECONDS`; the gate's own reading under `timeout 20 head`.
  const asked = words[0] === '-k' ? words.slice(3) : words.slice(1);
  return (
    asked[0] === 'head' || asked.join(' ') === 'id -u' || (asked[0] === 'sh' && asked[1] === GATE && asked[2] === 'do')
  );
}
