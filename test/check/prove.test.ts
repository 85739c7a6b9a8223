import { describe, expect, test } from 'vitest';
import { checks } from '../../src/check/index.ts';
import type { Check, Proof } from '../../src/check/check.ts';
import type { Fate, Finding, Watched } from '../../src/model/index.ts';
import { counted, rise } from '../fake/scene.ts';

function weigh(code: string, watched: Watched, facts: Finding['facts'] = {}): Proof {
  const check: Check | undefined = checks.find(({ codes }) => codes.includes(code));
  const finding: Finding = { code, statement: '', confidence: 'likely', evidence: [], facts, residue: [] };
  const proof = check?.prove?.(finding, watched);
  if (proof === undefined) throw new RangeError(`packets cannot prove ${code}`);
  return proof;
}

const POD = { port: null, to: '192.168.4.25' } as const;

describe('replies by another interface', () => {
  test('are proven by answers seen there', () => {
    expect(weigh('reply-leaves-other-interface', counted('answered-elsewhere')).says).toBe('proven');
  });

  test.each(['answered-elsewhere', 'arrived-not-answered'] as const)(
    'as a drop by strict RPF are proven by its counter, whatever the captures say: %s',
    (fate) => {
      const watched = counted(fate, { counters: [rise('TcpExtIPReversePathFilter', 9, 2)] });
      const proof = weigh('request-dropped-by-strict-rpf', watched);
      expect(proof.says).toBe('proven');
      expect(proof.sentence).toContain('dropped 9 packets');
      expect(proof.sentence).toContain('2 in a quiet window');
    },
  );

  test('as a drop by strict RPF are open where the counter rose no more than in quiet', () => {
    const watched = counted('arrived-not-answered', { counters: [rise('TcpExtIPReversePathFilter', 9, 3)] });
    expect(weigh('request-dropped-by-strict-rpf', watched).says).toBe('open');
  });

  test('as a drop by strict RPF are open where another counter rose', () => {
    const watched = counted('arrived-not-answered', { counters: [rise('TcpExtListenDrops', 9)] });
    expect(weigh('request-dropped-by-strict-rpf', watched).says).toBe('open');
  });

  test.each(['reply-leaves-other-interface', 'request-dropped-by-strict-rpf', 'no-way-back'])(
    '%s is refuted when every packet was answered, open when none arrived',
    (code) => {
      expect(weigh(code, counted('answered')).says).toBe('refuted');
      expect(weigh(code, counted('never-arrived')).says).toBe('open');
    },
  );
});

describe('forwarding switched off', () => {
  test.each(['forwarding-off', 'uplink-forwarding-off'])('%s is proven by packets that go no further', (code) => {
    const proof = weigh(code, counted('not-forwarded', POD));
    expect(proof.says).toBe('proven');
    expect(proof.sentence).toContain('went no further');
    expect(proof.sentence).not.toContain('kernel counted');
  });

  test("is proven with the kernel's own count where it rose enough", () => {
    const enough = counted('not-forwarded', { ...POD, counters: [rise('IpInAddrErrors', 8, 1)] });
    const few = counted('not-forwarded', { ...POD, counters: [rise('IpInAddrErrors', 8, 2)] });
    expect(weigh('forwarding-off', enough).sentence).toContain('kernel counted 8 packets');
    expect(weigh('forwarding-off', few).sentence).not.toContain('kernel counted');
  });

  test('is refuted by a pod that answers', () => {
    expect(weigh('forwarding-off', counted('answered', POD)).says).toBe('refuted');
  });

  test.each(['answered', 'not-forwarded', 'never-arrived'] as const)(
    'is left open by packets to the node itself: %s',
    (fate) => {
      expect(weigh('forwarding-off', counted(fate)).says).toBe('open');
    },
  );

  test('is left open by a pod that was reached and is silent', () => {
    expect(weigh('forwarding-off', counted('arrived-not-answered', POD)).says).toBe('open');
  });
});

describe('a kubelet that does not listen', () => {
  test('is proven by refusals, refuted by answers', () => {
    expect(weigh('kubelet-not-listening', counted('refused'))).toMatchObject({
      says: 'proven',
      sentence: 'The node refused 7 of 7 marked packets to port 10250.',
    });
    expect(weigh('kubelet-not-listening', counted('answered')).says).toBe('refuted');
  });

  test.each([
    ['silence', counted('arrived-not-answered')],
    ['a pod that answers', counted('answered', POD)],
    ['a pod that refuses', counted('refused', POD)],
  ])('is left open by %s', (_, watched) => {
    expect(weigh('kubelet-not-listening', watched).says).toBe('open');
  });
});

describe('firewall and pod route', () => {
  test('are refuted by answers from where they would keep packets away', () => {
    expect(weigh('firewall-blocks-kubelet', counted('answered')).says).toBe('refuted');
    expect(weigh('forward-policy-drop', counted('answered', POD)).says).toBe('refuted');
    expect(weigh('pod-route-missing', counted('answered', POD), { pod: '192.168.4.25' }).says).toBe('refuted');
  });

  test('are left open by answers from elsewhere', () => {
    expect(weigh('firewall-blocks-kubelet', counted('answered', POD)).says).toBe('open');
    expect(weigh('forward-policy-drop', counted('answered')).says).toBe('open');
    expect(weigh('pod-route-missing', counted('answered', POD), { pod: '192.168.4.99' }).says).toBe('open');
  });
});

describe('every proof', () => {
  const FATES: readonly Fate[] = [
    'answered',
    'answered-elsewhere',
    'arrived-not-answered',
    'not-forwarded',
    'never-arrived',
    'refused',
    'mixed',
    'not-sent',
  ];
  const proving = checks.flatMap((check) => (check.prove === undefined ? [] : check.codes));

  test.each(proving)('%s says one sentence for every fate, and nothing is proven by what was not seen', (code) => {
    for (const fate of FATES) {
      for (const watched of [counted(fate), counted(fate, POD)]) {
        const proof = weigh(code, watched, { pod: '192.168.4.25' });
        expect(proof.sentence).toMatch(/^[A-Z].*\.$/);
        const may = { answered: 'refuted', mixed: 'open', 'not-sent': 'open', 'never-arrived': 'open' } as const;
        const only = fate in may ? may[fate as keyof typeof may] : 'proven';
        expect(['open', only]).toContain(proof.says);
      }
    }
  });
});
