import { describe, expect, test } from 'vitest';
import { forwardFirewall } from '../../src/check/forward-firewall.ts';
import { inputFirewall } from '../../src/check/input-firewall.ts';
import { iptablesFilter } from '../../src/probe/index.ts';
import type { Verdict } from '../../src/model/index.ts';
import { answered, I1, readings } from '../fake/scene.ts';
import { filterTable } from './cases.ts';

const over = (table: string) => readings(answered('subject', iptablesFilter, {}, table));
const input = (...rules: string[]): Verdict => inputFirewall.judge(I1, over(filterTable({}, ...rules)));
const forward = (policy: string, ...rules: string[]): Verdict =>
  forwardFirewall.judge(I1, over(filterTable({ forward: policy }, ...rules)));

describe('input-firewall', () => {
  test.each([
    '-A INPUT -p tcp -m tcp --dport 10250 -j DROP',
    '-A INPUT -p tcp -m multiport --dports 22,10250 -j REJECT --reject-with icmp-port-unreachable',
    '-A INPUT -p tcp -m tcp --dport 10000:11000 -j DROP',
    '-A INPUT -i eth0 -p tcp -m multiport --dports 80,10249:10256 -j DROP',
  ])('a rule that drops the port is found: %s', (rule) => {
    const verdict = input(rule);
    expect(verdict.is === 'found' && verdict.findings[0]?.evidence[0]?.subject.line).toBe(rule);
  });

  test.each([
    '-A INPUT -p tcp -m tcp --dport 10251 -j DROP',
    '-A INPUT -p tcp -m tcp ! --dport 10250 -j DROP',
    '-A INPUT -p udp -m udp --dport 10250 -j DROP',
    '-A INPUT -p tcp -m tcp --dport 10250 -j ACCEPT',
    '-A INPUT -p tcp -m multiport --dports 22,80,20000:30000 -j DROP',
    '-A INPUT -m conntrack --ctstate INVALID -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 10250 -j DROP',
  ])('a rule that leaves the port alone is not: %s', (rule) => {
    expect(input(rule).is).toBe('clear');
  });

  test.each([
    '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
    '-A INPUT -j DROP',
    '-A INPUT -m comment --comment "the rest -j ACCEPT" -j DROP',
  ])('what drops everything in the end leaves it unknown, and is named: %s', (rule) => {
    const verdict = input('-A INPUT -j KUBE-FORWARD', rule);
    expect(verdict.is).toBe('unknown');
    expect(verdict.is === 'unknown' && verdict.missing[0]?.detail).toContain(rule);
  });

  test('so does a policy that drops', () => {
    const verdict = inputFirewall.judge(I1, over(filterTable({ input: 'DROP' })));
    expect(verdict.is === 'unknown' && verdict.missing[0]?.detail).toContain(':INPUT DROP');
  });
});

describe('forward-firewall', () => {
  test.each([
    ['DROP', []],
    ['ACCEPT', ['-A FORWARD -j REJECT --reject-with icmp-host-prohibited']],
    ['ACCEPT', ['-A FORWARD -j DROP', '-A FORWARD -j KUBE-FORWARD']],
  ])('dropping in the end with nobody before who accepts is found: policy %s, %j', (policy, rules) => {
    expect(forward(policy, ...rules).is).toBe('found');
  });

  test.each([
    ['ACCEPT', []],
    ['DROP', ['-A FORWARD -j KUBE-FORWARD']],
    ['ACCEPT', ['-A FORWARD -j KUBE-FORWARD', '-A FORWARD -j REJECT --reject-with icmp-host-prohibited']],
    ['ACCEPT', ['-A FORWARD -s 10.9.0.0/16 -j DROP']],
  ])('everything else is clear: policy %s, %j', (policy, rules) => {
    expect(forward(policy, ...rules).is).toBe('clear');
  });

  test("the peer's policy stands beside the line", () => {
    const both = readings(
      answered('subject', iptablesFilter, {}, filterTable({ forward: 'DROP' })),
      answered('peer', iptablesFilter, {}, filterTable({})),
    );
    const verdict = forwardFirewall.judge(I1, both);
    expect(verdict.is === 'found' && verdict.findings[0]?.evidence[0]).toMatchObject({
      subject: { line: ':FORWARD DROP' },
      peer: { line: ':FORWARD ACCEPT' },
    });
  });
});
