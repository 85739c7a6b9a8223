import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpret, story } from '../../src/capture/index.ts';
import type { CapturePoint, CaptureStory, Sent } from '../../src/model/index.ts';
import { ethernet, ipv4, pcap, tcp, type Written } from './build.ts';
import { CLIENT, FIRST_PORT, isn, KUBELET, NODE, point, sentSyns } from './talk.ts';

const BEGIN = 1_700_000_000_000_000;
const SECOND = 1_000_000;

/** A packet on its way: when it passes each node, by true time; `null` where it never comes. Requests pass nodes in order. */
interface Travel {
  readonly port: number;
  readonly answer: boolean;
  /** IPv4 identification; an answer has none. */
  readonly id: number;
  readonly passes: readonly (number | null)[];
}

interface World {
  /** Of each node's clock, µs. */
  readonly offsets: readonly number[];
  readonly travels: readonly Travel[];
  /** Every node is a router that lowers the time to live. */
  readonly routers: boolean;
}

function frame({ port, answer, id }: Travel, hops: number): Uint8Array {
  const [source, target] = answer ? [NODE, CLIENT] : [CLIENT, NODE];
  const segment = answer
    ? tcp({ sourcePort: KUBELET, targetPort: port, flags: 0x12, sequence: 77, acknowledged: isn(port) + 1 })
    : tcp({ sourcePort: port, targetPort: KUBELET, flags: 2, sequence: isn(port) });
  return ethernet(0x0800, ipv4({ source, target, protocol: 6, id, ttl: 64 - hops }, segment));
}

/** What tcpdump wrote on this node. */
function captured({ offsets, travels, routers }: World, node: number): { readonly pcap: Uint8Array } {
  const packets = travels.flatMap((travel): (Written & { readonly at: number })[] => {
    const passed = travel.passes[node] ?? null;
    const hops = travel.answer ? offsets.length - 1 - node : node;
    const bytes = frame(travel, routers ? hops : 0);
    return passed === null ? [] : [{ bytes, at: BEGIN + passed + (offsets[node] ?? 0) }];
  });
  return { pcap: pcap(packets.toSorted((a, b) => a.at - b.at)) };
}

const NODES = ['near', 'middle', 'far'];

function told(world: World, order: readonly number[] = world.offsets.map((_, node) => node), more: Partial<Sent> = {}) {
  const points: CapturePoint[] = order.map((node) => point('eth0', { node: NODES[node]! }));
  return story(
    points,
    order.map((node) => captured(world, node)),
    sentSyns(0, { node: 'api', ...more }),
  );
}

const delay = fc.integer({ min: 1, max: 40_000 });
const delays = fc.tuple(delay, delay);

/** One connection attempt: its SYN up to three times, any of them lost anywhere; every SYN-ACK arrives. */
const attempt = fc
  .record({
    starts: fc.integer({ min: 0, max: SECOND }),
    times: fc.integer({ min: 1, max: 3 }),
    lost: fc.array(fc.constantFrom(1, 2, 9, 9, 9), { minLength: 3, maxLength: 3 }),
    out: fc.array(delays, { minLength: 3, maxLength: 3 }),
    back: fc.array(delays, { minLength: 2, maxLength: 2 }),
    answers: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ starts, times, lost, out, back, answers }) => ({ starts, times, lost, out, back, answers }));

const world = (nodes: fc.Arbitrary<number>): fc.Arbitrary<World> =>
  fc
    .record({
      nodes,
      offsets: fc.array(fc.integer({ min: -5 * SECOND, max: 5 * SECOND }), { minLength: 3, maxLength: 3 }),
      attempts: fc.array(attempt, { minLength: 1, maxLength: 7 }),
      routers: fc.boolean(),
    })
    .map(({ nodes, offsets, attempts, routers }) => ({
      offsets: offsets.slice(0, nodes),
      routers,
      travels: attempts.flatMap(({ starts, times, lost, out, back, answers }, flow) => {
        const port = FIRST_PORT + flow;
        const requests = Array.from({ length: times }, (_, time): Travel => {
          const begins = starts + time * 1.5 * SECOND;
          const passes = [begins, begins + out[time]![0], begins + out[time]![0] + out[time]![1]];
          return { port, answer: false, id: 1 + flow * 10 + time, passes: upTo(passes, lost[time]!).slice(0, nodes) };
        });
        const arrived = requests.map(({ passes }) => passes.at(-1) ?? null).find((passed) => passed !== null);
        if (arrived === undefined) return requests;
        const replies = Array.from({ length: answers }, (_, time): Travel => {
          const begins = arrived + 1 + time * 1.5 * SECOND;
          const passes = [begins + back[time]![1] + back[time]![0], begins + back[time]![1], begins];
          return { port, answer: true, id: 0, passes: passes.slice(3 - nodes) };
        });
        return [...requests, ...replies];
      }),
    }));

