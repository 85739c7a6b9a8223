import { describe, expect, test } from 'vitest';
import { dnsQuestions, dnsWay, lookupPoints } from '../../../src/incident/watch/watch-dns.ts';
import { questionsFor, watchFor } from '../../../src/incident/watch/watch.ts';
import { usersStory } from '../../../src/capture/index.ts';
import { questionKey } from '../../../src/model/index.ts';
import type { Answer, Bound, IncidentState } from '../../../src/model/index.ts';
import { ipRouteGet, iptablesNat } from '../../../src/probe/index.ts';
import { pcap } from '../../capture/build.ts';
import { at, dnsAnswer, type Lookup, query } from '../../capture/talk.ts';
import { I2, I2_HEALTHY, i2Answers } from '../../fake/flannel.ts';
import { smallHouse } from '../../fake/house.ts';
import { answered, boundNode, lost } from '../../fake/scene.ts';
import { counting, Tale } from '../tale.ts';

const SERVICE = '10.186.0.2';
const SERVER = '10.187.1.24';
const ASKER = '10.187.0.12';

const way = (to: string, device: string): Answer =>
  answered('subject', ipRouteGet, { to }, `${to} dev ${device} src 10.187.0.1 uid 0 \n    cache \n`);
const WAYS = [way(SERVER, 'flannel.1'), way(ASKER, 'cni0')];
const KNOWN = [...i2Answers(I2_HEALTHY), ...WAYS];

function known(answers: readonly Answer[], bound: Bound = I2): IncidentState {
  const byKey = answers.map((answer) => [questionKey(answer.question), answer] as const);
  return { ...counting().state, bound, answers: Object.fromEntries(byKey) };
}

const without = (probe: string): Answer[] =>
  KNOWN.map((one) => (one.question.probe === probe ? lost(one, 'denied') : one));
const subject = (...pods: readonly string[]): Bound => ({
  ...I2,
  subject: boundNode('kylin-19', '172.31.159.19', pods),
});

describe('the way to the cluster DNS', () => {
  test('is asked for step by step: whom pods ask, then by which devices', () => {
    const keys = (answers: readonly Answer[]) => dnsQuestions(known(answers)).map(questionKey);
    expect(keys([])).toHaveLength(2);
    expect(keys(KNOWN)).toEqual([...keys([]), ...WAYS.map(({ question }) => questionKey(question))]);
    expect(questionsFor(known(KNOWN), 'dns').map(questionKey)).toEqual(keys(KNOWN));
  });

  test('leads from every pod over the bridge and the tunnel, by the domain that the kubelet has', () => {
    const found = dnsWay(known(KNOWN));
    expect(found).toEqual({
      service: SERVICE,
      behind: [SERVER],
      name: 'kubernetes.default.svc.cluster1.local',
      asker: null,
      inner: 'cni0',
      outer: 'flannel.1',
    });
    expect(found === null ? [] : lookupPoints('kylin-19', found)).toEqual([
      { role: 'subject', node: 'kylin-19', device: 'cni0', onWay: true },
      { role: 'subject', node: 'kylin-19', device: 'flannel.1', onWay: true },
    ]);
  });

  test('leads from one pod where each has a device of its own', () => {
    const found = dnsWay(known([...i2Answers(I2_HEALTHY), way(SERVER, 'eth0'), way(ASKER, 'cali1234abcdef1')]));
    expect(found).toMatchObject({ asker: { name: 'web-0', address: ASKER }, inner: 'cali1234abcdef1', outer: 'eth0' });
  });

  const NAT_1053 = (to: string): string =>
    [
      '*nat',
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-SVC-A - [0:0]',
      ':KUBE-SEP-A - [0:0]',
      `-A KUBE-SERVICES -d ${SERVICE}/32 -p tcp -m tcp --dport 53 -j KUBE-SVC-A`,
      '-A KUBE-SVC-A -j KUBE-SEP-A',
      `-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination ${to}`,
      'COMMIT',
      '',
    ].join('\n');
  const served = (to: string): Answer[] => [
    ...KNOWN.filter(({ question }) => question.probe !== 'iptables-nat'),
    answered('subject', iptablesNat, {}, NAT_1053(to)),
  ];

  test('is known where the pod behind the service listens on 53', () => {
    expect(dnsWay(known(served(`${SERVER}:53`)))).not.toBeNull();
  });

  test.each<[string, readonly Answer[], Bound?]>([
    ['the kubelet said nothing', without('kubelet-config')],
    ['the rules said nothing', without('iptables-nat')],
    ['no route was looked up', i2Answers(I2_HEALTHY)],
    ['a DNS pod runs here', KNOWN, subject(SERVER, ASKER)],
    ['no pod runs here', KNOWN, subject()],
    ['its pods listen on another port', served(`${SERVER}:1053`)],
    ['both devices are one', [...i2Answers(I2_HEALTHY), way(SERVER, 'cni0'), way(ASKER, 'cni0')]],
  ])('is not known where %s', (_, answers, bound) => {
    expect(dnsWay(known(answers, bound))).toBeNull();
  });
});

