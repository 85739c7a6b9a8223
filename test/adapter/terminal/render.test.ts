import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { render } from '../../../src/adapter/terminal/index.ts';
import { cells } from '../../../src/adapter/terminal/inert.ts';
import type { Message } from '../../../src/model/index.ts';
import { clusterPlan } from '../slack/messages.ts';
import { approval, everyKind, finding, live, onCall, question, second, summary } from './message.ts';

const text = (message: Message, width = 200, ladder?: () => string): string =>
  render(message, width, ladder === undefined ? {} : { ladder }).join('\n');

describe('render', () => {
  test('live: who, where, and a sign for each step', () => {
    expect(render(live(), 80)).toEqual([
      'ip-10-0-10-207 · cluster prod-east · started by @on-call',
      '✓ Looked at both nodes — 30 of 31 answers',
      '● Narrowing down',
      '○ Proof',
    ]);
  });

  test('live: a failed step says why', () => {
    const steps = [
      { id: 'look', label: [{ text: 'Looking' }], state: 'failed', detail: [{ text: 'no door opened' }] },
    ] as const;
    expect(render(live({ steps, title: [{ text: 'Not reached' }] }), 80).slice(1)).toEqual([
      'Not reached',
      '✗ Looking — no door opened',
    ]);
  });

  test('question: the choices by number', () => {
    expect(render(question(), 80)).toEqual([
      '? What do you see?',
      '  1  kubectl logs/exec fails',
      '  2  Pods unreachable',
    ]);
  });

  test('question: once answered it is one line', () => {
    const answered = { choice: 'kubelet', by: onCall, at: Date.UTC(2026, 10, 20, 0, 3) };
    expect(render(question({ answered }), 80)).toEqual(['✓ kubectl logs/exec fails — @on-call, 00:03 UTC']);
  });

  test('question: an answer that is no choice any more is shown as it is', () => {
    const answered = { choice: 'gone', by: onCall, at: 0 };
    expect(render(question({ answered }), 80)).toEqual(['✓ gone — @on-call, 00:00 UTC']);
  });

  test('note: its steps are numbered', () => {
    const message: Message = {
      is: 'note',
      text: [{ text: 'In this order:' }],
      list: [[{ text: 'one' }], [{ text: 'two' }]],
    };
    expect(render(message, 80)).toEqual(['· In this order:', '  1. one', '  2. two']);
  });

  test('note', () => {
    const note = [{ text: 'Watching ' }, { code: 'eth0' }, { text: ' for ' }, { person: second }];
    expect(render({ is: 'note', text: note }, 80)).toEqual(['· Watching eth0 for @second']);
  });

  test('finding: node and peer stand beside each other on a wide terminal', () => {
    const lines = render(finding(), 120);
    expect(lines[0]).toBe('■ Replies leave through the wrong interface. (proven)');
    const at = lines.findIndex((line) => line.includes('healthy peer'));
    expect(lines.slice(at, at + 4).map((line) => line.split('│').map((cell) => cell.trim()))).toEqual([
      ['ip-10-0-10-207', 'healthy peer ip-10-0-10-115'],
      ['way back to the API server'],
      ['$ ip route get 10.0.10.69 from 10.0.10.207', '$ ip route get 10.0.10.69 from 10.0.10.115'],
      ['10.0.10.69 from 10.0.10.207 dev eth1', '10.0.10.69 from 10.0.10.115 dev eth0'],
    ]);
    const bars = lines.slice(at, at + 4).flatMap((line) => (line.includes('│') ? [line.indexOf('│')] : []));
    expect(new Set(bars).size).toBe(1);
  });

  test('finding: node and peer stand under each other on a narrow one', () => {
    const lines = render(finding(), 80).map((line) => line.trim());
    expect(lines).toContain('ip-10-0-10-207  $ ip route get 10.0.10.69 from 10.0.10.207');
    expect(lines).toContain('ip-10-0-10-115 (healthy peer)  $ ip route get 10.0.10.69 from 10.0.10.115');
    expect(lines.join('\n')).not.toContain('│');
  });

  test('finding: proof, packets, captures, residue, ruled out, not seen', () => {
    const said = text(finding(), 100, () => 'eth0  SYN →\neth1  ← SYN-ACK\n');
    expect(said).toContain('I sent 7 marked SYNs');
    expect(said).toContain('  eth0  SYN →\n  eth1  ← SYN-ACK\n\n');
    expect(said).toContain('capture-eth0.pcap — 14 packets, 1 flow\n');
    expect(said).toContain('Stays after the obvious fix\n  Clients outside the subnet would still time out.');
    expect(said).toContain('Ruled out (2)\n  firewall · conntrack full');
    expect(said).toContain(
      'Could not see (1)\n  nftables ruleset: nft is not installed (ip-10-0-10-207: not-installed)',
    );
  });

  test('finding: without peer, proof, packets or rest, nothing stands empty', () => {
    const message = finding();
    const evidence = message.evidence.map(({ about, subject }) => ({ about, subject }));
    const bare = { ...message, evidence, peer: null, proof: null, story: null, captures: [], ruledOut: [], unseen: [] };
    const said = text({ ...bare, finding: { ...message.finding, residue: [] } }, 120, () => 'never drawn');
    expect(said).not.toMatch(/peer|Proof|Captures|Stays|Ruled out|Could not|never drawn/);
    expect(said).toContain('$ ip route get 10.0.10.69 from 10.0.10.207');
  });

  test('approval: what runs, how it is undone, which doors, who may, until when', () => {
    const said = text(approval());
    expect(said).toContain("Fix A — remove eth1's route to 10.0.10.0/24 · risk 1 of 3");
    expect(said).toContain('On ip-10-0-10-207\n  $ ip route del 10.0.10.0/24 dev eth1 src 10.0.10.190');
    expect(said).toContain(String.raw`Undo` + '\n' + String.raw`  $ ip route prepend 'it'\''s'`);
    expect(said).toContain(
      'I came in through 10.0.10.190; this fix closes 10.0.10.190 and opens 10.0.10.207. I will confirm through 10.0.10.207.',
    );
    expect(said).toContain('restores itself after 60 s unless');
    expect(said).toContain(
      'Needs 1 approval (@second (U2), @third (U3)), not from @on-call (U1), who started this. Expires 00:27 UTC.',
    );
    expect(said).toContain(`Plan ${'7f3a'.repeat(16)}`);
  });

  test('approval: nobody can approve, no door changes', () => {
    const shut = approval({ approvers: [] });
    const said = text({
      ...shut,
      plan: { ...shut.plan, doors: { closes: [], opens: [], confirmThrough: ['1.2.3.4'] } },
    });
    expect(said).toContain('nobody is named as an approver');
    expect(said).toContain('this fix leaves every door as it is. I will confirm through 1.2.3.4.');
  });

  test('approval: of a plan for the API server, what it is asked, what that changes, and who takes it back', () => {
    const said = text(approval({ plan: { ...approval().plan, ...clusterPlan } }), 300);
    expect(said).toContain('Fix A — mount /var/run/docker.sock into aws-node · risk 2 of 3 · step 2 of 3');
    expect(said).toContain(
      [
        'Through the API server of prod-east, for ip-10-0-10-207',
        '  # DaemonSet kube-system/aws-node: mount the right socket',
        `  $ kubectl -n kube-system patch daemonset aws-node --type strategic -p '{"spec":{"updateStrategy":{"type":"OnDelete"}}}'`,
        '  # DaemonSet/aws-node makes another pod on ip-10-0-10-207; done when that one is Ready',
        '  $ kubectl -n kube-system delete pod aws-node-x2vlj',
        '',
        'What that changes, as the API server says without doing it',
        '  DaemonSet kube-system/aws-node',
        '  -    type: RollingUpdate',
        '  +    type: OnDelete',
      ].join('\n'),
    );
    expect(said).toContain('netdiag takes it back by the undo steps; the node cannot do that by itself.');
    expect(said).not.toMatch(/restores itself|confirm through|What that changes[^]*What that changes/);
    const bare = text(approval({ plan: { ...approval().plan, ...clusterPlan, undo: [], rehearsal: [], stage: null } }));
    expect(bare).toContain('There is nothing to take back');
    expect(bare).not.toMatch(/What that changes|· step/);
  });

  test('approval: the text of a file that is written, below its command', () => {
    const argv = ['install', '-m', '0644', '/dev/stdin', '/etc/a'];
    const steps = [{ kind: 'node-command', node: 'ip-10-0-10-207', argv, stdin: 'a = 1\n\nb = 2\n' }] as const;
    expect(text(approval({ plan: { ...approval().plan, steps } }))).toContain(
      "  $ install -m 0644 /dev/stdin /etc/a <<'EOF'\n  a = 1\n\n  b = 2\n  EOF",
    );
  });

  test('a word that is wider than the terminal begins on the line of its sign', () => {
    const argv = ['x'.repeat(100)];
    const steps = [{ kind: 'node-command', node: 'ip-10-0-10-207', argv, stdin: `${'y'.repeat(100)}\n` }] as const;
    const lines = render(approval({ plan: { ...approval().plan, steps } }), 60);
    expect(lines[lines.findIndex((line) => line.includes('EOF')) + 1]).toMatch(/^ {2}y{58}$/);
  });

  test.each([
    ['approved', 'Approved by @second (U2), 00:14 UTC · plan 7f3a7f3a7f3a'],
    ['rejected', 'Rejected by @second (U2), 00:14 UTC · plan 7f3a7f3a7f3a'],
  ] as const)('approval: %s', (state, sentence) => {
    const decided = approval({ state, decidedBy: second, decidedAt: Date.UTC(2026, 10, 20, 0, 14) });
    expect(render(decided, 80)).toHaveLength(2);
    expect(text(decided)).toContain(sentence);
  });

  test.each(['expired', 'superseded'] as const)('approval: %s without a decision', (state) => {
    expect(text(approval({ state }))).toMatch(/can approve it any more · plan|Replaced by another plan · plan/);
  });

  test('summary: repaired', () => {
    const said = text(summary());
    expect(said).toContain('✓ Repaired in 18 s of machine time.');
    expect(said).toContain('Two interfaces in one subnet: eth0, eth1');
    expect(said).toContain('Timeline\n  00:14 UTC  approved by @second');
    expect(said).toContain('What changed on the node\n  -10.0.10.0/24 dev eth1\n  +10.0.10.0/24 dev eth0');
    expect(said).toContain('To make it last\n  remove line 9 of');
  });

  test('summary: unknown, with nothing to add', () => {
    const bare = { paragraphs: [], timeline: [], durable: [], difference: [] };
    expect(render(summary({ outcome: 'unknown', headline: [{ text: 'I do not know.' }], ...bare }), 80)).toEqual([
      '? I do not know.',
    ]);
  });

  test('long texts are wrapped under their beginning, long words are cut', () => {
    const words = [{ text: `${'word '.repeat(20)}${'x'.repeat(100)} end` }];
    const lines = render({ is: 'note', text: words }, 40);
    expect(lines[0]).toMatch(/^· word/);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}\S/);
    expect(lines.join('').replaceAll(/\s/g, '')).toBe(`·${'word'.repeat(20)}${'x'.repeat(100)}end`);
  });

  test('colour says nothing that the words do not', () => {
    for (const message of everyKind('')) {
      const coloured = render(message, 100, { colour: true });
      expect(coloured.join('')).toContain('\u001b[');
      const bare = coloured.map((line) => stripVTControlCharacters(line));
      expect(bare).toEqual(render(message, 100));
    }
  });

  const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]/u;

  test.each([
    ['a colour', '\u001b[31mred', String.raw`\x1b[31mred`],
    ['an eight-bit control', '\u009b2J', String.raw`\x9b2J`],
    ['a title', '\u001b]0;owned\u0007', String.raw`\x1b]0;owned\x07`],
    ['a rewritten line', 'fine\rbroken', String.raw`fine\x0dbroken`],
    ['a right-to-left override', 'a\u202eb', String.raw`a\u202eb`],
    ['a zero-width space', 'a\u200bb', String.raw`a\u200bb`],
    ['a tag', 'a\u{e0041}b', String.raw`a\u{e0041}b`],
    ['a combining mark', 'e\u0301th0', String.raw`e\u0301th0`],
    ['half a surrogate', 'a\ud800b', String.raw`a\ud800b`],
  ])('node bytes are seen and not obeyed: %s', (_title, bytes, seen) => {
    expect(text({ is: 'note', text: [{ code: bytes }] })).toBe(`· ${seen}`);
  });

  test('hostile words of a plan can still be typed', () => {
    const evil = approval();
    const steps = [{ kind: 'node-command', node: 'n', argv: ['ip', 'link', 'show', "e\u001b[0m'\\\u202e"] }] as const;
    expect(text({ ...evil, plan: { ...evil.plan, steps } })).toContain(
      String.raw`$ ip link show $'e\x1b[0m\'\\\u202e'`,
    );
  });

  test('T11: whatever text comes in, every line is inert and no wider than the terminal', () => {
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '\u001b',
          '\u009b',
          '\r',
          '\n',
          '\t',
          '\u202e',
          '\u200b',
          ' ',
          '漢',
          '\u{1f600}',
          '\u0301',
          'a',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 60,
    });
    fc.assert(
      fc.property(nasty, fc.integer({ min: 40, max: 160 }), (evil, width) => {
        for (const message of everyKind(evil)) {
          for (const line of render(message, width, { ladder: () => `  ${evil}` })) {
            expect(line).not.toMatch(UNSAFE);
            expect({ line, wide: cells(line) > width }).toEqual({ line, wide: false });
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
