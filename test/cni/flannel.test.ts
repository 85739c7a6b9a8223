import { describe, expect, test } from 'vitest';
import { readingsOf } from '../../src/check/check.ts';
import { cniChecks } from '../../src/cni/checks.ts';
import { questionKey } from '../../src/model/index.ts';
import type { Answer, Bound, Finding, Verdict, Watched } from '../../src/model/index.ts';
import { I2, I2_CAPTURED, I2_HEALTHY, I2_STALE, i2Annotated, i2Answers, PEER_VTEP } from '../fake/flannel.ts';
import { counted, GAPS, lost, readings, rise } from '../fake/scene.ts';

const STALE = 'vtep-mac-not-announced';
const MISSING = 'vtep-missing';
const CAPTURED = 'remote-vtep-is-local';

function judged(id: string, bound: Bound, answers: readonly Answer[]): Verdict {
  const check = cniChecks.find((one) => one.id === id);
  if (check === undefined) throw new RangeError(`no check is called ${id}`);
  return check.judge(bound, readings(...answers));
}

function codesOf(verdict: Verdict): readonly string[] {
  return verdict.is === 'found' ? verdict.findings.map(({ code }) => code) : [];
}

const CASES = [
  ['vtep-mac', 'healthy', I2_HEALTHY, []],
  ['vtep-mac', 'another MAC than announced', I2_STALE, [STALE]],
  ['vtep-mac', 'the announced MAC in capitals', { ...I2_HEALTHY, mac: 'EA:77:37:86:EE:BF' }, []],
  ['vtep-mac', 'no flannel.1', { ...I2_HEALTHY, mac: null }, [MISSING]],
  ['vtep-mac', 'flannel.1 switched off', { ...I2_HEALTHY, up: false }, [MISSING]],
  ['vtep-mac', "the other fault: the peer's VTEP captured", I2_CAPTURED, []],
  ['remote-vtep-local', 'healthy, its own VTEP in table local', I2_HEALTHY, []],
  ['remote-vtep-local', "the peer's VTEP captured", I2_CAPTURED, [CAPTURED]],
  ['remote-vtep-local', 'the other fault: a stale MAC', I2_STALE, []],
] as const;

describe.each(CASES)('%s on a node with %s', (id, _, node, codes) => {
  const answers = i2Answers(node);

  test('says so', () => {
    const verdict = judged(id, I2, answers);
    expect(verdict.is).toBe(codes.length === 0 ? 'clear' : 'found');
    expect(codesOf(verdict)).toEqual(codes);
  });

  test.each(GAPS)('is unknown where every answer of the subject is %s', (gap) => {
    const gone = answers.map((answer) => (answer.question.role === 'subject' ? lost(answer, gap) : answer));
    expect(judged(id, I2, gone)).toMatchObject({ is: 'unknown', missing: [{ check: id, role: 'subject', gap }] });
  });

  test('needs the subject alone for its verdict', () => {
    const gone = answers.map((answer) => (answer.question.role === 'peer' ? lost(answer, 'timed-out') : answer));
    expect(codesOf(judged(id, I2, gone))).toEqual(codes);
    expect(codesOf(judged(id, { ...I2, peer: null }, answers))).toEqual(codes);
  });

  test('asks within three rounds for everything that it judges by', () => {
    const known = new Map(answers.map((answer) => [questionKey(answer.question), answer]));
    const asked: Record<string, Answer> = {};
    const check = cniChecks.find((one) => one.id === id);
    for (let round = 0; round < 3; round += 1) {
      for (const question of check?.needs(I2, readingsOf(asked)) ?? [])
        asked[questionKey(question)] = known.get(questionKey(question)) ?? lost({ question }, 'not-recorded');
    }
    expect(codesOf(judged(id, I2, Object.values(asked)))).toEqual(codes);
    expect(Object.values(asked).filter(({ reading }) => !reading.known && reading.gap === 'not-recorded')).toEqual([]);
  });
});

describe('what a node announces', () => {
  const data = (text: string): Bound =>
    i2Annotated({ 'flannel.alpha.coreos.com/backend-type': 'vxlan', 'flannel.alpha.coreos.com/backend-data': text });

  test.each([
    '',
    '{}',
    'null',
    '[]',
    '{"VtepMAC":7}',
    '{"VtepMAC":"$(id)"}',
    '{"VNI":"1","VtepMAC":"ea:77:37:86:ee:bf"}',
  ])('is not guessed from %j', (text) => {
    expect(judged('vtep-mac', data(text), i2Answers(I2_STALE)).is).toBe('unknown');
  });

  test('may leave the VNI out, as older versions do', () => {
    expect(judged('vtep-mac', data('{"VtepMAC":"ea:77:37:86:ee:bf"}'), i2Answers(I2_HEALTHY)).is).toBe('clear');
    expect(codesOf(judged('vtep-mac', data('{"VtepMAC":"ea:77:37:86:ee:bf"}'), i2Answers(I2_STALE)))).toEqual([STALE]);
  });

  test('is nothing where flannel does not encapsulate, and unknown where it announces nothing', () => {
    const hostGateway = i2Annotated({ 'flannel.alpha.coreos.com/backend-type': 'host-gw' });
    expect(judged('vtep-mac', hostGateway, i2Answers(I2_HEALTHY)).is).toBe('clear');
    expect(judged('remote-vtep-local', hostGateway, i2Answers(I2_HEALTHY)).is).toBe('clear');
    expect(judged('vtep-mac', i2Annotated({}), i2Answers(I2_HEALTHY)).is).toBe('unknown');
  });
});