describe('marked queries', () => {
  const prove = { stimulus: 'dns-query', target: 'dns' } as const;

  test('go from the node itself to the service, and are watched where they leave', () => {
    expect(watchFor(known(KNOWN), prove)).toMatchObject({
      stimulus: { from: 'subject', to: SERVICE, port: 53, name: 'kubernetes.default.svc.cluster1.local' },
      watch: { points: [{ role: 'subject', device: 'flannel.1' }], limits: { packets: 5000 } },
    });
  });

  test('are not sent where nobody said whom to ask', () => {
    expect(watchFor(known(without('kubelet-config')), prove)).toMatchObject({ unfit: /no name was looked up/ });
  });
});

describe('people who are asked to repeat a failing name lookup', () => {
  const NAMES = `id: names
version: 1
button: DNS fails
symptom: Names are not found.
far-end: node
start: narrow
states:
  narrow:
    narrow: [gateway-answers]
    next: { suspected: prove, cleared: prove, unseen: prove }
  prove:
    prove: [{ stimulus: icmp-echo, target: pod }, { stimulus: dns-query, target: dns }]
    next: { proven: cause, likely: cause, cleared: nothing, unseen: unseen }
  cause: { end: cause }
  nothing: { end: nothing }
  unseen: { end: unseen }
`;
  const failed = (answers: readonly Answer[]): Tale =>
    new Tale(smallHouse([NAMES]))
      .open()
      .thread()
      .locate(I2)
      .answer('symptom', 'names')
      .look(answers)
      .take({ is: 'watch-failed', gap: 'unreachable', sentence: 'Nobody could send.' })
      .look(answers);

  test('are told which name and whom it is asked, and their lookups are watched', () => {
    const tale = failed(KNOWN);
    expect(tale.state.questions.at(-1)?.text).toBe(
      'Nobody could send. Can you repeat what fails? Press when you begin: I watch the names that the pods here look up at the cluster DNS 10.186.0.2 (kubernetes.default.svc.cluster1.local, for instance), for 20 s and send nothing.',
    );
    tale.answer('repeat', 'now');
    expect(tale.wanted.find((effect) => effect.do === 'watch-users')).toMatchObject({
      expected: { from: null, to: SERVICE, port: 53, dns: { behind: [SERVER] } },
      watch: {
        points: [{ device: 'cni0' }, { device: 'flannel.1' }],
        filter: { all: [{ any: [{ port: 53, proto: 'udp' }, { proto: 'icmp' }] }] },
        limits: { seconds: 30, packets: 5000 },
      },
    });
  });

  test('are told which pod, where each has a device of its own', () => {
    const tale = failed([...i2Answers(I2_HEALTHY), way(SERVER, 'eth0'), way(ASKER, 'cali1234abcdef1')]);
    expect(tale.state.questions.at(-1)?.text).toContain('that pod default/web-0 looks up at');
    tale.answer('repeat', 'now');
    expect(tale.wanted.find((effect) => effect.do === 'watch-users')).toMatchObject({ expected: { from: ASKER } });
  });

  test('are not asked for lookups whose way is not known', () => {
    expect(failed(without('kubelet-config')).state.questions.map(({ question }) => question)).toEqual(['symptom']);
  });

  describe.each([
    ['refused', { rcode: 2 }, 'says SERVFAIL: it could not find out.'],
    ['answered', { rcode: 3 }, 'all 2 DNS answers left by '],
  ] as const)('and whose lookups are %s', (fate, answer, words) => {
    const lookups: readonly Lookup[] = [1, 2].map((id) => ({ id, source: ASKER, target: SERVICE, ipId: id }));
    const packets = lookups.flatMap((lookup) => [at(lookup.id, query(lookup)), at(5, dnsAnswer(lookup, answer))]);

    test('are told how they fared, and no way of them is judged that nobody followed', () => {
      const tale = failed(KNOWN).answer('repeat', 'now');
      const effect = tale.wanted.find((one) => one.do === 'watch-users');
      if (effect?.do !== 'watch-users') throw new RangeError('nobody is watched');
      const pcaps = [{ pcap: pcap(packets) }, { pcap: pcap([]) }];
      const { story, sent } = usersStory(effect.watch.points, pcaps, effect.expected, 'farEnd');
      expect(story.fate).toBe(fate);
      tale.watch({ sent, story, captures: [], counters: [] }, KNOWN);
      expect(tale.state.life).toBe('closed');
      const said = JSON.stringify(tale.shows('summary').paragraphs);
      expect(said).toContain(words);
      expect(tale.state.path ?? []).toEqual([]);
    });
  });
});
