import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { IncidentState, Message, Offer } from '../../src/model/index.ts';
import type { Lab } from '../lab/index.ts';
import type { Ending, Said, Script } from './play.ts';

const PLAY = join(import.meta.dirname, 'play.ts');

/** A story that is being played by netdiag in a process of its own, inside the lab's controller. */
export interface Told {
  /** Resolves when a fix waits for the second person; never when none is offered. */
  offered(): Promise<IncidentState>;
  /** The second person presses Approve on what is offered now. */
  approve(): void;
  ending(): Promise<Ending>;
  pid: number;
}

/** Plays a story in a lab. */
export function tell(lab: Lab, script: Script): Told {
  const child = lab.spawnInController([process.execPath, PLAY, JSON.stringify(script)]);
  const { stdin, stdout, stderr, pid } = child;
  if (stdin === null || stdout === null || stderr === null || pid === undefined)
    throw new Error('netdiag did not start');
  const offers: IncidentState[] = [];
  const waiting: ((state: IncidentState) => void)[] = [];
  const ended = Promise.withResolvers<Ending>();
  ended.promise.catch(() => undefined);
  let complaint = '';
  stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  stdin.on('error', () => undefined);
  createInterface({ input: stdout }).on('line', (line) => {
    // A process that is killed while it speaks does not end its line.
    const said = parsed(line);
    if (said === null) return undefined;
    if ('ending' in said) return ended.resolve(said.ending);
    const next = waiting.shift();
    if (next === undefined) offers.push(said.offered);
    else next(said.offered);
    return undefined;
  });
  child.on('close', (status) => ended.reject(new Error(`netdiag ended with ${String(status)}: ${complaint}`)));
  return {
    pid,
    offered: async () =>
      offers.shift() ??
      Promise.race([
        new Promise<IncidentState>((resolve) => waiting.push(resolve)),
        ended.promise.then(({ state }) => {
          throw new Error(`no fix was offered; it ended as ${String(state.outcome)}: ${state.troubles.join(' ')}`);
        }),
      ]),
    approve: () => void stdin.write('approve\n'),
    ending: () => ended.promise,
  };
}

function parsed(line: string): Said | null {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return null;
  }
}

/** The offer of that letter that waits for an approval. Throws when there is none. */
export function waitingOffer(state: IncidentState, letter = 'A'): Offer {
  const offer = state.offers.find((one) => one.state === 'waiting' && one.letter === letter);
  if (offer === undefined) throw new Error(`Fix ${letter} does not wait for an approval`);
  return offer;
}

/** All words of a message in reading order, as plain text. */
export function textOf(message: Message | undefined): string {
  const words = (part: unknown): string[] => {
    if (typeof part !== 'object' || part === null) return [];
    if (Array.isArray(part)) return part.flatMap(words);
    return Object.entries(part).flatMap(([name, value]) =>
      ['text', 'strong', 'code'].includes(name) && typeof value === 'string' ? [value] : words(value),
    );
  };
  return words(message).join('');
}
