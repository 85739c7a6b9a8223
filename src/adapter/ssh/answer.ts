import { createGunzip, type Gunzip } from 'node:zlib';
import { FrameReader } from './frame.ts';
import type { SectionHead } from './section.ts';

/** Bytes that a login shell's start files may print before our first line. */
const longestGreeting = 65_536;

/** Why a batch gave no sections at all, as its first line says. */
export type Announced = 'gzip' | 'plain' | 'no-timeout' | 'no-directory';

/** Decodes what a batch writes: greeting, one line that announces the form, then frames, plain or gzipped. */
export class AnswerReader {
  readonly #marker: string;
  readonly #frames: FrameReader;
  readonly #onBroken: (error: Error) => void;
  #greeting = Buffer.alloc(0);
  #gunzip: Gunzip | null = null;
  announced: Announced | null = null;

  constructor(
    nonce: string,
    onSection: (head: SectionHead, stdout: Uint8Array, stderr: Uint8Array) => void,
    onBroken: (error: Error) => void,
  ) {
    this.#marker = `\n${nonce} `;
    this.#frames = new FrameReader(onSection);
    this.#onBroken = onBroken;
  }

  push(chunk: Buffer): void {
    if (this.announced !== null) {
      this.#feed(chunk);
      return;
    }
    this.#greeting = Buffer.concat([this.#greeting, chunk]);
    const start = this.#greeting.indexOf(this.#marker);
    const end = start === -1 ? -1 : this.#greeting.indexOf(0x0a, start + 1);
    if (end === -1) {
      if (this.#greeting.length > longestGreeting) this.#onBroken(new TypeError('the login prints without end'));
      return;
    }
    const form = this.#greeting.toString('latin1', start + this.#marker.length, end);
    if (form !== 'gzip' && form !== 'plain' && form !== 'no-timeout' && form !== 'no-directory') {
      this.#onBroken(new TypeError('the answer announces an unknown form'));
      return;
    }
    this.announced = form;
    if (form === 'gzip') this.#gunzip = this.#unpacker();
    this.#feed(this.#greeting.subarray(end + 1));
  }

  /** Resolves when everything pushed so far was decoded. */
  async end(): Promise<void> {
    const gunzip = this.#gunzip;
    if (gunzip === null || gunzip.closed || gunzip.destroyed) return;
    await new Promise<void>((resolve) => {
      gunzip.once('close', resolve).once('end', resolve);
      gunzip.end();
    });
  }

  #feed(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.#gunzip !== null) {
      if (!this.#gunzip.destroyed) this.#gunzip.write(chunk);
    } else this.#frame(chunk);
  }

  #frame(chunk: Buffer): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      this.#gunzip?.destroy();
      this.#onBroken(error instanceof Error ? error : new TypeError('the answer is not in frames'));
    }
  }

  #unpacker(): Gunzip {
    const gunzip = createGunzip();
    gunzip.on('data', (bytes: Buffer) => this.#frame(bytes));
    gunzip.on('error', (error) => this.#onBroken(error));
    return gunzip;
  }
}
