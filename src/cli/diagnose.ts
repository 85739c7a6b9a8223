import { writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { terminalThread } from '../adapter/terminal/index.ts';
import { ladder } from '../capture/index.ts';
import type { IncidentState, Message } from '../model/index.ts';
import { suggest } from '../playbook/index.ts';
import type { Thread } from '../port.ts';
import { bundle, desk, startWorker } from '../shell/index.ts';
import type { Workplace } from '../shell/index.ts';
import { answering, Unanswered } from './answering.ts';
import type { DiagnoseRequest } from './diagnose-request.ts';
import { document, EXIT, exitStatus } from './document.ts';
import { folder } from './folder.ts';
import { heeding } from './silence.ts';

/** Input and output of a command. */
export interface Console {
  readonly out: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>;
  readonly err: Pick<NodeJS.WriteStream, 'write'>;
  readonly input: NodeJS.ReadableStream;
}

/** Diagnoses one node from the terminal: the same core, the terminal as thread, nothing changed. Gives the exit status. */
export async function diagnose(
  request: DiagnoseRequest,
  ports: Omit<Workplace, 'thread'>,
  { out, err, input }: Console,
): Promise<number> {
  const wrong = unknownSymptom(request.symptom, [...ports.house.playbooks.keys()]);
  if (wrong !== null) return complain(err, wrong);
  const { clock, ids, journal } = ports;
  const began = clock.now();
  const files = folder(join(tmpdir(), `netdiag-${ids.token().slice(0, 8)}`));
  const finished = Promise.withResolvers<IncidentState>();
  const lines = request.json ? null : createInterface({ input, terminal: false });
  const typed = lines?.[Symbol.asyncIterator]();
  const onScreen = out.isTTY && !request.json;
  const terminal = terminalThread({
    write: (text) => void (request.json || out.write(text)),
    columns: () => out.columns,
    isTTY: onScreen,
    colour: onScreen,
    ladder,
    save: async (name, bytes) => files.save(name, bytes),
  });
  const readLine = typed === undefined ? null : async () => (await typed.next()).value ?? null;
  const answer = answering(terminal, request.answers, readLine);
  const by = person();
  const place = { team: 'terminal', channel: 'terminal', thread: null };
  const respond = async (message: Message): Promise<void> => {
    const token = await answer(message);
    if (token !== null) await counter.press({ key: ids.token(), token, by, place });
  };
  const thread: Thread = {
    ...terminal,
    async show(at, slot, message, previous) {
      const ref = await terminal.show(at, slot, message, previous);
      respond(message).catch(finished.reject);
      return ref;
    },
  };
  const earlier = await journal.latest(MOST_KEPT);
  if (earlier.some(({ state }) => state.place.team !== 'terminal')) return complain(err, BOTS);
  const known = new Set(earlier.map(({ incident }) => incident));
  const written = (state: IncidentState): void => {
    if (known.has(state.id)) return;
    if (state.outcome !== null || state.life === 'proposing') finished.resolve(state);
  };
  const heeded = heeding(ports.sites);
  const workplace: Workplace = { ...ports, sites: heeded.sites, thread, written };
  const worker = startWorker(workplace);
  const counter = desk(workplace, { starters: [], channels: [] }, () => worker.nudge());
  try {
    const { node, symptom } = request;
    // What an earlier diagnosis in this journal left undone, such as an offer that has expired.
    if (known.size > 0) await worker.drain();
    const chosen = symptom === undefined ? {} : { symptom };
    const refusal = await counter.start({ key: ids.token(), node, by, place, ...chosen });
    if (refusal !== null) return complain(err, refusal, heeded.silent() ? EXIT.unseen : EXIT.usage);
    const state = await finished.promise;
    const timing = { ms: clock.now() - began };
    await worker.drain();
    if (request.json) {
      for (const { file, output } of state.watched?.captures ?? []) {
        files.save(file, (await journal.bytes(output)) ?? new Uint8Array());
      }
      const told = document(state, ports.house, timing, (name) => files.path(name));
      out.write(`${JSON.stringify(told, null, 2)}\n`);
    }
    if (request.journal !== undefined && !request.json && state.life === 'proposing')
      terminal.say(`Somebody else applies it: netdiag apply ${state.id.slice(0, 8)} FIX --journal FILE`);
    if (request.bundle !== undefined) writeFileSync(request.bundle, await bundle(journal, state), { mode: 0o600 });
    return exitStatus(state);
  } catch (error) {
    if (error instanceof Unanswered) return complain(err, error.message);
    throw error;
  } finally {
    lines?.close();
    await worker.stop();
  }
}

/** A journal that a terminal keeps holds few incidents. */
const MOST_KEPT = 1000;
const BOTS = 'That journal is the one of a bot, which works on it by itself: choose another file.';

function unknownSymptom(symptom: string | undefined, known: readonly string[]): string | null {
  if (symptom === undefined || known.includes(symptom)) return null;
  const near = suggest(symptom, known);
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `. There are: ${known.join(', ')}.`;
  return `No symptom is called ${JSON.stringify(symptom)}${hint}`;
}

function person(): { readonly id: string; readonly name: string } {
  const name = userInfo().username;
  return { id: `terminal:${name}`, name };
}

function complain(err: Console['err'], sentence: string, status: number = EXIT.usage): number {
  err.write(`${sentence}\n`);
  return status;
}
