import { describe, expect, test } from 'vitest';
import { returnPath } from '../../src/check/return-path.ts';
import { ipRouteGet } from '../../src/probe/index.ts';
import { answered, I1, I1_HEALTHY, I1_SICK, i1Answers, printed, readings } from '../fake/scene.ts';

describe('return-path', () => {
  test('replies that leave eth1 while requests reach eth0', () => {
    const verdict = returnPath.judge(I1, readings(...i1Answers(I1_SICK)));
    expect(verdict.is).toBe('found');
    if (verdict.is !== 'found') return;
    const [finding] = verdict.findings;
    expect(finding?.code).toBe('reply-leaves-other-interface');
    expect(finding?.facts).toMatchObject({ device: 'eth1', uplink: 'eth0', prefix: '10.0.10.0/24' });
    expect(finding?.evidence[0]).toMatchObject({
      subject: {
        command: expect.stringContaining('route get 10.0.10.69 from 10.0.10.207') as string,
        line: expect.stringContaining('dev eth1') as string,
      },
      peer: { line: expect.stringContaining('dev eth0') as string },
    });
    expect(finding?.evidence.slice(1).map(({ subject }) => subject.line.split(' ')[2])).toEqual(['eth1', 'eth0']);
  });

  test('the same with strict RPF is a drop on arrival', () => {
    const verdict = returnPath.judge(I1, readings(...i1Answers({ ...I1_SICK, rpFilter: '1' })));
    expect(verdict.is === 'found' && verdict.findings[0]?.code).toBe('request-dropped-by-strict-rpf');
  });

  test('loose RPF does not drop it', () => {
    const verdict = returnPath.judge(I1, readings(...i1Answers({ ...I1_SICK, rpFilter: '2' })));
    expect(verdict.is === 'found' && verdict.findings[0]?.code).toBe('reply-leaves-other-interface');
  });

  test('a healthy node is clear', () => {
    expect(returnPath.judge(I1, readings(...i1Answers(I1_HEALTHY))).is).toBe('clear');
  });

  test('a healthy node with strict RPF is clear', () => {
    expect(returnPath.judge(I1, readings(...i1Answers({ ...I1_HEALTHY, rpFilter: '1' }))).is).toBe('clear');
  });

  test('a lookup that timed out is unknown, never clear', () => {
    const late = answered(
      'subject',
      ipRouteGet,
      { to: '10.0.10.69', from: '10.0.10.207' },
      printed('', { exit: null, timedOut: true }),
    );
    const verdict = returnPath.judge(I1, readings(...i1Answers(I1_HEALTHY), late));
    expect(verdict.is).toBe('unknown');
    expect(verdict.is === 'unknown' && verdict.missing[0]?.gap).toBe('timed-out');
  });

  test('asks for the prefix only once it knows it, and nothing new afterwards', () => {
    const first = returnPath.needs(I1, readings());
    expect(first.map(({ probe }) => probe)).not.toContain('ip-route-prefix');
    const known = readings(...i1Answers(I1_SICK));
    expect(returnPath.needs(I1, known).map(({ probe }) => probe)).toContain('ip-route-prefix');
  });
});
