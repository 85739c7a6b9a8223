import { describe, expect, test } from 'vitest';
import type { CaptureStory, Watched } from '../../../src/model/index.ts';
import { ipAddr, ipRouteGet, iptablesMangle } from '../../../src/probe/index.ts';
import { eniAnswers, eniBound, HEALTHY, I4B, NODE, ON_ETH1 } from '../../fake/eni.ts';
import { I2, I2_CAPTURED, I2_HEALTHY, i2Answers, OWN_VTEP, PEER_VTEP } from '../../fake/flannel.ts';
import { answered, counted, I1, I1_HEALTHY, I1_SICK, i1Answers, I3 } from '../../fake/scene.ts';
import { drawn, hopAt, walk } from './kernel.ts';
import type { Kernel } from './kernel.ts';

const I1_KERNEL: Kernel = {
  'farEnd 10.0.10.207': '10.0.10.207 dev eth0 src 10.0.10.69 uid 0',
  'subject 10.0.10.207 10.0.10.69 eth0': 'local 10.0.10.207 from 10.0.10.69 dev lo table local',
  'farEnd 10.0.10.69 10.0.10.207 eth0': 'local 10.0.10.69 from 10.0.10.207 dev lo table local',
};
const ALL = ['✓ there farEnd', '✓ there subject', '✓ back subject', '✓ back farEnd'];

/** Marked packets that came to nothing or to everything, seen at these places. */
function seen(watched: Watched, points: readonly (readonly [string, number, number])[], node: string): Watched {
  const story: CaptureStory = {
    ...watched.story,
    points: points.map(([device]) => ({ role: 'subject', node, device })),
    requestsAt: points.map(([, requests]) => requests),
    answersAt: points.map(([, , answers]) => answers),
  };
  return { ...watched, story };
}

describe('packets for the node itself', () => {
  test('come in by one interface and are answered by another', () => {
    const { hops, rounds, asked } = walk(I1, counted('answered-elsewhere'), i1Answers(I1_SICK), I1_KERNEL);
    expect(drawn(hops)).toEqual(['✓ there farEnd', '✓ there subject', '✗ back subject', '✓ back farEnd']);
    expect(hopAt(hops, 'back', 'subject')).toMatchObject({
      node: 'ip-10-0-10-207',
      command: 'ip -4 route get 10.0.10.69 from 10.0.10.207',
      line: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0',
    });
    expect(hopAt(hops, 'back', 'subject').says).toContain('It leaves by eth1, not by eth0, by which the request came.');
    expect(hopAt(hops, 'back', 'subject').says).toContain('Captured: 14 of 14 left by eth1.');
    expect(rounds).toBeLessThan(3);
    expect(new Set(asked.map(({ probe }) => probe))).toEqual(new Set([ipRouteGet.id]));
  });

  test('come in and are answered by the same one', () => {
    const { hops } = walk(I1, counted('answered'), i1Answers(I1_HEALTHY), I1_KERNEL);
    expect(drawn(hops)).toEqual(ALL);
  });

  test('are dropped on arrival by strict reverse path filtering, whatever number the kernel gives to that', () => {
    for (const error of ['Invalid argument', 'Invalid cross-device link']) {
      const kernel = { ...I1_KERNEL, 'subject 10.0.10.207 10.0.10.69 eth0': `!${error}` };
      const { hops } = walk(I1, counted('arrived-not-answered'), i1Answers({ ...I1_SICK, rpFilter: '1' }), kernel);
      expect(hopAt(hops, 'there', 'subject')).toMatchObject({ fits: 'no', line: `RTNETLINK answers: ${error}` });
      expect(hopAt(hops, 'there', 'subject').says).toContain('eth0 filters strictly by reverse path');
    }
  });

  test('are stopped by something other than routing where every lookup is right and nothing is answered', () => {
    const { hops } = walk(I1, counted('arrived-not-answered'), i1Answers(I1_HEALTHY), I1_KERNEL);
    expect(drawn(hops)).toEqual(['✓ there farEnd', '✓ there subject', '✗ back subject', '✓ back farEnd']);
    expect(hopAt(hops, 'back', 'subject').says).toContain('nothing was sent');
  });

  test('never come to the node', () => {
    const watched = seen(counted('never-arrived'), [['eth0', 0, 0]], 'ip-10-0-10-207');
    const { hops } = walk(I1, watched, i1Answers(I1_HEALTHY), I1_KERNEL);
    expect(hopAt(hops, 'there', 'subject')).toMatchObject({ fits: 'no' });
    expect(hopAt(hops, 'there', 'subject').says).toContain('lost between the nodes');
  });

  test.each([
    ['!Network is unreachable', 'No route leads there'],
    ['!Permission denied', 'prohibits'],
    ['!No route to host', 'unreachable'],
    ['!Invalid argument', 'blackhole'],
    ['blackhole 10.0.10.69 from 10.0.10.207', 'of type blackhole refuses'],
    ['prohibit 10.0.10.69 from 10.0.10.207', 'refuses'],
  ])('find no way back: %s', (line, says) => {
    const kernel = { ...I1_KERNEL, 'subject 10.0.10.69 10.0.10.207': line };
    const known = i1Answers(I1_HEALTHY).filter(({ question: { params } }) => params['from'] !== '10.0.10.207');
    const hop = hopAt(walk(I1, counted('arrived-not-answered'), known, kernel).hops, 'back', 'subject');
    expect(hop.fits).toBe('no');
    expect(hop.says).toContain(says);
  });
});

