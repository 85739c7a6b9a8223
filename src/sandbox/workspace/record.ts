import type { JsonObject } from '../json.ts';

/** One call of the app: what it asked, and what it was told. */
export interface Call {
  readonly at: number;
  readonly method: string;
  readonly args: JsonObject;
  readonly ok: boolean;
  readonly status: number;
  readonly error?: string;
}

/** Something that real Slack would refuse, ignore or complain about. `error` should fail a test, `warning` should be looked at. */
export interface Violation {
  readonly at: number;
  readonly severity: 'error' | 'warning';
  readonly kind: string;
  readonly where: string;
  readonly detail: string;
}

/** Markup that arrived unescaped and is therefore alive: a mention that notifies, or a link that can be followed. */
export interface ActiveMarkup {
  readonly at: number;
  readonly where: string;
  readonly pointer: string;
  readonly kind: 'user' | 'broadcast' | 'group' | 'channel' | 'link';
  readonly target: string;
  /** The markup as it was written, with what stands around it. */
  readonly around: string;
}

const kept = 5000;

/** What the app did, newest last; the oldest entries fall out after 5,000. */
export class ActivityRecord {
  readonly calls: Call[] = [];
  readonly violations: Violation[] = [];
  readonly markup: ActiveMarkup[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  call(call: Omit<Call, 'at'>): void {
    keep(this.calls, { at: this.#now(), ...call });
  }

  violation(severity: Violation['severity'], kind: string, where: string, detail: string): void {
    keep(this.violations, { at: this.#now(), severity, kind, where, detail });
  }

  /** The methods that the app called and this workspace does not speak. */
  get unknownCalls(): string[] {
    return this.calls.filter((one) => one.error === 'unknown_method').map((one) => one.method);
  }

  active(where: string, found: readonly Omit<ActiveMarkup, 'at' | 'where'>[]): void {
    for (const one of found) keep(this.markup, { at: this.#now(), where, ...one });
  }

  clear(): void {
    this.markup.length = 0;
    this.calls.length = 0;
    this.violations.length = 0;
  }
}

function keep<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > kept) list.shift();
}
