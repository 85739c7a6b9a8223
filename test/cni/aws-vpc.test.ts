import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Check, Readings } from '../../src/check/check.ts';
import { readingsOf } from '../../src/check/check.ts';
import { eniPodRpf } from '../../src/cni/aws-vpc/eni-pod-rpf.ts';
import { ipamdRuntime } from '../../src/cni/aws-vpc/ipamd-runtime.ts';
import { questionKey } from '../../src/model/index.ts';
import type { Answer, Finding, Verdict } from '../../src/model/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import { BLIND, DOCKER, eniAnswers, eniBound, HEALTHY, I4A, I4B, I5, ON_ETH1 } from '../fake/eni.ts';
import type { EniNode } from '../fake/eni.ts';
import { counted, GAPS, lost, readings, rise } from '../fake/scene.ts';

const WRONG = '/run/containerd/containerd.sock';

/** A check, a node as words and as data, and the code that it has to find; `null` for a healthy one. */
const CASES: readonly (readonly [Check, string, EniNode, string | null])[] = [
  [eniPodRpf, 'healthy', HEALTHY, null],
  [eniPodRpf, 'healthy, with strict RPF on eth1, whose way back is eth1', { ...HEALTHY, eth1: '1' }, null],
  [eniPodRpf, 'variant A', I4A, 'eni-pod-request-dropped'],
  [eniPodRpf, 'variant A after the trap', { ...I4A, eth1: '2' }, 'eni-pod-reply-leaves-uplink'],
  [eniPodRpf, 'variant A without any filter', { ...I4A, eth1: '0' }, 'eni-pod-reply-leaves-uplink'],
  [eniPodRpf, 'variant B', I4B, 'node-port-dropped-by-strict-rpf'],
  [eniPodRpf, 'variant B without a NodePort', { ...I4B, nodePort: false }, null],
  [eniPodRpf, 'healthy but for its forwarding', { ...HEALTHY, forwarding: '0' }, null],
  [eniPodRpf, 'variant A with forwarding off', { ...I4A, forwarding: '0' }, 'eni-pod-request-dropped'],
  [
    eniPodRpf,
    'variant A after the trap, with forwarding off',
    { ...I4A, eth1: '2', forwarding: '0' },
    'eni-pod-reply-leaves-uplink',
  ],
  [eniPodRpf, 'variant B with forwarding off', { ...I4B, forwarding: '0' }, 'node-port-dropped-by-strict-rpf'],
  [eniPodRpf, 'without a secondary ENI', { ...I5, eth0: '1' }, null],
  [ipamdRuntime, 'of a version that asks no runtime', HEALTHY, null],
  [
    ipamdRuntime,
    'of a version that asks no runtime, a wrong mount left over',
    { ...HEALTHY, mount: WRONG, runtime: 'docker://20' },
    null,
  ],
  [ipamdRuntime, 'healthy', DOCKER, null],
  [ipamdRuntime, 'healthy, whose log was rotated away', { ...DOCKER, log: null }, null],
  [ipamdRuntime, 'I5', I5, 'ipamd-freed-eni-in-use'],
  [ipamdRuntime, 'I5 before anything was freed', { ...I5, attached: true, log: BLIND }, 'ipamd-cannot-see-containers'],
  [ipamdRuntime, 'about to be I5', { ...DOCKER, mount: WRONG }, 'ipamd-cannot-see-containers'],
  [
    ipamdRuntime,
    'I5 with its mount corrected, its pods not yet recreated',
    { ...DOCKER, attached: false },
    'pods-without-eni',
  ],
  [ipamdRuntime, 'of a new version that lost its ENI', { ...HEALTHY, attached: false }, 'pods-without-eni'],
  [
    ipamdRuntime,
    'of a new version without a place for its record',
    { ...HEALTHY, record: false },
    'ipamd-record-not-kept',
  ],
  [ipamdRuntime, 'of an old version, which keeps no record', { ...DOCKER, record: false }, null],
  [ipamdRuntime, 'of an unknown version that mounts no runtime', { ...HEALTHY, version: null }, null],
  [
    ipamdRuntime,
    'of an unknown version that mounts the wrong one',
    { ...DOCKER, version: null, mount: WRONG },
    'ipamd-cannot-see-containers',
  ],
];

const judged = (check: Check, node: EniNode, answers: readonly Answer[] = eniAnswers(node)): Verdict =>
  check.judge(eniBound(node), readings(...answers));
const findingsOf = (verdict: Verdict): readonly Finding[] => (verdict.is === 'found' ? verdict.findings : []);
const codesOf = (verdict: Verdict): readonly string[] => findingsOf(verdict).map(({ code }) => code);

function onlyFinding(check: Check, node: EniNode): Finding {
  const [finding] = findingsOf(judged(check, node));
  if (finding === undefined) throw new RangeError(`${check.id} found nothing`);
  return finding;
}