describe('packets for a pod', () => {
  const addresses = (address: string): string =>
    `2: eth0    inet ${address}/24 brd 10.39.0.255 scope global eth0\\       valid_lft forever preferred_lft forever\n`;
  const known = [answered('subject', ipAddr, {}, addresses('10.39.0.110'))];
  const kernel: Kernel = {
    'farEnd 192.168.4.25': '192.168.4.25 via 10.39.0.110 dev eth0 src 10.39.0.107 uid 0',
    'subject 192.168.4.25': '192.168.4.25 dev cali1 src 10.39.0.110 uid 0',
    'subject 192.168.4.25 10.39.0.107 eth0': '192.168.4.25 from 10.39.0.107 dev cali1',
    'subject 10.39.0.107 192.168.4.25 cali1': '10.39.0.107 from 192.168.4.25 dev eth0',
    'farEnd 10.39.0.107 192.168.4.25 eth0': 'local 10.39.0.107 from 192.168.4.25 dev lo',
  };
  const sent = (fate: 'answered' | 'not-forwarded'): Watched => {
    const { sent: own, ...rest } = counted(fate, { port: null });
    return { ...rest, sent: { ...own, node: 'dev-slave-107', source: '10.39.0.107' } };
  };
  const [lost, whole] = [
    seen(
      sent('not-forwarded'),
      [
        ['eth0', 14, 0],
        ['cali1', 0, 0],
      ],
      'dev-slave-110',
    ),
    seen(
      sent('answered'),
      [
        ['eth0', 14, 14],
        ['cali1', 14, 14],
      ],
      'dev-slave-110',
    ),
  ];

  test('are not forwarded', () => {
    const { hops } = walk(I3, lost, known, {
      ...kernel,
      'subject 192.168.4.25 10.39.0.107 eth0': '!No route to host',
    });
    expect(drawn(hops)).toEqual(['✓ there farEnd', '✗ there subject', '✓ back subject', '✓ back farEnd']);
    expect(hopAt(hops, 'there', 'subject').says).toBe(
      'It is not forwarded: forwarding of eth0 is off, or a route says unreachable. Captured: 14 of 14 came in by eth0, 0 of 14 left by cali1.',
    );
  });

  test('are forwarded', () => {
    const { hops, rounds } = walk(I3, whole, known, kernel);
    expect(drawn(hops)).toEqual(ALL);
    expect(rounds).toBe(2);
  });

  test('are let through by routing and lost all the same', () => {
    const hop = hopAt(walk(I3, lost, known, kernel).hops, 'there', 'subject');
    expect(hop.fits).toBe('no');
    expect(hop.says).toContain('something other than routing');
  });

  test('are sent out again where the pod has no route', () => {
    const { hops } = walk(I3, lost, known, {
      ...kernel,
      'subject 192.168.4.25': '192.168.4.25 via 10.39.0.1 dev eth0 src 10.39.0.110 uid 0',
      'subject 192.168.4.25 10.39.0.107 eth0': '192.168.4.25 from 10.39.0.107 via 10.39.0.1 dev eth0',
    });
    expect(hopAt(hops, 'there', 'subject').fits).toBe('no');
  });

  test('go a way of which nothing could be seen: each decision is a gap with its command', () => {
    const { hops } = walk(I3, lost, known, {});
    expect(hops.map(({ fits, gap }) => `${fits} ${gap}`)).toEqual([
      'unknown not-recorded',
      'unknown not-recorded',
      'unknown unreachable',
      'unknown unreachable',
    ]);
    expect(hopAt(hops, 'there', 'farEnd').command).toBe('ip -4 route get 192.168.4.25');
    expect(hopAt(hops, 'back', 'subject')).toMatchObject({ command: null, line: null });
    expect(hopAt(hops, 'back', 'subject').says).toContain('not known by which device');
  });
});

