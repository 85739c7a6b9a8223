import { describe, expect, test } from 'vitest';
import type { Effect, IncidentState } from '../../../src/model/index.ts';
import { watch } from '../../../src/shell/deed/watch.ts';
import type { FakeNode } from '../../fake/node-shell.ts';
import { counting } from '../../incident/tale.ts';
import { bench, type Bench } from '../workplace.ts';

const SUBJECT = 'ip-10-0-10-207';
const SENDER = 'ip-10-0-10-69';
const NAMED = 'watch/10.0.10.207';
const SEVEN = Array.from({ length: 7 }, (_, index) => `syn ${20_000 + index} \n`).join('');

function watching(): { readonly state: IncidentState; readonly effect: Extract<Effect, { do: 'watch' }> } {
  const tale = counting();
  const effect = tale.wanted.find((one) => one.do === 'watch');
  if (effect?.do !== 'watch') throw new Error('nothing is watched');
  return { state: tale.state, effect };
}

const nstat = (drops: number): string =>
  `#kernel\nIpInReceives                    7                  0.0\nTcpExtIPReversePathFilter      ${drops}                  0.0\n`;

/** A bench where the far end sends seven SYNs and the subject says what it is given. */
function sending(subject: FakeNode = {}, sender: FakeNode = {}): Bench {
  const outputs = { [`${NAMED}/stimulus/tcp-syn/0`]: { stdout: SEVEN, exit: 28 } };
  return bench({ nodes: { [SUBJECT]: subject, [SENDER]: { outputs, ...sender } } });
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
      count: 7,
      answered: 0,
      port: 10250,
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
    expect(story).toMatchObject({ sent: 7, requestsAt: [0, 0], fate: 'never-arrived' });
  });

  test('a capture that could not be held is a gap, and absence there proves nothing', async () => {
    const { captures, story } = await watched(sending({ noDevices: ['eth0', 'eth1'] }));
    expect(captures.map(({ gap }) => gap)).toEqual(['unparsable', 'unparsable']);
    expect(story.fate).not.toBe('never-arrived');
    expect(story.unseen).toHaveLength(2);
  });

  test('counts kernel counters around it, with a quiet window beside', async () => {
    const at = sending({
      outputs: {
        [`${NAMED}/nstat/before`]: nstat(10),
        [`${NAMED}/nstat/after`]: nstat(19),
        [`${NAMED}/nstat/quiet/start`]: nstat(19),
        [`${NAMED}/nstat/quiet/end`]: nstat(21),
      },
    });
    expect((await watched(at)).counters).toMatchObject([
      {
        counter: 'TcpExtIPReversePathFilter',
        during: 9,
        quiet: 2,
        command: 'nstat -asz',
        line: expect.stringContaining('19') as string,
      },
    ]);
  });

  test('leaves out counters that stood still, and waits for no quiet window then', async () => {
    const at = sending({ outputs: { [`${NAMED}/nstat/before`]: nstat(10), [`${NAMED}/nstat/after`]: nstat(10) } });
    expect((await watched(at)).counters).toEqual([]);
    expect(at.nodes.asked.filter((line) => line.includes('nstat'))).toHaveLength(2);
  });

  test.each([
    ['before', { [`${NAMED}/nstat/after`]: nstat(19) }],
    ['after', { [`${NAMED}/nstat/before`]: nstat(10) }],
    ['in the quiet window', { [`${NAMED}/nstat/before`]: nstat(10), [`${NAMED}/nstat/after`]: nstat(19) }],
  ])('counters that were not read %s prove nothing', async (_, outputs) => {
    expect((await watched(sending({ outputs }))).counters).toEqual([]);
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
      sending({}, { outputs: { [`${NAMED}/stimulus/tcp-syn/0`]: 'ok\n' } }),
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