describe('checks of aws-vpc', () => {
  test.each(CASES)('%o on a node that is %s', (check, _, node, code) => {
    const verdict = judged(check, node);
    expect(verdict.is === 'unknown' ? verdict.missing : []).toEqual([]);
    expect(codesOf(verdict)).toEqual(code === null ? [] : [code]);
  });

  test.each([eniPodRpf, ipamdRuntime])('are unknown while nothing was answered, and say of which node', (check) => {
    const verdict = check.judge(eniBound(DOCKER), readings());
    expect(verdict).toMatchObject({
      is: 'unknown',
      missing: [{ check: check.id, role: 'subject', node: 'ip-172-31-53-61' }],
    });
  });

  test('a gap may hide a verdict, it never turns one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CASES),
        fc.array(fc.option(fc.constantFrom(...GAPS), { nil: null }), { minLength: 20, maxLength: 20 }),
        ([check, , node], gaps) => {
          const whole = judged(check, node);
          const partly = eniAnswers(node).map((answer, at) => {
            const gap = gaps[at] ?? null;
            return gap === null ? answer : lost(answer, gap);
          });
          const verdict = judged(check, node, partly);
          if (verdict.is === 'unknown') return;
          expect(codesOf(verdict)).toEqual(codesOf(whole));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each(CASES)('%o asks everything it needs in three rounds (%s)', (check, _, node, code) => {
    const bound = eniBound(node);
    const known = new Map(eniAnswers(node).map((answer) => [questionKey(answer.question), answer]));
    const asked: Record<string, Answer> = {};
    const open = (so: Readings) => check.needs(bound, so).filter((one) => asked[questionKey(one)] === undefined);
    for (let round = 0; round < 3; round += 1) {
      for (const question of open(readingsOf(asked)))
        asked[questionKey(question)] = known.get(questionKey(question)) ?? lost({ question }, 'unreachable');
    }
    expect(open(readingsOf(asked))).toEqual([]);
    expect(codesOf(check.judge(bound, readingsOf(asked)))).toEqual(code === null ? [] : [code]);
  });

  const STARTED = '2019-11-26T02:28:11.342Z [INFO]\tStarting L-IPAMD v1.5.3  ...\n';
  const failed = (attempt: number): string =>
    `2019-11-26T02:28:${11 + attempt}.668Z [INFO]\tNot able to get local containers yet (attempt ${attempt}/5): no socket\n`;
  const recovered =
    '2019-11-26T02:28:26.700Z [INFO]\tRecovered AddNetwork for Pod web-0, Namespace default, Container 4f5d\n';
  test.each([
    ['has failed once and still tries', STARTED + failed(1), 'unknown'],
    ['has failed four times and still tries', STARTED + failed(1) + failed(4), 'unknown'],
    ['has given up', STARTED + failed(4) + failed(5), 'found'],
    ['saw them at the second attempt', STARTED + failed(1) + recovered, 'clear'],
  ])('an address manager that %s is not judged too early', (_, log, is) => {
    expect(judged(ipamdRuntime, { ...DOCKER, log }).is).toBe(is);
    expect(judged(ipamdRuntime, { ...I5, log, mount: '/var/run/docker.sock' }).is).toBe(is === 'clear' ? 'found' : is);
  });

  test('a version that asks no runtime is asked for neither log nor sockets', () => {
    const asked = ipamdRuntime.needs(eniBound(HEALTHY), readings(...eniAnswers(HEALTHY))).map(({ probe }) => probe);
    expect(asked).not.toContain('ipamd-log');
    expect(asked).not.toContain('runtime-sockets');
  });
});

describe('what is said of them', () => {
  test('pods are grouped by ENI', () => {
    const { facts, evidence } = onlyFinding(eniPodRpf, I4A);
    expect(facts).toMatchObject({ eni: 'eth1', uplink: 'eth0', pods: ON_ETH1, sendPort: '8080' });
    expect(ON_ETH1).toContain(facts['sendTo']);
    expect(evidence[0]?.about).toContain(ON_ETH1.join(', '));
  });

  test('a way back of which no lookup tells is shown by the rule and by its table', () => {
    const lines = onlyFinding(eniPodRpf, { ...I4B, forwarding: '0' }).evidence.map(({ subject }) => subject.line);
    expect(lines).toContain('1536:\tfrom 172.31.56.137 lookup 2');
    expect(lines).toContain('default via 172.31.48.1 dev eth1 table 2');
    expect(lines.join('\n')).not.toContain('No route to host');
  });

  test('a refused lookup tells nothing where it is not for want of forwarding', () => {
    const refused = eniAnswers({ ...I4B, forwarding: '0' }).filter(({ question }) => question.probe === 'ip-route-get');
    const rest = eniAnswers(I4B).filter(({ question }) => question.probe !== 'ip-route-get');
    expect(judged(eniPodRpf, I4B, [...rest, ...refused])).toMatchObject({
      is: 'unknown',
      missing: [{ detail: expect.stringContaining('No route to host') }],
    });
  });

  test('rolling aws-node is warned of where its mount is wrong, and cleared where it is right', () => {
    const right = { ...I4A, runtime: 'docker://19', mount: '/var/run/docker.sock' };
    expect(onlyFinding(eniPodRpf, { ...right, mount: WRONG }).facts['first']).toMatch(/^do not roll it yet\./);
    expect(onlyFinding(eniPodRpf, right).facts['first']).toContain('is the right one');
  });

  test.each([
    ['1.5.3', '/var/run/docker.sock'],
    ['1.7.5', '/run/dockershim.sock'],
  ])('version %s on Docker wants %s', (version, wanted) => {
    expect(onlyFinding(ipamdRuntime, { ...I5, version }).facts['wanted']).toBe(wanted);
  });

  test('I5 is proven by its sequence only where the mount tells why', () => {
    expect(onlyFinding(ipamdRuntime, I5).confidence).toBe('proven');
    expect(onlyFinding(ipamdRuntime, { ...I5, mount: '/var/run/docker.sock' }).confidence).toBe('likely');
    expect(onlyFinding(ipamdRuntime, I5).facts['orphans']).toEqual(['default/web-2', 'default/web-3', 'default/web-4']);
  });
});

describe('packets that weigh them', () => {
  const toPod = { port: 8080, to: ON_ETH1[0] ?? '' };
  const toNode = { port: 30_080, to: '172.31.53.61' };
  const filter = (each: number | readonly [number, number], quiet = 0) => ({
    counters: [rise('TcpExtIPReversePathFilter', each, quiet)],
  });
  const weigh = (check: Check, node: EniNode, watched: ReturnType<typeof counted>) =>
    check.prove?.(onlyFinding(check, node), watched).says;

  test.each([
    ['proven', counted('not-forwarded', { ...toPod, ...filter(7) })],
    ['open', counted('not-forwarded', { ...toPod, ...filter(9, 3) })],
    ['open', counted('never-arrived', toPod)],
    ['open', counted('not-forwarded', { ...toNode, ...filter(7) })],
    ['refuted', counted('answered', toPod)],
  ] as const)('variant A is %s', (says, watched) => expect(weigh(eniPodRpf, I4A, watched)).toBe(says));

  test.each([
    ['proven', counted('answered-elsewhere', toPod)],
    ['open', counted('not-forwarded', { ...toPod, ...filter(7) })],
    ['refuted', counted('answered', toPod)],
  ] as const)('variant A after the trap is %s', (says, watched) =>
    expect(weigh(eniPodRpf, { ...I4A, eth1: '2' }, watched)).toBe(says),
  );

  test.each([
    [[3, 5], [4, 2], 'proven'],
    [[3, 5], [3, 2], 'open'],
    [[3, 5], [2, 4], 'open'],
    [[0, 0], [7, 7], 'proven'],
    [[7, 7], [0, 0], 'refuted'],
  ] as const)('variant B with %j answers and %j drops is %s', (answers, drops, says) => {
    const watched = counted('mixed', { ...toNode, ...filter(drops) });
    const rounds = (watched.sent.rounds ?? []).map((round, at) => ({ ...round, answered: answers[at] ?? 0 }));
    const sent = { ...watched.sent, answered: answers[0] + answers[1], rounds };
    expect(weigh(eniPodRpf, I4B, { ...watched, sent })).toBe(says);
  });

  test.each([
    ['proven', counted('never-arrived', toPod)],
    ['open', counted('arrived-not-answered', toPod)],
    ['refuted', counted('answered', toPod)],
  ] as const)('I5 is %s', (says, watched) => expect(weigh(ipamdRuntime, I5, watched)).toBe(says));
});

describe('loosening the uplink', () => {
  const loosen = remediations.find(({ id }) => id === 'loosen-uplink-rpf');
  const drafted = (node: EniNode) =>
    loosen?.draft(onlyFinding(eniPodRpf, node), {
      bound: eniBound(node),
      readings: readings(...eniAnswers(node)),
      door: null,
    });

  test('restores what was there', () => {
    expect(drafted(I4B)).toMatchObject({
      steps: [{ argv: ['sysctl', '-w', 'net/ipv4/conf/eth0/rp_filter=2'] }],
      undo: [{ argv: ['sysctl', '-w', 'net/ipv4/conf/eth0/rp_filter=1'] }],
      preconditions: [{ stdout: 'net.ipv4.conf.eth0.rp_filter = 1\n' }],
    });
  });

  test('is not offered where answers would then leave by the other ENI', () => {
    expect(drafted({ ...I4B, marked: false })).toEqual({ unfit: expect.stringContaining('not marked') });
  });

  test('mends neither form of variant A', () => {
    const codes = [I4A, { ...I4A, eth1: '2' as const }].map((node) => onlyFinding(eniPodRpf, node).code);
    expect(loosen?.fixes.filter((code) => codes.includes(code))).toEqual([]);
  });
});