function upTo(passes: readonly number[], lostAt: number): (number | null)[] {
  return passes.map((passed, node) => (node < lostAt ? passed : null));
}

/** Where each packet stands in the ladder: by its way, node by node. */
function sequence(ladder: CaptureStory['ladder'], points: CaptureStory['points'], travel: Travel, nth: number) {
  const way = travel.answer ? travel.passes.map((_, node) => node).toReversed() : travel.passes.map((_, node) => node);
  return way
    .filter((node) => (travel.passes[node] ?? null) !== null)
    .map((node) =>
      ladder
        .map((sighting, row) => ({ ...sighting, row }))
        .filter(
          (sighting) =>
            points[sighting.point]?.node === NODES[node] &&
            sighting.kind === (travel.answer ? 'SYN-ACK' : 'SYN') &&
            (sighting.sourcePort === travel.port || sighting.targetPort === travel.port),
        )
        .map(({ row }) => row)
        .at(nth),
    );
}

/** How many earlier packets of this kind passed the node. */
function earlier(world: World, travel: Travel): number {
  const same = world.travels.filter(({ port, answer }) => port === travel.port && answer === travel.answer);
  return same.indexOf(travel);
}

describe('in the corrected order', () => {
  test.each([
    ['points in the order of the way', [0, 1, 2], {}],
    ['the far node first, requests begin on the near one', [2, 0, 1], { node: 'near' }],
  ])('no packet arrives before it was sent: %s', (_, order, more) => {
    fc.assert(
      fc.property(world(fc.integer({ min: 2, max: 3 })), (made) => {
        const whole: World = { ...made, routers: order[0] === 0 ? made.routers : true };
        const here = order.filter((node) => node < whole.offsets.length);
        const { ladder, points } = told(whole, here, more);
        for (const travel of whole.travels.filter(({ passes }) => !passes.includes(null))) {
          if (lossy(whole, travel)) continue;
          const rows = sequence(ladder, points, travel, earlier(whole, travel));
          expect(rows).not.toContain(undefined);
          expect(rows).toEqual(rows.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
        }
      }),
      { numRuns: 400 },
    );
  });

  test('of packets with losses neither, as their identification tells which is which', () => {
    fc.assert(
      fc.property(world(fc.constant(2)), (made) => {
        const { clocks } = told(made);
        const [near, far] = [0, clocks?.[0]?.shiftUs ?? 0];
        for (const { passes, answer } of made.travels) {
          const [here, there] = [passes[0] ?? null, passes[1] ?? null];
          if (here === null || there === null) continue;
          const gap = there + made.offsets[1]! - far - (here + made.offsets[0]! - near);
          expect(answer ? -gap : gap).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** Some packet of this kind was lost on the way, so that the rows of its kind do not correspond one by one. */
function lossy({ travels }: World, { port, answer }: Travel): boolean {
  return travels.some((other) => other.port === port && other.answer === answer && other.passes.includes(null));
}

describe('the offset of a clock', () => {
  test('is as far from the truth as its bound, and never less than packets allow', () => {
    fc.assert(
      fc.property(world(fc.integer({ min: 2, max: 3 })), (made) => {
        const { clocks = [] } = told(made);
        expect(clocks.map(({ node }) => node)).toEqual(NODES.slice(1, made.offsets.length));
        for (const [index, clock] of clocks.entries()) {
          const truth = made.offsets[index + 1]! - made.offsets[0]!;
          expect(clock.contradictory).toBeUndefined();
          expect(truth).toBeGreaterThanOrEqual(clock.atLeastUs ?? -Infinity);
          expect(truth).toBeLessThanOrEqual(clock.atMostUs ?? Infinity);
          if (clock.offsetUs === undefined) continue;
          expect(Math.abs(clock.offsetUs - truth)).toBeLessThanOrEqual(clock.boundUs ?? 0);
        }
      }),
      { numRuns: 400 },
    );
  });

  const request = (port: number, near: number | null, far: number | null): Travel => ({
    port,
    answer: false,
    id: port,
    passes: [near, far],
  });
  const answer = (port: number, near: number | null, far: number | null): Travel => ({
    port,
    answer: true,
    id: 0,
    passes: [near, far],
  });
  const clocks = (offset: number, ...travels: readonly Travel[]) =>
    told({ offsets: [0, offset], travels, routers: false });
  const said = (tale: CaptureStory) =>
    interpret(tale)
      .map((span) => Object.values(span)[0])
      .join('');

  test('is the middle, where both ways take the same time', () => {
    const tale = clocks(2 * SECOND, request(FIRST_PORT, 0, 300), answer(FIRST_PORT, 700, 400));
    expect(tale.clocks).toEqual([
      {
        node: 'middle',
        offsetUs: 2 * SECOND,
        boundUs: 300,
        atLeastUs: 2 * SECOND - 300,
        atMostUs: 2 * SECOND + 300,
        shiftUs: 2 * SECOND,
      },
    ]);
    expect(tale.ladder.map(({ point: at, at: when }) => [at, when - BEGIN])).toEqual([
      [0, 0],
      [1, 300],
      [1, 400],
      [0, 700],
    ]);
    expect(said(tale)).toContain(
      'The clock of middle is 2000 ms ahead of that of near (± 0.3 ms); times are told by the latter.',
    );
  });

  test('is exactly nothing, where packets took no time', () => {
    const tale = clocks(0, request(FIRST_PORT, 0, 0), answer(FIRST_PORT, 5, 5));
    expect(tale.clocks).toEqual([{ node: 'middle', offsetUs: 0, boundUs: 0, atLeastUs: 0, atMostUs: 0, shiftUs: 0 }]);
    expect(tale.ladder.map(({ point: at, kind }) => [at, kind])).toEqual([
      [0, 'SYN'],
      [1, 'SYN'],
      [1, 'SYN-ACK'],
      [0, 'SYN-ACK'],
    ]);
  });

  test('is the median over flows, so that one slow packet does not matter', () => {
    const flows = [FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2].flatMap((port, index) => [
      request(port, index * 1000, index * 1000 + (index === 1 ? 900 : 100)),
      answer(port, index * 1000 + 1100, index * 1000 + 1000),
    ]);
    expect(clocks(-50, ...flows).clocks).toMatchObject([{ offsetUs: -50, boundUs: 100 }]);
  });

  test('is only bounded, where packets went one way', () => {
    const tale = clocks(-SECOND, request(FIRST_PORT, 0, 300), request(FIRST_PORT + 1, 1000, 1100));
    expect(tale.clocks).toEqual([{ node: 'middle', atMostUs: 100 - SECOND, shiftUs: 100 - SECOND }]);
    expect(tale.ladder.map(({ point: at, flow }) => [at, flow])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    expect(said(tale)).toContain('The clock of middle is behind that of near by at least 1000 ms');
  });

  test('is not corrected without need, where packets went one way', () => {
    const tale = clocks(SECOND, request(FIRST_PORT, 0, 300));
    expect(tale.clocks).toEqual([{ node: 'middle', atMostUs: SECOND + 300, shiftUs: 0 }]);
    expect(said(tale)).toContain('How far the clocks of middle and near are apart is not known');
  });

  test('is not known, where nothing was seen on both', () => {
    const tale = clocks(0, request(FIRST_PORT, 0, null));
    expect(tale.clocks).toEqual([{ node: 'middle', shiftUs: 0 }]);
    expect(said(tale)).not.toContain('clock');
  });

  test('contradicts itself, when it was set meanwhile', () => {
    const before = [request(FIRST_PORT, 0, 300), answer(FIRST_PORT, 700, 400)];
    const after = [
      request(FIRST_PORT + 1, SECOND, 2 * SECOND + 300),
      answer(FIRST_PORT + 1, SECOND + 700, 2 * SECOND + 400),
    ];
    const tale = clocks(0, ...before, ...after);
    expect(tale.clocks).toEqual([{ node: 'middle', contradictory: true, shiftUs: 0 }]);
    expect(said(tale)).toContain('The clock of middle contradicts itself');
  });

  test('of a third node is known through the second', () => {
    const travels: Travel[] = [
      { ...request(FIRST_PORT, 0, 100), passes: [0, 100, null] },
      { ...answer(FIRST_PORT, 300, 200), passes: [300, 200, null] },
      { ...request(FIRST_PORT + 1, 0, 0), passes: [null, 1000, 1100] },
      { ...answer(FIRST_PORT + 1, 0, 0), passes: [null, 1300, 1200] },
    ];
    const tale = told({ offsets: [0, SECOND, -SECOND], travels, routers: false });
    expect(tale.clocks).toMatchObject([
      { node: 'middle', offsetUs: SECOND, boundUs: 100 },
      { node: 'far', offsetUs: -SECOND, boundUs: 200 },
    ]);
  });

  test('is nothing to ask for, where all points are on one node', () => {
    const one = [captured({ offsets: [0], travels: [request(FIRST_PORT, 0, null)], routers: false }, 0)];
    expect(story([point('eth0')], one, sentSyns(0))).not.toHaveProperty('clocks');
  });
});
