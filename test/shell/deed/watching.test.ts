import { describe, expect, test } from 'vitest';
import type { Effect, IncidentState } from '../../../src/model/index.ts';
import { watch } from '../../../src/shell/deed/watch.ts';
import { questionKey } from '../../../src/model/index.ts';
import { sysctlConntrack } from '../../../src/probe/index.ts';
import type { FakeNode, FakeOutput } from '../../fake/node-shell.ts';
import { answered } from '../../fake/scene.ts';
import { counting } from '../../incident/tale.ts';
import { bench, type Bench } from '../workplace.ts';

const SUBJECT = 'ip-10-0-10-207';
const SENDER = 'ip-10-0-10-69';
const NAMED = 'watch/10.0.10.207';
/** What a curl says that sent seven SYNs and got no answer. */
const seven = (first = 61_000): FakeOutput => ({
  stdout: Array.from({ length: 7 }, (_, index) => `syn ${first + index} [] 0 0\n`).join(''),
  exit: 28,
});
/** Both rounds, sent all at once. */
const SENT = {
  [`${NAMED}/stimulus/tcp-syn/at-once/1`]: seven(),
  [`${NAMED}/stimulus/tcp-syn/at-once/2`]: seven(61_007),
};

function watching(): { readonly state: IncidentState; readonly effect: Extract<Effect, { do: 'watch' }> } {
  const tale = counting();
  const effect = tale.wanted.find((one) => one.do === 'watch');
  if (effect?.do !== 'watch') throw new Error('nothing is watched');
  return { state: tale.state, effect };
}

const nstat = (drops: number): string =>
  `#kernel\nIpInReceives                    7                  0.0\nTcpExtIPReversePathFilter      ${drops}                  0.0\n`;

/** What the kernel's counter says before, between, again and after. */
const four = (...drops: readonly [number, number, number, number]): Record<string, string> =>
  Object.fromEntries(
    ['before', 'between', 'again', 'after'].map((moment, index) => [
      `${NAMED}/count/${moment}/nstat`,
      nstat(drops[index] ?? 0),
    ]),
  );

/** A bench where the far end sends seven SYNs twice and the subject says what it is given. */
function sending(subject: FakeNode = {}, sender: FakeNode = {}): Bench {
  return bench({ nodes: { [SUBJECT]: subject, [SENDER]: { outputs: SENT, ...sender } } });
}

async function watched(at: Bench) {
  const { state, effect } = watching();
  const happening = await watch(at.ports, state, effect);
  if (happening.is !== 'watched') throw new Error(JSON.stringify(happening));
  return happening.watched;
}

async function failure(at: Bench, state = watching().state): Promise<string> {
  const happening = await watch(at.ports, state, watching().effect);
  return happening.is === 'watch-failed' ? happening.sentence : happening.is;
}