describe('the way in by DNS', () => {
  const statement = (answers: readonly Answer[], bound: Bound = I2): string | undefined => {
    const verdict = judged('vtep-mac', bound, answers);
    return verdict.is === 'found' ? verdict.findings[0]?.statement : undefined;
  };
  const said = ' So no answer of the cluster DNS 10.186.0.2 (cluster1.local) arrives from its pod 10.187.1.24.';

  test('names service, pod and the domain that the kubelet has', () => {
    expect(statement(i2Answers(I2_STALE))).toContain(said);
  });

  test.each(['kubelet-config', 'iptables-nat'])('is left out, and nothing else, where %s was not answered', (probe) => {
    const partly = i2Answers(I2_STALE).map((one) => (one.question.probe === probe ? lost(one, 'denied') : one));
    expect(statement(partly)).toBe(statement(i2Answers(I2_STALE))?.replace(said, ''));
  });

  test('is left out where the DNS pod runs on the node itself', () => {
    const [pod] = I2.peer?.pods ?? [];
    const bound = { ...I2, subject: { ...I2.subject, pods: pod === undefined ? [] : [pod] } };
    expect(statement(i2Answers(I2_STALE), bound)).not.toContain('cluster DNS');
  });
});

describe('counted packets', () => {
  const finding = (id: string, node: Parameters<typeof i2Answers>[0]): Finding => {
    const verdict = judged(id, I2, i2Answers(node));
    const [found] = verdict.is === 'found' ? verdict.findings : [];
    if (found === undefined) throw new RangeError(`${id} found nothing`);
    return found;
  };
  const weighed = (id: string, node: Parameters<typeof i2Answers>[0], watched: Watched): string | undefined =>
    cniChecks.find((one) => one.id === id)?.prove?.(finding(id, node), watched).says;
  const foreign = (each: number, quiet = 0) => ({ counters: [rise('otherhost of flannel.1', each, quiet)] });
  const withSource = (watched: Watched, source: string): Watched => ({
    ...watched,
    story: {
      ...watched.story,
      ladder: [{ point: 0, at: 0, flow: 0, kind: 'echo-request', source, target: '10.187.0.12', length: 228 }],
    },
  });
  const POD = { to: '10.187.0.12', port: null };

  test('prove a stale MAC when each of them came for another one', () => {
    expect(weighed('vtep-mac', I2_STALE, counted('not-forwarded', { ...POD, ...foreign(8, 1) }))).toBe('proven');
    expect(weighed('vtep-mac', I2_STALE, counted('answer-not-delivered', { ...POD, ...foreign(7) }))).toBe('proven');
    expect(weighed('vtep-mac', I2_STALE, counted('not-forwarded', { ...POD, ...foreign(7, 1) }))).toBe('open');
    expect(weighed('vtep-mac', I2_STALE, counted('answered', { ...POD, ...foreign(9) }))).toBe('refuted');
  });

  test('prove a captured address when they came from there, unless they were lost before', () => {
    const from = (watched: Watched): Watched => withSource(watched, PEER_VTEP);
    const id = 'remote-vtep-local';
    expect(weighed(id, I2_CAPTURED, from(counted('not-forwarded', POD)))).toBe('proven');
    expect(weighed(id, I2_CAPTURED, withSource(counted('not-forwarded', POD), '10.187.1.24'))).toBe('open');
    expect(weighed(id, I2_CAPTURED, from(counted('not-forwarded', { ...POD, ...foreign(7) })))).toBe('open');
    expect(weighed(id, I2_CAPTURED, from(counted('answered', POD)))).toBe('refuted');
  });

  test('that came from another address say nothing of a captured one, however well they are answered', () => {
    const elsewhere = withSource(counted('answered', POD), '10.187.2.0');
    expect(weighed('remote-vtep-local', I2_CAPTURED, elsewhere)).toBe('open');
    expect(weighed('remote-vtep-local', I2_CAPTURED, counted('answered', POD))).toBe('open');
  });
});
