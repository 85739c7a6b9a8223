import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { writePidFile } from './pid-file.ts';

/** A process that outlives us: `name.pid` and `name.log` go into the directory. */
export interface Daemon {
  name: string;
  argv: readonly string[];
  directory: string;
}

/** Daemons see nothing of our environment: a node must not know the tokens of the shell that started it. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

/**
 * Starts a daemon and resolves with its pid once it writes a line to file descriptor 3. Rejects, with the end of its log,
 * when it ends before that or is silent for 10 s.
 */
export async function startDaemon(daemon: Daemon): Promise<number> {
  const [program, ...rest] = daemon.argv;
  if (program === undefined) throw new Error(`the daemon ${daemon.name} has an empty argv`);
  const logFile = `${daemon.directory}/${daemon.name}.log`;
  const log = openSync(logFile, 'a');
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    env,
    cwd: '/',
  });
  closeSync(log);
  if (child.pid !== undefined) writePidFile(`${daemon.directory}/${daemon.name}.pid`, child.pid);
  const readiness = child.stdio[3] as Readable;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => {
        const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join(' | ');
        reject(new Error(`${daemon.name} ${why}; the end of ${logFile} says: ${tail || 'nothing'}`));
      };
      const deadline = setTimeout(() => fail('was not ready after 10 s'), 10_000);
      deadline.unref();
      const settled = (act: () => void) => () => {
        clearTimeout(deadline);
        act();
      };
      child.once('error', (error) => settled(() => fail(`could not be started (${error.message})`))());
      child.once(
        'exit',
        settled(() => fail('ended before it was ready')),
      );
      readiness.once('data', settled(resolve));
    });
  } finally {
    readiness.destroy();
    child.removeAllListeners();
    child.unref();
  }
  if (child.pid === undefined) throw new Error(`${daemon.name} has no pid`);
  return child.pid;
}