describe('packets inside of a tunnel', () => {
  const [pod, sender, receiver] = ['10.187.0.12', '172.31.159.21', '172.31.159.19'];
  const kernel: Kernel = {
    [`farEnd ${pod}`]: `${pod} via ${OWN_VTEP} dev flannel.1 src ${PEER_VTEP} uid 0`,
    [`farEnd ${receiver}`]: `${receiver} dev eth0 src ${sender} uid 0`,
    [`subject ${receiver} ${sender} eth0`]: `local ${receiver} from ${sender} dev lo`,
    [`subject ${pod}`]: `${pod} dev cni0 src 10.187.0.1 uid 0`,
    [`subject ${pod} ${PEER_VTEP} flannel.1`]: `${pod} from ${PEER_VTEP} dev cni0`,
    [`subject ${PEER_VTEP} ${pod} cni0`]: `${PEER_VTEP} from ${pod} dev flannel.1`,
    [`subject ${sender}`]: `${sender} dev eth0 src ${receiver} uid 0`,
    [`farEnd ${sender} ${receiver} eth0`]: `local ${sender} from ${receiver} dev lo`,
    [`farEnd ${PEER_VTEP} ${pod} flannel.1`]: `local ${PEER_VTEP} from ${pod} dev lo`,
  };
  const sent = (fate: 'answered' | 'not-forwarded', answers: number): Watched => {
    const { sent: own, ...rest } = counted(fate, { port: null, to: pod });
    const points = [
      ['eth0', 14, answers],
      ['flannel.1', 14, answers],
      ['cni0', answers, answers],
    ] as const;
    return seen({ ...rest, sent: { ...own, node: 'kylin-21', source: PEER_VTEP } }, points, 'kylin-19');
  };

  test('are looked up twice at each node: as they are, and as what carries them', () => {
    const { hops } = walk(I2, sent('answered', 14), i2Answers(I2_HEALTHY), kernel);
    expect(drawn(hops)).toEqual([
      '✓ there farEnd',
      '✓ there farEnd',
      '✓ there subject',
      '✓ there subject',
      '✓ back subject',
      '✓ back subject',
      '✓ back farEnd',
      '✓ back farEnd',
    ]);
    expect(hops[1]).toMatchObject({ about: `sends what carries it (flannel.1) to ${receiver}` });
  });

  test('come from an address that this node takes for its own', () => {
    const { hops } = walk(I2, sent('not-forwarded', 0), i2Answers(I2_CAPTURED), {
      ...kernel,
      [`subject ${PEER_VTEP} ${pod} cni0`]: `local ${PEER_VTEP} from ${pod} dev lo`,
    });
    const [arrival, answer] = [hops[3], hops[4]];
    expect(arrival).toMatchObject({ fits: 'no', line: 'RTNETLINK answers: Invalid argument' });
    expect(arrival?.says).toContain(`kylin-19 takes its source ${PEER_VTEP} for an address of its own`);
    expect(answer).toMatchObject({ fits: 'no' });
    expect(answer?.says).toContain('kylin-19 takes the address for its own');
  });

  test('are answered, and the answers that come back are not taken', () => {
    const [vtep, far] = [OWN_VTEP, '10.187.1.24'];
    const { sent: own, ...rest } = counted('answer-not-delivered', { port: null, to: far });
    const watched = seen(
      { ...rest, sent: { ...own, from: 'subject', node: 'kylin-19', source: vtep } },
      [
        ['flannel.1', 14, 14],
        ['eth0', 14, 14],
      ],
      'kylin-19',
    );
    const { hops } = walk(I2, watched, i2Answers(I2_HEALTHY), {
      [`subject ${far}`]: `${far} via ${PEER_VTEP} dev flannel.1 src ${vtep} uid 0`,
      [`subject ${sender}`]: `${sender} dev eth0 src ${receiver} uid 0`,
      [`subject ${vtep} ${far} flannel.1`]: `local ${vtep} from ${far} dev lo`,
      [`peer ${far} ${vtep} flannel.1`]: `${far} from ${vtep} dev cni0`,
    });
    expect(hops[0]).toMatchObject({ role: 'subject', fits: 'yes', says: 'Captured: 14 of 14 left by flannel.1.' });
    expect(hops.at(-1)).toMatchObject({ role: 'subject', fits: 'no' });
    expect(hops.at(-1)?.says).toContain('something other than routing');
  });
});

