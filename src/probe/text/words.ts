import { refuse, wordsOf } from './lines.ts';

/** Reads a line word by word; whatever is missing or not expected ends in Unparsable with the whole line. */
export class Words {
  readonly line: string;
  readonly #words: readonly string[];
  #at = 0;

  constructor(line: string, text: string = line) {
    this.line = line;
    this.#words = wordsOf(text);
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  /** The word ahead, not taken; an empty string at the end. */
  get ahead(): string {
    return this.#words[this.#at] ?? '';
  }

  /** Takes a word. `after` says what it belongs to, for the refusal. */
  take(after: string): string {
    const word = this.#words[this.#at];
    if (word === undefined) return refuse(`nothing after ${after}`, this.line);
    this.#at += 1;
    return word;
  }

  /** Takes a whole number. */
  number(after: string): number {
    const word = this.take(after);
    if (!/^\d{1,20}$/.test(word)) refuse(`no number after ${after}`, this.line);
    return Number(word);
  }

  /** Takes the rest as it is. */
  rest(): string[] {
    const rest = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return rest;
  }

  refuse(what: string): never {
    return refuse(what, this.line);
  }
}
