import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import ssh2 from 'ssh2';
import type { ClientChannel } from 'ssh2';
import { AnswerReader } from '../../../src/adapter/ssh/answer.ts';
import { pinned } from '../../../src/adapter/ssh/algorithms.ts';

/** What the node said to one attempt: a section's stdout and stderr where the answer is framed, else all of it. */
export interface Said {
  readonly text: string;
  readonly exit: number | null;
}

/** Somebody with one of netdiag's keys and a client of their own, which keeps to none of netdiag's rules. */
export interface Intruder {
  /** One request; `input` goes in as it is, piece by piece with a pause where it is a list. */
  ask(command: string, input?: string | readonly string[]): Promise<Said>;
  /** A framed request: these lines, then whatever follows. */
  batch(lines: readonly string[], rest?: string, nonce?: string): Promise<Said>;
  /** Everything but a command: a shell, a terminal, sftp, a forwarded port either way. The way's own refusal, or what it said. */
  other(way: (typeof WAYS)[number]): Promise<Said>;
  close(): void;
}

export const WAYS = ['shell', 'terminal', 'sftp', 'forward', 'listen', 'x11'] as const;
const PATIENCE_MS = 45_000;
const DRIP_MS = 700;

/** Logs in at a loopback door. */
export async function intrude(port: number, privateKey: Buffer): Promise<Intruder> {
  const client = new ssh2.Client();
  client.setMaxListeners(0);
  client.on('error', () => undefined);
  const ready = once(client, 'ready');
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'root',
    privateKey,
    algorithms: pinned,
    hostVerifier: () => true,
  });
  await ready;

  const hear = (channel: ClientChannel, input: string | readonly string[], tell: (said: Said) => void): void => {
    const pieces: Buffer[] = [];
    let exit: number | null = null;
    const timer = setTimeout(() => channel.destroy(), PATIENCE_MS);
    const take = (chunk: Buffer) => pieces.push(chunk);
    channel.on('data', take).stderr.on('data', take);
    channel.on('exit', (code: number | null) => {
      exit = code;
    });
    channel.on('error', () => undefined);
    channel.once('close', () => {
      clearTimeout(timer);
      tell({ text: Buffer.concat(pieces).toString('latin1'), exit });
    });
    if (typeof input === 'string') channel.end(input, 'latin1');
    else drip(channel, input);
  };

  const ask = (command: string, input: string | readonly string[] = ''): Promise<Said> =>
    new Promise((resolve) => {
      client.exec(command, (error, channel) => {
        if (error) resolve({ text: error.message, exit: null });
        else hear(channel, input, resolve);
      });
    });

  return {
    ask,
    async batch(lines, rest = '', nonce = randomBytes(16).toString('hex')) {
      const { text, exit } = await ask(`netdiag batch ${nonce} 150`, `${lines.join('\n')}\nend\n${rest}`);
      const sections: string[] = [];
      const keep = (_: unknown, stdout: Uint8Array, stderr: Uint8Array) => {
        sections.push(Buffer.from(stdout).toString('latin1'), Buffer.from(stderr).toString('latin1'));
      };
      const reader = new AnswerReader(nonce, keep, () => undefined);
      reader.push(Buffer.from(text, 'latin1'));
      if (reader.announced === null) return { text, exit };
      await reader.end();
      return { text: sections.join(''), exit };
    },
    other: (way) =>
      new Promise((resolve) => {
        const done = (error: Error | undefined, channel?: ClientChannel) => {
          if (error !== undefined || channel === undefined) resolve({ text: error?.message ?? 'nothing', exit: null });
          else hear(channel, 'id >/pwned\n', resolve);
        };
        switch (way) {
          case 'shell':
            return client.shell(false, done);
          case 'terminal':
            return client.shell({ term: 'xterm' }, done);
          case 'x11':
            return client.exec('id >/pwned', { x11: true }, done);
          case 'sftp':
            client.sftp((error) => resolve({ text: error?.message ?? 'sftp opened', exit: null }));
            return undefined;
          case 'forward':
            client.forwardOut('127.0.0.1', 1, '10.99.0.2', 22, (error) =>
              resolve({ text: error?.message ?? 'forwarded', exit: null }),
            );
            return undefined;
          case 'listen':
            client.forwardIn('0.0.0.0', 0, (error) => resolve({ text: error?.message ?? 'listens', exit: null }));
            return undefined;
        }
      }),
    close: () => client.end(),
  };
}

/** One piece after the other, with a pause before each. */
function drip(channel: ClientChannel, [piece, ...rest]: readonly string[]): void {
  if (piece === undefined) channel.end();
  if (piece === undefined || channel.destroyed || !channel.writable) return;
  channel.write(piece, 'latin1');
  setTimeout(() => drip(channel, rest), DRIP_MS);
}
