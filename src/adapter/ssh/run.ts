import { randomBytes } from 'node:crypto';
import type { Gap, Output } from '../../model/index.ts';
import type { Clock, Command } from '../../port.ts';
import { AnswerReader } from './answer.ts';
import { batch } from './batch.ts';
import { gateBatch } from './gate.ts';
import { ConnectionLost, type Connection } from './connection.ts';
import type { Exec } from './exec.ts';
import { gapOutput, sectionOutput } from './section.ts';

/** Milliseconds that the client waits beyond what the node allows: start-up, `timeout -k`, and the way back. */
const grace = 15_000;

/**
 * Runs commands on the node in one exec. Whatever goes wrong is a gap in the outputs that did not arrive: `timed-out` when
 * the client's own deadline or the signal ended the wait, `unreachable` when the connection was lost, `not-installed`
 * without `timeout` on the node, `denied` when the login gives no shell or the node no directory, `unparsable` when the
 * answer is not in frames. Outputs that had arrived are kept. Throws TypeError for an argv that no shell can carry.
 */
export async function runBatch(
  connection: Connection,
  clock: Clock,
  commands: readonly Command[],
  signal?: AbortSignal,
): Promise<readonly Output[]> {
  if (commands.length === 0) return [];
  const nonce = randomBytes(16).toString('hex');
  const gated = connection.identity?.gate !== undefined;
  const { command, input, budget } = gated ? gateBatch(commands, nonce) : batch(commands, nonce, connection.user);
  const outputs = new Map<number, Output>();
  const rest = (gap: Gap) => commands.map((_, index) => outputs.get(index) ?? gapOutput(gap));
  let exec: Exec;
  try {
    exec = await connection.exec(command);
  } catch (error) {
    if (error instanceof ConnectionLost) return rest('unreachable');
    throw error;
  }
  const { channel } = exec;
  const waiting = new AbortController();
  let gap: Gap | null = null;
  const stop = (why: Gap) => {
    gap ??= why;
    waiting.abort();
    channel.destroy();
  };
  const answer = new AnswerReader(
    nonce,
    (head, stdout, stderr) => {
      const asked = commands[head.index];
      if (asked === undefined || outputs.has(head.index))
        throw new TypeError('the answer has a section nobody asked for');
      const sudo = !gated && connection.user !== 'root' && asked.privileged !== false;
      outputs.set(head.index, sectionOutput(head, stdout, stderr, sudo));
      if (outputs.size === commands.length) waiting.abort();
    },
    () => stop(connection.lost ? 'unreachable' : 'unparsable'),
  );
  channel.on('data', (chunk: Buffer) => answer.push(chunk));
  channel.stderr.resume();
  channel.end(input ?? undefined);
  const onAbort = () => stop('timed-out');
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const forget = connection.whenLost(() => stop('unreachable'));
  const over = AbortSignal.any([waiting.signal, exec.closed]);
  await clock.sleep(budget * 1000 + grace, over);
  if (!over.aborted) stop('timed-out');
  await answer.end();
  forget();
  signal?.removeEventListener('abort', onAbort);
  return rest(gap ?? missing(answer.announced, connection.lost));
}

function missing(announced: AnswerReader['announced'], lost: boolean): Gap {
  if (lost) return 'unreachable';
  if (announced === 'no-timeout') return 'not-installed';
  if (announced === null || announced === 'no-directory') return 'denied';
  return 'unparsable';
}
