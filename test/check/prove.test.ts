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
      const exact = counted(fate, { counters: [rise('TcpExtIPReversePathFilter', 7)] });
      expect(weigh('request-dropped-by-strict-rpf', exact)).toEqual({
        says: 'proven',
        sentence:
          'The node dropped 7 of our 7 packets for this reason, twice: TcpExtIPReversePathFilter rose by 7 and again by 7, and by 0 in the quiet window between.',
      });
      const consistent = counted(fate, { counters: [rise('TcpExtIPReversePathFilter', [9, 10], 2)] });
      expect(weigh('request-dropped-by-strict-rpf', consistent)).toEqual({
        says: 'proven',
        sentence:
          'The counter TcpExtIPReversePathFilter rose by 9 and again by 10, and by 2 in the quiet window between: enough for 7 of our 7 packets each time.',
      });
    },
  );

  test.each<[string, number | readonly [number, number], number]>([
    ['no more than in quiet', 9, 3],
    ['the first time only', [7, 0], 0],
    ['less than was sent', 6, 0],
    ['just as much in quiet', 7, 7],
  ])('as a drop by strict RPF are open, and it is said so, where the counter rose %s', (_, each, quiet) => {
    const watched = counted('arrived-not-answered', { counters: [rise('TcpExtIPReversePathFilter', each, quiet)] });
    const proof = weigh('request-dropped-by-strict-rpf', watched);
    expect(proof.says).toBe('open');
    expect(proof.sentence).toContain('ambiguous');
  });

  test('no way back is proven by the lookups that the kernel counted as failed', () => {
    const proven = counted('arrived-not-answered', { counters: [rise('IpOutNoRoutes', 7)] });
    const elsewhere = counted('arrived-not-answered', { counters: [rise('TcpExtIPReversePathFilter', 7)] });
    expect(weigh('no-way-back', proven).says).toBe('proven');
    expect(weigh('no-way-back', elsewhere).says).toBe('open');
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
    expect(proof.sentence).not.toContain('IpInAddrErrors');
  });

  test("says the kernel's own count beside what was seen", () => {
    const exact = counted('not-forwarded', { ...POD, counters: [rise('IpInAddrErrors', 7)] });
    const noise = counted('not-forwarded', { ...POD, counters: [rise('IpInAddrErrors', 8, 2)] });
    expect(weigh('forwarding-off', exact).sentence).toContain(
      'The node dropped 7 of our 7 packets for this reason, twice',
    );
    expect(weigh('forwarding-off', noise).sentence).toContain('ambiguous');
  });

  test('is proven by an exact count alone where the captures contradict themselves, by no other', () => {
    const mixed = (...rises: Parameters<typeof rise>[]) =>
      weigh('forwarding-off', counted('mixed', { ...POD, counters: rises.map((one) => rise(...one)) })).says;
    expect(mixed(['IpInAddrErrors', 7])).toBe('proven');
    expect(mixed(['IpInAddrErrors', 9, 2])).toBe('open');
    expect(mixed(['IpForwDatagrams', 7])).toBe('open');
  });

  test.each(['arrived-not-answered', 'never-arrived'] as const)(
    'and where they came in by a device that nobody watched: %s',
    (fate) => {
      const exact = counted(fate, { ...POD, counters: [rise('IpInAddrErrors', 7)] });
      const noise = counted(fate, { ...POD, counters: [rise('IpInAddrErrors', 8, 2)] });
      expect([weigh('forwarding-off', exact).says, weigh('forwarding-off', noise).says]).toEqual(['proven', 'open']);
    },
  );

  test('is refuted by a pod that answers', () => {
    expect(weigh('forwarding-off', counted('answered', POD)).says).toBe('refuted');
  });

  test.each(['answered', 'not-forwarded', 'never-arrived'] as const)(
    'is left open by packets to the node itself: %s',
    (fate) => {
      expect(weigh('forwarding-off', counted(fate)).says).toBe('open');
    },
  );

  test('is proven by packets for a service that the kernel counts, whatever the captures say', () => {
    const service = (fate: Fate, each: number | readonly [number, number]) =>
      weigh('forwarding-off', counted(fate, { port: 30_080, counters: [rise('IpInAddrErrors', each)] })).says;
    expect(service('arrived-not-answered', 7)).toBe('proven');
    expect(service('not-forwarded', 7)).toBe('proven');
    expect(service('arrived-not-answered', [7, 3])).toBe('open');
  });

  test('is left open by packets for a service that went no further for another reason, refuted by its answers', () => {
    const other = counted('not-forwarded', { port: 30_080, counters: [rise('TcpExtIPReversePathFilter', 7)] });
    expect(weigh('forwarding-off', other).says).toBe('open');
    expect(weigh('forwarding-off', counted('answered', { port: 30_080 })).says).toBe('refuted');
  });

  test('is left open by a pod that was reached and is silent', () => {
    expect(weigh('forwarding-off', counted('arrived-not-answered', POD)).says).toBe('open');
  });
});

