import type { Seen } from './seen.ts';

/** One packet seen on two nodes: it left `from` and came to `to`, `gap` µs later by their own clocks. */
export interface Crossing {
  readonly flow: Seen['flow'];
  readonly from: number;
  readonly to: number;
  readonly gap: number;
}

/** One packet, with its retransmissions, in time order at each point. */
type Places = Map<number, Seen[]>;

/**
 * Every packet that was seen on more than one node, and the order in which requests pass the nodes (`ranks`, by node). Requests
 * begin at the sender and lose time to live on the way; where neither tells two nodes apart, points are named in the order
 * of the requests' way. `nodeOf` gives each point's node, `sender` is −1 where no point is on the sender's node.
 */
export function crossingsOf(
  nodeOf: readonly number[],
  seen: readonly Seen[],
  sender: number,
): { readonly ranks: readonly number[]; readonly crossings: readonly Crossing[] } {
  const packets = placesOf(seen);
  const ranks = ranksOf(nodeOf, packets, sender);
  const crossings = packets.flatMap((places) =>
    [...places].flatMap(([there, leaving]) =>
      [...places].flatMap(([here, coming]) => {
        const [from, to] = [nodeOf[there]!, nodeOf[here]!];
        const { out, flow } = leaving[0]!;
        const onTheWay = out ? ranks[from]! < ranks[to]! : ranks[from]! > ranks[to]!;
        if (from === to || !onTheWay) return [];
        return pairs(leaving, coming).map(([left, came]) => ({
          flow,
          from,
          to,
          gap: came.sighting.at - left.sighting.at,
        }));
      }),
    ),
  );
  return { ranks, crossings };
}

function placesOf(seen: readonly Seen[]): readonly Places[] {
  const packets = new Map<string, Places>();
  for (const one of seen.toSorted((a, b) => a.sighting.at - b.sighting.at)) {
    const places = packets.get(one.same) ?? new Map<number, Seen[]>();
    const here = places.get(one.sighting.point) ?? [];
    here.push(one);
    places.set(one.sighting.point, here);
    packets.set(one.same, places);
  }
  return [...packets.values()];
}

/** How many nodes each node has before it on the way of requests. */
function ranksOf(nodeOf: readonly number[], packets: readonly Places[], sender: number): number[] {
  const nodes = [...new Set(nodeOf)];
  const lost = nodes.map(() => nodes.map(() => 0));
  for (const places of packets) {
    for (const [a, [first]] of places) {
      for (const [b, [second]] of places) {
        const hops = Math.sign(first!.ttl - second!.ttl);
        lost[nodeOf[a]!]![nodeOf[b]!]! += first!.out ? hops : -hops;
      }
    }
  }
  const before = (one: number, other: number): boolean => {
    if (one === sender || other === sender) return one === sender;
    const hops = lost[one]![other]!;
    return hops === 0 ? one < other : hops > 0;
  };
  return nodes.map((node) => nodes.filter((other) => other !== node && before(other, node)).length);
}

/**
 * Which sighting on the far side is which one on the near side: by identification where the sender sets one; else in order,
 * which after a loss compares an arrival with something sent earlier, and so still bounds it.
 */
function pairs(left: readonly Seen[], came: readonly Seen[]): readonly (readonly [Seen, Seen])[] {
  const sent = byIpId(left);
  const known = came.flatMap((arrival) => {
    const same = sent.get(arrival.ipId);
    return same === undefined || same === 'several' ? [] : [[same, arrival] as const];
  });
  if (known.length > 0) return known;
  return came.length > left.length ? [] : came.map((arrival, index) => [left[index]!, arrival] as const);
}

function byIpId(seen: readonly Seen[]): ReadonlyMap<number, Seen | 'several'> {
  const known = new Map<number, Seen | 'several'>();
  for (const one of seen) if (one.ipId !== 0) known.set(one.ipId, known.has(one.ipId) ? 'several' : one);
  return known;
}
