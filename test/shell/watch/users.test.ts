import { describe, expect, test } from 'vitest';
import { usersFilter } from '../../../src/capture/index.ts';
import type { ExpectedTraffic, WatchPlan } from '../../../src/model/index.ts';
import { targetOf } from '../../../src/shell/target.ts';
import { USERS_MS, watchingUsers } from '../../../src/shell/watch/users.ts';
import { pcap } from '../../capture/build.ts';
import { at as packet, syn, synAck } from '../../capture/talk.ts';
import type { FakeNode } from '../../fake/node-shell.ts';
import { counting } from '../../incident/tale.ts';
import { bench, type Bench } from '../workplace.ts';

const SUBJECT = 'ip-10-0-10-207';
const NAMED = 'repeat/users/10.0.10.207';
const expected: ExpectedTraffic = { from: null, to: '10.0.10.207', port: 10_250 };
const watch: WatchPlan = {
  points: ['eth0', 'eth1'].map((device) => ({ role: 'subject', node: SUBJECT, device })),
  filter: usersFilter(expected),
  limits: { seconds: 30, packets: 500, bytes: 1_000_000, snap: 96 },
};

const nstat = (drops: number): string =>
  `#kernel\nIpInReceives                    7                  0.0\nTcpExtIPReversePathFilter      ${drops}                  0.0\n`;

function counts(before: number, after: number, quiet: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ before, after, quiet }).map(([moment, drops]) => [`${NAMED}/count/${moment}/nstat`, nstat(drops)]),
  );
}

const tried = pcap([packet(0, syn(40_001)), packet(1000, syn(40_001)), packet(5000, syn(40_002))]);
const onEth0 = { captures: { [`${NAMED}/capture/eth0`]: { pcap: tried } } };

async function watched(subject: FakeNode, signal?: AbortSignal) {
  const at: Bench = bench({ nodes: { [SUBJECT]: subject } });
  const { state } = counting();
  const target = targetOf(at.ports, state, 'subject');
  const reached = target === null ? null : await at.ports.nodes.open(target);
  if (reached?.reached !== true) throw new Error('the subject has no door');
  const began = at.clock.now();
  const seen = await watchingUsers(at.ports, state, reached.session, { expected, watch }, 'repeat', signal);
  return { at, seen, lasted: at.clock.now() - began };
}

describe('while people repeat what fails', () => {
  test('their attempts are counted, and what the kernel dropped of them', async () => {
    const { at, seen, lasted } = await watched({ ...onEth0, outputs: counts(10, 13, 13) });
    expect(seen.sent).toMatchObject({ by: 'user', count: 2, answered: 0, to: '10.0.10.207', port: 10_250 });
    expect(seen.story).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [2, 0] });
    expect(seen.counters).toMatchObject([
      { counter: 'TcpExtIPReversePathFilter', rounds: [3], quiet: 0, verdict: 'consistent' },
    ]);
    expect(seen.captures.map(({ file, packets }) => `${file} ${packets}`)).toEqual([
      'capture-eth0.pcap 3',
      'capture-eth1.pcap 0',
    ]);
    expect(lasted).toBeGreaterThanOrEqual(USERS_MS);
    expect(at.nodes.asked.filter((line) => line.includes('curl'))).toEqual([]);
  });

  test.each([
    ['fewer than their packets', counts(10, 12, 12)],
    ['a counter that goes on rising when they have finished', counts(10, 13, 15)],
  ])('%s is ambiguous', async (_, outputs) => {
    const { seen } = await watched({ ...onEth0, outputs });
    expect(seen.counters).toMatchObject([{ verdict: 'ambiguous' }]);
  });

  test('what is answered is told so', async () => {
    const answered = pcap([packet(0, syn(40_001)), packet(1, synAck(40_001))]);
    const { seen } = await watched({ captures: { [`${NAMED}/capture/eth0`]: { pcap: answered } } });
    expect(seen.sent).toMatchObject({ count: 1, answered: 1 });
    expect(seen.story.fate).toBe('answered');
    expect(seen.counters).toEqual([]);
  });

  test('nothing that came is nothing sent, and a capture that was not held is a gap', async () => {
    const { seen } = await watched({ noDevices: ['eth0'] });
    expect(seen.sent.count).toBe(0);
    expect(seen.story).toMatchObject({ fate: 'not-sent', unseen: [{ point: 0, gap: 'unparsable' }] });
  });

  test('somebody who says that they have finished is not waited for', async () => {
    const { lasted } = await watched(onEth0, AbortSignal.abort());
    expect(lasted).toBeLessThan(USERS_MS);
  });
});
