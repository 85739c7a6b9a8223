import type { Packet } from './packet.ts';
import type { MarkedFlow, Recognised, Recogniser } from './recogniser.ts';

/** Above every port and every sequence number. */
const ROUND = 65_536;

/** Packets of several rounds in the same captures: each round has a mark, and so a recogniser, of its own. */
export class RoundsRecogniser implements Recogniser {
  readonly #rounds: readonly Recogniser[];
  readonly #flows = new Map<MarkedFlow, MarkedFlow>();

  constructor(rounds: readonly Recogniser[]) {
    this.#rounds = rounds;
  }

  learn(packet: Packet, point: number): void {
    for (const round of this.#rounds) round.learn(packet, point);
  }

  recognise(packet: Packet, point: number): Recognised | null {
    for (const [index, round] of this.#rounds.entries()) {
      const recognised = round.recognise(packet, point);
      if (recognised !== null) return { ...recognised, flow: this.#inRound(recognised.flow, index) };
    }
    return null;
  }

  /** A later round's flows come after all of an earlier one's. */
  #inRound(flow: MarkedFlow, round: number): MarkedFlow {
    const known = this.#flows.get(flow);
    if (known !== undefined) return known;
    const placed = { ...flow, order: round * ROUND + flow.order };
    this.#flows.set(flow, placed);
    return placed;
  }
}
