import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { askChoice, terminalThread } from '../adapter/terminal/index.ts';
import { ladder } from '../capture/index.ts';
import type { IncidentState, Message } from '../model/index.ts';
import type { Thread } from '../port.ts';
import { suggest } from '../playbook/index.ts';
import { bundle, desk, startWorker } from '../shell/index.ts';
import type { Workplace } from '../shell/index.ts';
import { document, EXIT, exitStatus } from './document.ts';

/** Input and output of a command. */
export interface Console {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
}

/** What `diagnose` was asked for. */
export interface DiagnoseRequest {
  readonly node: string;
  readonly symptom: string | undefined;
  readonly answers: ReadonlyMap<string, string>;
  readonly json: boolean;
  /** File to write the incident's bundle to. */
  readonly bundle: string | undefined;
}

/** Reads the arguments of `diagnose`; a sentence where they are wrong. */
export function diagnoseRequest(args: readonly string[]): DiagnoseRequest | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        symptom: { type: 'string' },
        answer: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        bundle: { type: 'string' },
      },
    });
    const [node, ...more] = positionals;
    if (node === undefined || node.trim() === '' || more.length > 0) return 'diagnose wants exactly one node name.';
    if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(node))
      return 'That is not a node name: lower-case letters, digits, "-" and "." only.';
    const answers = new Map<string, string>();
    for (const given of values.answer ?? []) {
      const [question, choice] = given.split('=', 2);
      if (question === undefined || choice === undefined) return '--answer wants QUESTION=CHOICE.';
      answers.set(question, choice);
    }
    return {
      node,
      symptom: values.symptom ?? answers.get('symptom'),
      answers,
      json: values.json ?? false,
      bundle: values.bundle,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Diagnoses one node from the terminal: the same core, the terminal as thread, nothing changed. Gives the exit status. */
export async function diagnose(
  request: DiagnoseRequest,
  ports: Omit<Workplace, 'thread'>,
  { out, err, input }: Console,
): Promise<number> {
  const known = [...ports.house.playbooks.keys()];
  if (request.symptom !== undefined && !known.includes(request.symptom)) {
    const near = suggest(request.symptom, known);
    err.write(
      `No symptom is called ${JSON.stringify(request.symptom)}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `. There are: ${known.join(', ')}.`}\n`,
    );
    return EXIT.usage;
  }
  const began = ports.clock.now();
  const person = userInfo().username;
  const by = { id: `terminal:${person}`, name: person };
  const place = { team: 'terminal', channel: 'terminal', thread: null };
  const finished = Promise.withResolvers<IncidentState>();
  const files = join(tmpdir(), `netdiag-${ports.ids.token().slice(0, 8)}`);
  const lines = request.json ? null : createInterface({ input, terminal: false });
  const typed = lines?.[Symbol.asyncIterator]();
  const terminal = terminalThread({
    write: (text) => void (request.json ? 0 : out.write(text)),
    columns: () => out.columns,
    isTTY: out.isTTY && !request.json,
    colour: out.isTTY && !request.json,
    ladder,
    save: async (name, bytes) => saveFile(files, name, bytes),
  });
  const press = (token: string): void => void counter.press({ key: ports.ids.token(), token, by, place });
  const thread: Thread = {
    ...terminal,
    async show(at, slot, message, previous) {
      const ref = await terminal.show(at, slot, message, previous);
      void answer(message).catch((error: unknown) => finished.reject(error));
      return ref;
    },
  };
  const put = new Set<string>();
  /** Answers a question from the arguments, or asks the person; ends what nobody can answer. */
  async function answer(message: Message): Promise<void> {
    if (
      message.is !== 'question' ||
      message.answered !== undefined ||
      message.buttons.length === 0 ||
      put.has(message.question)
    )
      return;
    put.add(message.question);
    const given = request.answers.get(message.question);
    const choice =
      message.choices.find(({ id }) => id === given) ??
      (request.json || typed === undefined
        ? null
        : await askChoice(terminal, message.choices, async () => (await typed.next()).value ?? null));
    const button =
      choice === null ? undefined : message.buttons[message.choices.findIndex(({ id }) => id === choice.id)];
    if (button !== undefined) return press(button.token);
    finished.reject(
      new Unanswered(
        `The question "${message.question}" needs an answer: --answer ${message.question}=${message.choices.map(({ id }) => id).join('|')}`,
      ),
    );
  }
  const all: Workplace = {
    ...ports,
    thread,
    written: (state) => (state.outcome !== null || state.life === 'proposing' ? finished.resolve(state) : undefined),
  };
  const worker = startWorker(all);
  const counter = desk(all, { starters: [], channels: [] }, () => worker.nudge());
  try {
    const refusal = await counter.start({
      key: ports.ids.token(),
      node: request.node,
      by,
      place,
      ...(request.symptom === undefined ? {} : { symptom: request.symptom }),
    });
    if (refusal !== null) {
      err.write(`${refusal}\n`);
      return EXIT.usage;
    }
    const state = await finished.promise;
    const ms = ports.clock.now() - began;
    await worker.drain();
    if (request.json) {
      for (const { file, output } of state.watched?.captures ?? [])
        saveFile(files, file, (await ports.journal.bytes(output)) ?? new Uint8Array());
      out.write(
        `${JSON.stringify(
          document(state, ports.house, { ms }, (name) => join(files, name)),
          null,
          2,
        )}\n`,
      );
    }
    if (request.bundle !== undefined)
      writeFileSync(request.bundle, await bundle(ports.journal, state), { mode: 0o600 });
    return exitStatus(state);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    err.write(`${error.message}\n`);
    return EXIT.usage;
  } finally {
    lines?.close();
    await worker.stop();
  }
}

class Unanswered extends Error {}

function saveFile(directory: string, name: string, bytes: Uint8Array): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name.replaceAll(/[^A-Za-z0-9._-]/g, '_'));
  writeFileSync(path, bytes, { mode: 0o600 });
  return path;
}
