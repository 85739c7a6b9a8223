import { sectionHead, type SectionHead } from './section.ts';

/** Reads frames as they arrive: each announces its sections with their lengths, then come the bytes, whatever they are. */
export class FrameReader {
  readonly #onSection: (head: SectionHead, stdout: Uint8Array, stderr: Uint8Array) => void;
  #chunks: Buffer[] = [];
  #held = 0;
  /** Heads of the frame at hand that were read; `null` between frames. */
  #heads: SectionHead[] | null = null;
  #expected = 0;

  constructor(onSection: (head: SectionHead, stdout: Uint8Array, stderr: Uint8Array) => void) {
    this.#onSection = onSection;
  }

  /** Takes the next bytes. Throws TypeError when they are no frame: then nothing after them can be trusted. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#step());
  }

  #step(): boolean {
    if (this.#heads === null) {
      const line = this.#line();
      if (line === null) return false;
      // No batch has more commands, and none sends an empty frame: those could come without end.
      const count = /^frame ([1-9]\d{0,3})$/.exec(line)?.[1];
      if (count === undefined) throw new TypeError('the answer is not in frames');
      this.#heads = [];
      this.#expected = Number(count);
      return true;
    }
    if (this.#heads.length < this.#expected) {
      const line = this.#line();
      if (line === null) return false;
      const head = sectionHead(line);
      if (head === null) throw new TypeError('a section of the answer has no proper head');
      this.#heads.push(head);
      return true;
    }
    const head = this.#heads[0];
    if (head === undefined) {
      this.#heads = null;
      return true;
    }
    const bytes = this.#take(head.stdout + head.stderr);
    if (bytes === null) return false;
    this.#heads.shift();
    this.#expected -= 1;
    this.#onSection(head, bytes.subarray(0, head.stdout), bytes.subarray(head.stdout));
    return true;
  }

  #line(): string | null {
    const held = this.#joined();
    const end = held.subarray(0, 128).indexOf(0x0a);
    if (end === -1) {
      if (held.length >= 128) throw new TypeError('the answer is not in frames');
      return null;
    }
    return this.#take(end + 1)?.toString('latin1', 0, end) ?? null;
  }

  #take(count: number): Buffer | null {
    if (this.#held < count) return null;
    const held = this.#joined();
    this.#chunks = [held.subarray(count)];
    this.#held -= count;
    return held.subarray(0, count);
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && first !== undefined) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}