describe('packets for a NodePort', () => {
  const pod = ON_ETH1[0] ?? '';
  const veth = 'eni0000000137';
  const kernel: Kernel = {
    [`farEnd ${NODE}`]: `${NODE} via 10.20.0.1 dev eth0 src 10.20.0.10 uid 0`,
    [`subject ${pod}`]: `${pod} dev ${veth} src ${NODE} uid 0`,
    [`subject ${pod} 10.20.0.10 eth0`]: `${pod} from 10.20.0.10 dev ${veth}`,
    [`subject 10.20.0.10 ${pod} ${veth} 0x80`]: `10.20.0.10 from ${pod} via 172.31.48.1 dev eth0 mark 0x80`,
    [`subject 10.20.0.10 ${pod} ${veth}`]: `10.20.0.10 from ${pod} via 172.31.48.1 dev eth1 table 2`,
    [`farEnd 10.20.0.10 ${NODE} eth0`]: 'local 10.20.0.10 from 172.31.53.61 dev lo',
  };
  const sent = (fate: 'mixed' | 'answered', answers: number): Watched => {
    const { sent: own, ...rest } = counted(fate, { port: 30_080, to: NODE });
    const own2 = { ...own, node: 'ip-10-20-0-10', source: '10.20.0.10', answered: answers };
    return seen(
      { ...rest, sent: own2 },
      [
        ['eth0', 14, answers],
        ['eth1', 0, 0],
      ],
      'ip-172-31-53-61',
    );
  };
  const findings = [
    {
      code: 'node-port-dropped-by-strict-rpf',
      statement: '',
      confidence: 'proven' as const,
      evidence: [],
      facts: { pods: ON_ETH1 },
      residue: [],
    },
  ];

  test('are looked up for the pod that they are translated to, and dropped there', () => {
    const dropped = { ...kernel, [`subject ${pod} 10.20.0.10 eth0`]: '!Invalid argument' };
    const { hops, rounds } = walk(eniBound(I4B), sent('mixed', 6), eniAnswers(I4B), dropped, { findings });
    const hop = hopAt(hops, 'there', 'subject');
    expect(hop.about).toBe(`it arrives by eth0, for ${pod} after DNAT (one of 5)`);
    expect(hop).toMatchObject({ fits: 'no', command: `ip -4 route get ${pod} from 10.20.0.10 iif eth0` });
    expect(hop.says).toContain('eth0 filters strictly');
    expect(rounds).toBeLessThan(3);
  });

  test('are answered with the mark that netfilter restores, else by the interface of the pod', () => {
    const marked = walk(eniBound(HEALTHY), sent('answered', 14), eniAnswers(HEALTHY), kernel, { findings });
    expect(drawn(marked.hops)).toEqual(ALL);
    expect(hopAt(marked.hops, 'back', 'subject').command).toMatch(/ iif eni0000000137 mark 0x80$/);
    const bare = { ...HEALTHY, marked: false };
    const { hops } = walk(eniBound(bare), sent('answered', 14), eniAnswers(bare), kernel, { findings });
    expect(hopAt(hops, 'back', 'subject')).toMatchObject({ fits: 'no' });
    expect(hopAt(hops, 'back', 'subject').says).toContain('It leaves by eth1, not by eth0');
  });

  test('ask for the marks only where DNAT was made', () => {
    const known = eniAnswers(HEALTHY).filter(({ question: { probe } }) => probe !== iptablesMangle.id);
    const asks = (watched: Watched): boolean =>
      walk(eniBound(HEALTHY), watched, known, kernel).asked.some(({ probe }) => probe === iptablesMangle.id);
    expect(asks(sent('answered', 14))).toBe(true);
    expect(asks(counted('answered', { port: 8080, to: pod }))).toBe(false);
  });
});

describe('what people repeated themselves', () => {
  const repeated = (source: string | null): Watched => {
    const { sent: own, story, ...rest } = counted('answered');
    const seen = { point: 0, at: 1, kind: 'SYN', target: own.to, length: 60 } as const;
    return {
      ...rest,
      sent: { ...own, node: '', source: null, by: 'user' },
      story: { ...story, ladder: source === null ? [] : [{ ...seen, source }] },
    };
  };
  const outside = '198.51.100.24';

  test('is followed from where the captures saw it come in, without the sender that nobody knows', () => {
    const { hops } = walk(I1, repeated(outside), i1Answers(I1_SICK), {
      [`subject 10.0.10.207 ${outside} eth0`]: `local 10.0.10.207 from ${outside} dev lo table local`,
      [`subject ${outside} 10.0.10.207`]: `${outside} from 10.0.10.207 via 10.0.10.1 dev eth1 uid 0`,
    });
    expect(drawn(hops)).toEqual(['✓ there subject', '✗ back subject']);
  });

  test('is followed to the sender where it is a node', () => {
    const { hops } = walk(I1, repeated('10.0.10.69'), i1Answers(I1_HEALTHY), I1_KERNEL);
    expect(drawn(hops)).toEqual(ALL);
  });

  test('is no way at all where nobody was seen', () => {
    expect(walk(I1, repeated(null), i1Answers(I1_SICK), I1_KERNEL).hops).toEqual([]);
  });
});

test('nothing was sent, so there is no way to ask for', () => {
  expect(walk(I1, null, i1Answers(I1_SICK), I1_KERNEL)).toMatchObject({ hops: [], rounds: 0, asked: [] });
});
