import type { Attachment, LiveMessage, Message, MessageRef, Person, Step } from '../../model/index.ts';
import type { Thread } from '../../port.ts';
import { inert } from './inert.ts';
import { type Line, paint, say } from './piece.ts';
import { render, type RenderOptions } from './render/index.ts';
import { renderLiveHead, renderStep } from './render/live.ts';
import { type Bottom, bottom, type Screen, widthOf } from './screen.ts';
import { wrap } from './wrap.ts';

/** A terminal on which an incident is told. */
export interface TerminalThread extends Thread {
  /** Words behind which the cursor waits, until `answered`. */
  ask(prompt: string): void;
  answered(): void;
  /** One line of netdiag's own. */
  say(sentence: string): void;
}

export interface TerminalOptions extends Screen, Pick<RenderOptions, 'ladder'> {
  /** Puts an attached file somewhere and gives the path for people. Absent: files are only named. */
  readonly save?: (name: string, bytes: Uint8Array) => Promise<string>;
}

/**
 * The Thread port on a terminal. On a TTY the live message stays at the bottom and is rewritten in place until the
 * summary; elsewhere each step that changed is one line.
 */
export function terminalThread(options: TerminalOptions): TerminalThread {
  const below = bottom(options);
  const live = liveOn(below, options);
  let shown = 0;
  const print = (line: Line): void =>
    below.print(wrap(line, widthOf(options)).map((part) => paint(part, options.colour)));
  return {
    show: async (_place, _slot, message: Message, previous: MessageRef | null) => {
      if (message.is === 'live') live.tell(message);
      else {
        if (message.is === 'summary') live.settle();
        below.print([...render(message, widthOf(options), options), '']);
      }
      return previous ?? `terminal:${++shown}`;
    },
    attach: async (_place, files, bytes) => {
      for (const file of files) print(await attached(file, bytes, options.save));
    },
    whisper: async (_place, to: Person, sentence: string) => print([say(`(to @${to.name}) ${sentence}`)]),
    ask: (prompt) => below.ask(inert(prompt)),
    answered: () => below.answered(),
    say: (sentence) => print([say(sentence)]),
  };
}

async function attached(
  file: Attachment,
  bytes: (digest: string) => Promise<Uint8Array>,
  save: TerminalOptions['save'],
): Promise<Line> {
  const name = fileName(file.name);
  const where = save === undefined ? name : await save(name, await bytes(file.output));
  return [say('⇩ ', 'dim'), say(`${file.title}: ${where}`)];
}

/** A name that is one path component, no option and not hidden, whatever was asked for. */
export function fileName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^[.-]+/, '_');
  return plain.slice(0, 120) || '_';
}

interface Live {
  tell(message: LiveMessage): void;
  /** Leaves what is told so far where it is. */
  settle(): void;
}

/** Tells live messages: in place at the bottom of a TTY until they are settled, else one line for each changed step. */
function liveOn(below: Bottom, options: TerminalOptions): Live {
  const told = new Map<string, string>();
  let inPlace = options.isTTY;
  let begun = false;
  return {
    tell: (message) => {
      const width = widthOf(options);
      const changed = message.steps.filter((step) => told.get(step.id) !== fingerprint(step));
      for (const step of changed) told.set(step.id, fingerprint(step));
      if (inPlace) {
        below.setBlock(render(message, width, options));
        return;
      }
      const lines = [
        ...(begun || options.isTTY ? [] : renderLiveHead(message, width)),
        ...changed.filter((step) => step.state !== 'pending').flatMap((step) => renderStep(step, width)),
      ];
      begun = true;
      below.print(lines.map((line) => paint(line, options.colour)));
    },
    settle: () => {
      inPlace = false;
      below.settle();
    },
  };
}

function fingerprint({ label, state, detail }: Step): string {
  return JSON.stringify([label, state, detail ?? null]);
}
