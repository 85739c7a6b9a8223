import type { Mark, Reading, Sent, StimulusPlan } from '../../model/index.ts';
import type { NodeSession } from '../../port.ts';
import type { Stimulus, Vantage } from '../../stimulus/index.ts';

/** Sends rounds of marked packets from one vantage, each by the quickest way that its tools know. */
export class Sender {
  /** Name of the node that sends. */
  readonly node: string;
  readonly #session: NodeSession;
  readonly #stimulus: Stimulus;
  readonly #plan: StimulusPlan;
  readonly #vantage: Vantage;
  readonly #named: string;
  /** The first of the stimulus's ways that was not refused so far. */
  #way = 0;
  #round = 0;

  constructor(session: NodeSession, stimulus: Stimulus, plan: StimulusPlan, vantage: Vantage, named: string) {
    this.node = vantage.node;
    this.#session = session;
    this.#stimulus = stimulus;
    this.#plan = plan;
    this.#vantage = vantage;
    this.#named = named;
  }

  /** Sends one round under this mark; a gap when nothing could be sent. */
  async send(mark: Mark): Promise<Reading<Sent>> {
    const ways = this.#stimulus.ways(this.#plan, mark);
    const way = ways[this.#way] ?? ways[0];
    const round = this.#round + 1;
    const outputs = await this.#session.run(
      way.map((command) => ({ ...command, key: `${this.#named}/${command.key ?? this.#stimulus.id}/${round}` })),
    );
    if (this.#stimulus.refused(outputs) && this.#way + 1 < ways.length) {
      this.#way += 1;
      return this.send(mark);
    }
    this.#round = round;
    return this.#stimulus.parse(outputs, this.#plan, mark, this.#vantage);
  }
}

/** Everything that was sent, from the rounds in their order. */
export function together(rounds: readonly [Sent, ...Sent[]]): Sent {
  const [first] = rounds;
  if (rounds.length === 1) return first;
  return {
    ...first,
    source: rounds.find(({ source }) => source !== null)?.source ?? null,
    count: rounds.reduce((sum, { count }) => sum + count, 0),
    answered: rounds.reduce((sum, { answered }) => sum + answered, 0),
    rounds: rounds.map(({ count, answered, mark }) => ({ count, answered, mark })),
  };
}
