/** Where text goes. `columns` may be asked again and again: people resize their windows. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Absent or 0: 80. */
  readonly columns?: number | (() => number | undefined);
  readonly isTTY: boolean;
  readonly colour: boolean;
}

/** Lines that stay; below them, on a TTY, one block and a prompt that are rewritten in place. */
export interface Bottom {
  print(lines: readonly string[]): void;
  /** Replaces the block. Nothing to see on anything but a TTY. */
  setBlock(lines: readonly string[]): void;
  /** Lets the block stay where it is and starts without one. */
  settle(): void;
  /** Asks: the cursor waits behind these words. */
  ask(prompt: string): void;
  /** The person has pressed Enter behind the prompt, or has gone. */
  answered(): void;
}

/** The impure part: everything that moves the cursor. Cursor up and erase below: ECMA-48 8.3.22 and 8.3.39. */
export function bottom(screen: Screen): Bottom {
  return screen.isTTY ? rewriting(screen) : appending(screen);
}

function rewriting({ write }: Screen): Bottom {
  let block: readonly string[] = [];
  let prompt = '';
  const redraw = (from: number, lines: readonly string[]): void => {
    const up = from === 0 ? '\r' : `\r\u001b[${from}A`;
    write(`${up}\u001b[0J${[...lines, ...block].map((line) => `${line}\n`).join('')}${prompt}`);
  };
  return {
    print: (lines) => redraw(block.length, lines),
    setBlock: (lines) => {
      const from = block.length;
      block = lines;
      redraw(from, []);
    },
    settle: () => {
      block = [];
    },
    ask: (words) => {
      prompt = words;
      redraw(block.length, []);
    },
    answered: () => {
      prompt = '';
      // Enter moved the cursor one line below the prompt.
      redraw(block.length + 1, []);
    },
  };
}

function appending({ write }: Screen): Bottom {
  return {
    print: (lines) => write(lines.map((line) => `${line}\n`).join('')),
    setBlock: () => {},
    settle: () => {},
    ask: (words) => write(`${words}\n`),
    answered: () => {},
  };
}

/** Columns of the screen now. */
export function widthOf({ columns }: Screen): number {
  return (typeof columns === 'function' ? columns() : columns) || 80;
}
