import { spawn } from 'node:child_process';

/** What a command left behind. `exit` is null when a signal ended it; `timedOut` says that the signal was ours. */
export interface Ran {
  exit: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface RunOptions {
  /** Bytes for stdin; without it stdin is empty. */
  input?: string;
  /** Milliseconds until the whole process group is killed; 30 s unless told. */
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
}

/** Runs argv to its end, never through a shell. Rejects only when the program cannot be started. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [program, ...rest] = argv;
  if (program === undefined) return Promise.reject(new Error('an empty argv cannot be run'));
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: 'pipe', detached: true, env: options.env ?? process.env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const deadline = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) killGroup(child.pid);
    }, options.timeoutMs ?? 30_000);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.on('close', (exit) => {
      clearTimeout(deadline);
      resolve({ exit, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), timedOut });
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Like `run`, but anything other than exit 0 is an error whose sentence names the command and what it complained about. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(argv, options);
  if (ran.exit === 0) return ran.stdout;
  const how = ran.timedOut ? 'did not end in time' : `ended with ${ran.exit ?? 'a signal'}`;
  const complaint = ran.stderr.trim() || ran.stdout.trim();
  throw new Error(`\`${argv.join(' ')}\` ${how}${complaint ? `: ${complaint}` : ''}`);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group ended between the deadline and the signal.
  }
}