describe('watch', () => {
  test('listens at both interfaces before anything is sent, and counts what was sent', async () => {
    const at = sending();
    expect((await watched(at)).sent).toMatchObject({
      from: 'farEnd',
      node: SENDER,
      count: 14,
      answered: 0,
      port: 10250,
      rounds: [
        { count: 7, answered: 0, mark: { proto: 'tcp', firstPort: 61_000, lastPort: 61_006 } },
        { count: 7, answered: 0, mark: { proto: 'tcp', firstPort: 61_007, lastPort: 61_013 } },
      ],
    });
    const order = at.nodes.asked.map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(order.lastIndexOf(`capture ${SUBJECT}`)).toBeLessThan(order.indexOf(`run ${SENDER}`));
    expect(at.nodes.asked.filter((line) => line.startsWith('capture'))).toEqual([
      `capture ${SUBJECT} eth0`,
      `capture ${SUBJECT} eth1`,
    ]);
  });

  test('keeps one capture for each point, under a plain file name', async () => {
    const at = sending();
    const { captures, story } = await watched(at);
    expect(captures.map(({ file, packets }) => `${file} ${packets}`)).toEqual([
      'capture-eth0.pcap 0',
      'capture-eth1.pcap 0',
    ]);
    for (const { output } of captures) expect(await at.journal.bytes(output)).not.toBeNull();
    expect(story).toMatchObject({ sent: 14, requestsAt: [0, 0], fate: 'never-arrived' });
  });

  test('a capture that could not be held is a gap, and absence there proves nothing', async () => {
    const { captures, story } = await watched(sending({ noDevices: ['eth0', 'eth1'] }));
    expect(captures.map(({ gap }) => gap)).toEqual(['unparsable', 'unparsable']);
    expect(story.fate).not.toBe('never-arrived');
    expect(story.unseen).toHaveLength(2);
  });

  test('counts kernel counters around both rounds, with a quiet window between', async () => {
    const at = sending({ outputs: four(10, 17, 17, 24) });
    expect((await watched(at)).counters).toMatchObject([
      {
        counter: 'TcpExtIPReversePathFilter',
        rounds: [7, 7],
        quiet: 0,
        verdict: 'exact',
        command: 'nstat -asz',
        line: expect.stringContaining('24') as string,
      },
    ]);
  });

  test.each<[string, readonly [number, number, number, number], object[]]>([
    ['more than was sent', [0, 9, 10, 20], [{ rounds: [9, 10], quiet: 1, verdict: 'consistent' }]],
    ['in one round only', [0, 7, 7, 7], [{ rounds: [7, 0], quiet: 0, verdict: 'ambiguous' }]],
    ['just as fast in the quiet window', [0, 7, 14, 21], [{ rounds: [7, 7], quiet: 7, verdict: 'ambiguous' }]],
    ['only in the quiet window', [0, 0, 9, 9], []],
    ['not at all', [10, 10, 10, 10], []],
  ])('tells a counter that rose %s', async (_, drops, counters) => {
    expect((await watched(sending({ outputs: four(...drops) }))).counters).toMatchObject(counters);
  });

  test.each(['before', 'between', 'again', 'after'])('counters that were not read %s prove nothing', async (moment) => {
    const { [`${NAMED}/count/${moment}/nstat`]: _, ...outputs } = four(10, 17, 17, 24);
    const { counters, uncounted } = await watched(sending({ outputs }));
    expect(counters).toEqual([]);
    expect(uncounted).toContainEqual({
      what: "the kernel's packet counters",
      gap: 'not-installed',
      detail: expect.stringContaining('nstat') as string,
    });
  });

  test('counters of devices and firewall rules are counted beside the kernel, by name', async () => {
    const link = (otherhost: number): string =>
      ['eth0', 'eth1', 'eth2']
        .map(
          (device, index) =>
            `${index + 1}: ${device}: <UP> mtu 1500\n    RX: bytes packets errors dropped missed mcast\n    9 9 0 0 0 0\n    RX errors: length crc frame fifo overrun otherhost\n    0 0 0 0 0 ${otherhost}\n    TX: bytes packets errors dropped carrier collsns\n    9 9 0 0 0 0\n`,
        )
        .join('');
    const rules = (packets: number): string =>
      `*filter\n:FORWARD DROP [${packets}:0]\n[${packets}:0] -A INPUT -p tcp -m tcp --dport 10250 -j DROP\nCOMMIT\n`;
    const at = (moment: string, value: number) => ({
      [`${NAMED}/count/${moment}/ip-link-stats`]: link(value),
      [`${NAMED}/count/${moment}/iptables-counters`]: rules(value),
    });
    const outputs = { ...at('before', 3), ...at('between', 10), ...at('again', 10), ...at('after', 17) };
    const { counters, uncounted } = await watched(sending({ outputs }));
    expect(counters.map(({ counter, verdict }) => `${counter}: ${verdict}`)).toEqual([
      'otherhost of eth0: exact',
      'otherhost of eth1: exact',
      'policy DROP of FORWARD: exact',
      'rule -A INPUT -p tcp -m tcp --dport 10250 -j DROP: exact',
    ]);
    expect(uncounted?.map(({ what }) => what)).toEqual([
      "the kernel's packet counters",
      'what the rules of nftables dropped',
    ]);
  });

  test('asks for all counters of a moment in one round trip, and never for those of a tracking that is not there', async () => {
    const at = sending({ outputs: four(1, 1, 1, 1) });
    await watched(at);
    expect(at.nodes.asked.filter((line) => line.includes('nstat'))).toHaveLength(4);
    expect(at.nodes.asked.filter((line) => line.includes('conntrack -S'))).toEqual([]);
  });

  test('asks connection tracking for its counters where it was seen to be there', async () => {
    const { state, effect } = watching();
    const fill = answered(
      'subject',
      sysctlConntrack,
      {},
      'net.netfilter.nf_conntrack_count = 1\nnet.netfilter.nf_conntrack_max = 9\n',
    );
    const counts =
      'cpu=0   \tfound=0 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0\n';
    const at = sending({ outputs: { 'conntrack -S': counts } });
    await watch(at.ports, { ...state, answers: { ...state.answers, [questionKey(fill.question)]: fill } }, effect);
    expect(at.nodes.asked.filter((line) => line.includes('conntrack -S'))).toHaveLength(4);
  });

  test('a curl that cannot send all at once sends one after the other, in the same watch', async () => {
    const outputs = {
      [`${NAMED}/stimulus/tcp-syn/at-once/1`]: { exit: 2, stderr: 'curl: option -Z: is unknown\n' },
      ...Object.fromEntries(
        [1, 2].flatMap((round) =>
          Array.from({ length: 7 }, (_, index) => [
            `${NAMED}/stimulus/tcp-syn/in-turn/${index}/${round}`,
            { stdout: `syn ${61_000 + round * 7 + index} [] 1 \n`, exit: 28 },
          ]),
        ),
      ),
    };
    const at = sending({ outputs: four(10, 17, 17, 24) }, { outputs });
    const { sent, counters } = await watched(at);
    expect(sent).toMatchObject({ count: 14, answered: 0 });
    expect(counters).toMatchObject([{ verdict: 'exact' }]);
    expect(at.nodes.asked.filter((line) => line.includes(' -Z '))).toHaveLength(1);
  });

  test('a second round that could not be sent leaves the first, which is never exact', async () => {
    const outputs = { [`${NAMED}/stimulus/tcp-syn/at-once/1`]: seven() };
    const { sent, counters, story } = await watched(sending({ outputs: four(10, 17, 17, 17) }, { outputs }));
    expect(sent).toMatchObject({ count: 7 });
    expect(sent.rounds).toBeUndefined();
    expect(story.sent).toBe(7);
    expect(counters).toMatchObject([{ rounds: [7], quiet: 0, verdict: 'consistent' }]);
  });

  test.each<[string, Bench, RegExp]>([
    [
      'nobody can be sent from',
      sending({}, { closed: { '10.0.10.69': 'connection refused' } }),
      /^No marked packets could be sent from ip-10-0-10-69: /,
    ],
    [
      'the sender has no curl',
      sending({}, { outputs: {} }),
      /^The marked packets could not be sent from ip-10-0-10-69: /,
    ],
    [
      'the sender says nonsense',
      sending({}, { outputs: { [`${NAMED}/stimulus/tcp-syn/at-once/1`]: 'ok\n' } }),
      /not a line of the marked SYNs/,
    ],
    [
      'the subject has no door any more',
      sending({ closed: { '10.0.10.207': 'connection timed out' } }),
      /^No packets could be captured: /,
    ],
  ])('where %s, one sentence says so', async (_, at, sentence) => {
    expect(await failure(at)).toMatch(sentence);
  });

  test('where nobody knows the nodes any more, one sentence says so', async () => {
    expect(await failure(sending(), { ...watching().state, bound: null })).toMatch(/^Nobody knows/);
  });

  test('no capture is left running when the sending fails', async () => {
    const at = sending({}, { outputs: {} });
    let running = 0;
    const open = at.nodes.open.bind(at.nodes);
    const counted = {
      open: async (...args: Parameters<typeof open>) => {
        const reached = await open(...args);
        if (!reached.reached) return reached;
        const { session } = reached;
        const capture: typeof session.capture = async (request) => {
          const held = await session.capture(request);
          running += 1;
          return {
            stop: () => {
              running -= 1;
              return held.stop();
            },
          };
        };
        return { reached: true as const, session: { ...session, capture } };
      },
    };
    expect(await failure({ ...at, ports: { ...at.ports, nodes: counted } })).toContain('could not be sent');
    expect(running).toBe(0);
  });
});
