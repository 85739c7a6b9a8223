import { parseJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';

/** The arguments of one call, whichever way they were sent. A form carries nested values as JSON text. */
export class Args {
  readonly #given: JsonObject;

  constructor(given: JsonObject) {
    this.#given = given;
  }

  get all(): JsonObject {
    return this.#given;
  }

  /** The argument as text; undefined when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#given[name];
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The argument as text; refuses as Slack does when it is absent. */
  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw invalidArguments([`missing required field: ${name}`]);
    return value;
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(this.text(name) ?? '');
  }

  /** The argument as a structure; undefined when absent, `malformed` refused when it is text but no JSON. */
  structure(name: string, malformed: string): unknown {
    const value = this.#given[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') return value;
    const parsed = parseJson(value);
    if (parsed === undefined) throw new Refusal(malformed);
    return parsed;
  }
}

/** Slack's answer to arguments that break its schema: the sentences are in `response_metadata.messages` only. */
export function invalidArguments(sentences: readonly string[]): Refusal {
  return new Refusal('invalid_arguments', {
    response_metadata: { messages: sentences.map((sentence) => `[ERROR] ${sentence}`) },
  });
}
