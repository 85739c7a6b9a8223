import type { Packet } from './packet.ts';

/**
 * What a marked packet is to its flow. `reset`: a RST that refuses only if nothing else answers, because servers also
 * close with one. `astray`: an answer from another address than the one that was asked, which the asker does not take. `other`: the rest of the conversation, for the picture.
 */
export type Part = 'request' | 'answer' | 'refusal' | 'reset' | 'astray' | 'other';

/** One marked packet of ours, wherever it was seen: a TCP connection attempt, an echo request, or a DNS query. */
export interface MarkedFlow {
  /** Order of sending: source port, sequence number, or transaction. */
  readonly order: number;
  /** As people read it: `10.0.10.69:33201 > 10.0.10.207:10250`. */
  readonly name: string;
}

export interface Recognised {
  readonly flow: MarkedFlow;
  readonly part: Part;
  /** It goes the way of the request; false: the other way. */
  readonly out: boolean;
}

/**
 * Tells our marked packets from everybody else's. All packets of all captures are learnt from first, then recognised: what
 * identifies a flow across address translation is often first seen at another point.
 */
export interface Recogniser {
  learn(packet: Packet, point: number): void;
  /** `null` for other people's traffic. */
  recognise(packet: Packet, point: number): Recognised | null;
}

/** More marked flows than any stimulus sends; what comes after them is not ours. */
export const MAX_FLOWS = 4096;

/**
 * Of several senders whose packets carry the mark, the one whose packets are ours: the source that the vantage reported; if
 * it was translated on the way, the one most often seen, and of equals the first, which is the least translated.
 */
export function ourSource(reported: string | null, seen: readonly string[]): string | null {
  if (reported !== null && seen.includes(reported)) return reported;
  const times = new Map<string, number>();
  for (const source of seen) times.set(source, (times.get(source) ?? 0) + 1);
  return [...times].reduce<readonly [string | null, number]>(
    (most, next) => (next[1] > most[1] ? next : most),
    [null, 0],
  )[0];
}
