import type { KnownNode } from '../../model/index.ts';
import { sha256 } from '../../model/index.ts';
import type { Clock, Desk } from '../../port.ts';

/** How long a list of nodes may be relied on when somebody chooses from it; what is started is looked up anew. */
const freshMs = 30_000;
/** Most options that Slack takes in one answer, and characters of an option's value. */
const mostOptions = 100;
const mostValue = 75;

/** The nodes that people choose from, asked for at most once at a time. */
export class NodeList {
  readonly #nodes: Desk['nodes'];
  readonly #clock: Clock;
  #kept: { readonly at: number; readonly nodes: readonly KnownNode[] } | null = null;
  #asking: Promise<void> | null = null;

  constructor(nodes: Desk['nodes'], clock: Clock) {
    this.#nodes = nodes;
    this.#clock = clock;
  }

  /** Every node; after `mostMs` the ones of last time, and null when there are none. Never throws. */
  async within(mostMs: number): Promise<readonly KnownNode[] | null> {
    if (this.#kept === null || this.#clock.now() - this.#kept.at > freshMs) {
      const enough = new AbortController();
      await Promise.race([this.#ask(), this.#clock.sleep(mostMs, enough.signal)]);
      enough.abort();
    }
    return this.#kept?.nodes ?? null;
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#refresh().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** What the cluster does not say now may be had a moment later: the desk tells why. */
  async #refresh(): Promise<void> {
    try {
      const { nodes, silent } = await this.#nodes();
      if (nodes.length > 0 || silent.length === 0) this.#kept = { at: this.#clock.now(), nodes };
    } catch {
      return;
    }
  }
}

/** At most 100 nodes whose names hold what was typed: first those that begin with it, and of these the ones not ready. */
export function suggested(nodes: readonly KnownNode[], typed: string): readonly KnownNode[] {
  const part = typed.trim().toLowerCase();
  const rank = ({ name, ready }: KnownNode): number => (name.startsWith(part) ? 0 : 2) + (ready ? 1 : 0);
  return nodes
    .filter(({ name }) => name.includes(part))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, mostOptions);
}

/** A node's name as the value of an option: a long one is replaced by its hash. */
export function optionValue(name: string): string {
  return name.length <= mostValue ? name : `sha256:${sha256(name).slice(0, 40)}`;
}

/** Whether an option's value is a hash instead of a name. */
export function isHashed(value: string): boolean {
  return value.startsWith('sha256:');
}

/** The name that an option's value stands for; null when no node has it any more. */
export function fromOption(value: string, nodes: readonly KnownNode[] | null): string | null {
  if (!isHashed(value)) return value;
  return nodes?.find(({ name }) => optionValue(name) === value)?.name ?? null;
}