describe('a kubelet that does not listen', () => {
  test('is proven by refusals, refuted by answers', () => {
    expect(weigh('kubelet-not-listening', counted('refused'))).toMatchObject({
      says: 'proven',
      sentence: 'The node refused 14 of 14 marked packets to port 10250.',
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

describe('a firewall rule', () => {
  const RULE = '-A INPUT -p tcp -m tcp --dport 10250 -j DROP';
  const blocks = (watched: Watched) => weigh('firewall-blocks-kubelet', watched, { rule: RULE }).says;
  const forwards = (watched: Watched, end = ':FORWARD DROP') => weigh('forward-policy-drop', watched, { end }).says;

  test('is proven by its own counter', () => {
    expect(blocks(counted('arrived-not-answered', { counters: [rise(`rule ${RULE}`, 7)] }))).toBe('proven');
    expect(forwards(counted('not-forwarded', { ...POD, counters: [rise('policy DROP of FORWARD', 7)] }))).toBe(
      'proven',
    );
    const last = '-A FORWARD -j REJECT --reject-with icmp-host-prohibited';
    expect(forwards(counted('refused', { ...POD, counters: [rise(`rule ${last}`, 7)] }), last)).toBe('proven');
  });

  test("is left open by another one's counter, by an ambiguous one, and by packets to elsewhere", () => {
    expect(blocks(counted('arrived-not-answered', { counters: [rise(`rule ${RULE} (2)`, 7)] }))).toBe('open');
    expect(blocks(counted('arrived-not-answered', { counters: [rise(`rule ${RULE}`, [7, 6])] }))).toBe('open');
    expect(blocks(counted('not-forwarded', { ...POD, counters: [rise(`rule ${RULE}`, 7)] }))).toBe('open');
    expect(forwards(counted('not-forwarded', { ...POD, counters: [rise('policy DROP of INPUT', 7)] }))).toBe('open');
  });
});

describe('a full conntrack table and a missing pod route', () => {
  test('are proven by what was counted as dropped for them', () => {
    const full = counted('arrived-not-answered', { counters: [rise('conntrack drop', 7)] });
    const lost = counted('arrived-not-answered', { ...POD, counters: [rise('IpExtInNoRoutes', 7)] });
    expect(weigh('conntrack-full', full).says).toBe('proven');
    expect(weigh('pod-route-missing', lost, { pod: POD.to }).says).toBe('proven');
  });

  test('are left open by answers, by noise and by other targets', () => {
    expect(weigh('conntrack-full', counted('answered')).says).toBe('open');
    expect(weigh('conntrack-full', counted('mixed', { counters: [rise('conntrack drop', [7, 1])] })).says).toBe('open');
    const lost = counted('arrived-not-answered', { ...POD, counters: [rise('IpExtInNoRoutes', 7)] });
    expect(weigh('pod-route-missing', lost, { pod: '192.168.4.99' }).says).toBe('open');
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
