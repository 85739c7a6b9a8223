import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { ApprovalMessage, Message, SummaryMessage } from '../../../../src/model/index.ts';
import { view, whisper } from '../../../../src/adapter/slack/view/index.ts';
import { answered, asking, clusterPlan, found, looking, secondPerson, wanted } from '../messages.ts';

/** What a reader sees of blocks: one line per paragraph, mentions as `<@id>`, code in back-quotes, buttons in brackets. */
function seen(value: unknown): string {
  if (Array.isArray(value)) return value.map(seen).join('');
  if (typeof value !== 'object' || value === null) return '';
  const { type, text, style, ...rest } = value as Record<string, unknown>;
  if (type === 'user') return `<@${String(rest['user_id'])}>`;
  if (type === 'date') return `{${String(rest['timestamp'])}}`;
  if (type === 'button') return `[${seen(text)}]`;
  if (type === 'rich_text_section' || type === 'rich_text_preformatted') return `${seen(rest['elements'])}\n`;
  if (typeof text === 'string') return style !== undefined && 'code' in (style as object) ? `\`${text}\`` : text;
  if (type === 'plan') return `${String(rest['title'])}\n${seen(rest['tasks'])}`;
  if (type === 'task_card') return `(${String(rest['status'])}) ${String(rest['title'])}\n${seen(rest['details'])}`;
  return `${seen(rest['title'])}${seen(text)}${seen(rest['elements'])}${seen(rest['rows'])}${seen(rest['child_blocks'])}`;
}

const shown = (message: Message, style: 'modern' | 'classic' = 'modern'): string =>
  seen(view(message, () => 'a --> b', style).blocks);
const types = (message: Message): KnownBlock['type'][] =>
  view(message, () => '', 'modern').blocks.map((block) => block.type);

describe('the live message', () => {
  test('says who, where and how far', () => {
    expect(shown(looking)).toBe(
      '`ip-10-0-10-207` · cluster `prod-east` · started by <@UONCALL01>\n' +
        'Looking at the node and at its healthy peer ip-10-0-10-115\n(in_progress) Looking\n(pending) Narrowing down\n',
    );
    expect(view(looking, () => '', 'modern').text).toContain('ip-10-0-10-207 · Looking at the node');
  });

  test('shows 60 steps as the last 30 and a count', () => {
    const steps = Array.from({ length: 60 }, (_, i) => ({
      id: `s${i}`,
      label: [{ text: `step ${i}` }],
      state: 'done' as const,
    }));
    const [, ...tasks] = shown({ ...looking, steps })
      .trim()
      .split('\n')
      .slice(1);
    expect(tasks[0]).toBe('(complete) 30 earlier steps');
    expect(tasks.slice(1)).toHaveLength(30);
    expect(tasks.at(-1)).toBe('(complete) step 59');
  });

  test('is stopped by a button below it, which asks once more', () => {
    const stop = { token: 'c'.repeat(32), label: 'Stop', style: 'danger' as const };
    const { blocks } = view({ ...looking, buttons: [stop] }, () => '', 'modern');
    expect(blocks.map(({ type }) => type)).toEqual(['rich_text', 'plan', 'actions']);
    expect(blocks.at(-1)).toMatchObject({
      elements: [{ action_id: 'press:0', value: stop.token, confirm: { confirm: { text: 'Stop' }, style: 'danger' } }],
    });
  });

  test('has marks where the plan block is not known', () => {
    const steps = (['done', 'active', 'pending', 'failed'] as const).map((state) => ({
      id: state,
      label: [{ text: state }],
      state,
    }));
    expect(shown({ ...looking, steps }, 'classic')).toContain('✓ done\n● active\n○ pending\n✗ failed\n');
  });
});

describe('a question', () => {
  test('has its buttons, each with its own action and token', () => {
    expect(shown(asking)).toBe('What do you see?\n[kubectl logs/exec fails][Pods unreachable]');
    expect(view(asking, () => '', 'modern').blocks[1]).toMatchObject({
      elements: [
        { action_id: 'press:0', value: '0'.repeat(32) },
        { action_id: 'press:1', value: '1'.repeat(32) },
      ],
    });
    expect(view(asking, () => '', 'modern').text).toBe('What do you see? · kubectl logs/exec fails / Pods unreachable');
  });

  test('is one line once it is answered', () => {
    expect(shown(answered)).toBe('✓ kubectl logs/exec fails — <@UONCALL01>, {1763661600}\n');
  });

  test('with six answers has them all as buttons', () => {
    const buttons = Array.from({ length: 6 }, (_, i) => ({ token: String(i), label: `c${i}` }));
    const [, ...blocks] = view({ ...asking, buttons }, () => '', 'modern').blocks;
    const elements = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(elements).toMatchObject(
      buttons.map((one, i) => ({ type: 'button', value: one.token, action_id: `press:${i}` })),
    );
  });

  test('with more than ten answers is a menu', () => {
    const buttons = Array.from({ length: 11 }, (_, i) => ({ token: String(i), label: `c${i}` }));
    expect(view({ ...asking, buttons }, () => '', 'modern').blocks[1]).toMatchObject({
      elements: [{ type: 'static_select', options: buttons.map((one) => ({ value: one.token })) }],
    });
  });
});

describe('the finding', () => {
  test('puts the proof beside the claim', () => {
    expect(shown(found)).toBe(
      [
        'Replies leave through the wrong interface. Requests reach eth0; every answer leaves eth1 and is lost.',
        'Proven · I sent 7 marked SYNs: 7 of 7 seen on `eth0`',
        'Captures: `capture-eth0.pcap` (7 packets)',
        'Whatip-10-0-10-207ip-10-0-10-115 (healthy)way back to the API server',
        '`ip route get 10.0.10.69 from 10.0.10.207`',
        'healthy: `ip route get 10.0.10.69 from 10.0.10.115`',
        '`10.0.10.69 from 10.0.10.207 dev eth1 uid 0`',
        '`10.0.10.69 from 10.0.10.115 dev eth0 uid 0`',
        'a --> b',
        'Not cured by Fix A:',
        'Clients outside 10.0.10.0/24 would still time out: the default route also leaves by eth1.',
        'Ruled out (2)firewall',
        'kubelet not listening',
        'Could not see (1)nftables ruleset: nft — not installed on `ip-10-0-10-207`',
        '',
      ].join('\n'),
    );
  });

  test('says what to do next, and holds whole outputs folded, the long ones by their files', () => {
    const outputs = [
      { node: 'ip-10-0-10-207', command: 'ip rule', text: '0: from all\n<!channel>', file: null },
      { node: 'ip-10-0-10-115', command: 'iptables-save', text: null, file: 'iptables-save.txt' },
    ];
    const next = [{ text: 'approve or reject Fix A, below.' }];
    const text = shown({ ...found, outputs, next });
    expect(text.indexOf('Next: approve or reject Fix A, below.')).toBeLessThan(text.indexOf('way back'));
    expect(text).toContain(
      'Whole outputs (2)`ip rule` on `ip-10-0-10-207`\n0: from all\n<!channel>\n`iptables-save` on `ip-10-0-10-115`: see the file `iptables-save.txt`\n',
    );
    expect(types({ ...found, outputs, next }).filter((type) => type === 'container')).toHaveLength(3);
    expect(shown(found)).not.toMatch(/Next|Whole outputs/);
  });

  test('takes the word of who knows better', () => {
    const buttons = [{ token: 'd'.repeat(32), label: 'That is not it' }];
    expect(shown({ ...found, buttons })).toMatch(/\[That is not it\]$/);
    expect(shown(found)).not.toContain('[');
  });

  test('without a peer says so, and without proof or captures leaves their lines out', () => {
    const bare = { ...found, peer: null, proof: null, story: null, captures: [], ruledOut: [], unseen: [] };
    const text = shown({ ...bare, evidence: found.evidence.map(({ about, subject }) => ({ about, subject })) });
    expect(text).toContain('no healthy peer');
    expect(text).not.toMatch(/Proven ·|Captures|a --> b|Ruled out|Could not see/);
  });

  test('names the node of a line that stands in the column of another', () => {
    const evidence = found.evidence.map((one) => ({ ...one, subject: { ...one.subject, node: 'ip-10-0-10-9' } }));
    expect(shown({ ...found, evidence })).toContain('`ip-10-0-10-9`: `10.0.10.69 from');
  });

  test('counts the rows of evidence that do not fit', () => {
    const evidence = Array.from({ length: 200 }, () => found.evidence).flat();
    const rows = /… \((\d+) more\)/.exec(shown({ ...found, evidence }));
    expect(Number(rows?.[1])).toBeGreaterThan(150);
  });
});

test('a remark numbers its steps', () => {
  const note: Message = {
    is: 'note',
    text: [{ text: 'In this order:' }],
    list: [[{ text: 'one' }], [{ text: 'two' }]],
  };
  const [block] = view(note, () => '', 'modern').blocks;
  expect(block).toMatchObject({
    elements: [{ type: 'rich_text_section' }, { type: 'rich_text_list', style: 'ordered' }],
  });
  expect(shown(note)).toBe('In this order:\none\ntwo\n');
});

test.each([1, 5, 6, 10])('a remark with %i buttons has each of them', (count) => {
  const buttons = Array.from({ length: count }, (_, i) => ({
    token: `${i}`.padStart(32, '0'),
    label: `Diagnose node-${i}`,
  }));
  const [, ...actions] = view({ is: 'note', text: [{ text: 'The same cause:' }], buttons }, () => '', 'modern').blocks;
  const drawn = actions.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  expect(drawn.map((one) => (one.type === 'button' ? one.value : null))).toEqual(buttons.map(({ token }) => token));
});

describe('the approval card', () => {
  test('says what happens, what it risks, which doors, who may approve and until when', () => {
    expect(shown(wanted)).toBe(
      [
        "Fix A — remove eth1's route to 10.0.10.0/24",
        'Risk 1 of 3: run-time values of one node, exact undo. It takes away one route of one node.',
        'I came in through `10.0.10.190`; this fix closes `10.0.10.190`, opens `10.0.10.207`, and I confirm through `10.0.10.207`.',
        'Runs on `ip-10-0-10-207`:',
        'ip route del 10.0.10.0/24 dev eth1 src 10.0.10.190',
        'Undo:',
        'ip route prepend 10.0.10.0/24 dev eth1 src 10.0.10.190',
        'What else is checkedBefore, on the node, the output must still be the same:',
        '`ip route show table main`',
        'Afterwards clear: `two-interfaces-one-subnet`',
        `Plan \`${'f1'.repeat(16)}\``,
        'The node restores itself after 60 s unless a new connection confirms.',
        'Needs one approval from <@USECOND01> (`USECOND01`), not from <@UONCALL01> (`UONCALL01`), who started this.',
        'Expires {1763662500}.',
        '[Approve][Reject…]',
      ].join('\n'),
    );
  });

  test.each([
    ['approved', 'Approved by <@USECOND01> (`USECOND01`), {1763661900} · plan `7f3a00000000…`'],
    ['rejected', 'Rejected by <@USECOND01> (`USECOND01`), {1763661900} · plan `7f3a00000000…`'],
    ['superseded', 'Withdrawn by <@USECOND01> (`USECOND01`), {1763661900} · plan `7f3a00000000…`'],
  ] as const)('once %s has the decision in place of the buttons', (state, line) => {
    const decision = { state, decidedBy: secondPerson, decidedAt: 1_763_661_900_000, buttons: [] } as const;
    const decided: ApprovalMessage = { ...wanted, ...decision };
    expect(shown(decided)).toContain(line);
    expect(types(decided)).not.toContain('actions');
    expect(shown(decided)).toContain('ip route del');
  });

  test('asks for a reason before it is rejected, and calls a user group by its name', () => {
    const buttons = wanted.buttons.map((one) => ({ ...one, label: 'Reject', asks: 'reason' as const }));
    const { blocks } = view(
      { ...wanted, buttons, approvers: [{ id: 'SNETONCALL', name: 'SNETONCALL' }] },
      () => '',
      'modern',
    );
    expect(JSON.stringify(blocks)).toContain('{"type":"usergroup","usergroup_id":"SNETONCALL"}');
    expect(blocks.at(-1)).toMatchObject({
      elements: [
        { action_id: 'reason:0', text: { text: 'Reject…' } },
        { action_id: 'reason:1', text: { text: 'Reject…' } },
      ],
    });
  });

  test('names everybody who approved, says what was signed, and how it went', () => {
    const consents = [
      { by: secondPerson, at: 1_763_661_800_000, signed: true },
      { by: { id: 'UTHIRD001', name: 'third' }, at: 1_763_661_900_000, signed: false },
    ];
    const waits = shown({ ...wanted, plan: { ...wanted.plan, approvals: 3 }, consents, signing: 'here' });
    expect(waits).toContain('2 of 3 so far: <@USECOND01> (`USECOND01`), signed, {1763661800}, <@UTHIRD001>');
    expect(waits).toContain(
      'This node has a gate: Approve asks for your signature, and it counts once it is verified.',
    );
    expect(shown({ ...wanted, signing: 'node' })).toContain('the node alone decides');
    const done = shown({ ...wanted, state: 'approved', consents, became: 'rolled-back' });
    expect(done).toContain('Approved by <@USECOND01> (`USECOND01`), signed, {1763661800}, <@UTHIRD001>');
    expect(done).toContain('It was taken back.');
  });

  test('says why it was rejected, or approved alone, and nothing where no reason is given', () => {
    const decided: ApprovalMessage = { ...wanted, state: 'rejected', decidedBy: secondPerson, decidedAt: 1 };
    expect(shown({ ...decided, reason: 'not *now* <!channel>' })).toContain('Because: `not *now* <!channel>`');
    expect(shown(decided)).not.toContain('Because');
    expect(shown({ ...decided, state: 'approved', glass: true, reason: 'all are down' })).toContain(
      'Approved alone, in an emergency, by <@USECOND01>',
    );
  });

  test('can be revoked for a moment, and then says by whom', () => {
    const buttons = [{ token: 'a'.repeat(32), label: 'Revoke' }];
    expect(shown({ ...wanted, state: 'approved', decidedBy: secondPerson, buttons })).toContain('[Revoke]');
    const revoked = shown({ ...wanted, state: 'approved', buttons: [], revokedBy: secondPerson });
    expect(revoked).toContain('Revoked meanwhile; if the node had taken the plan by then, it is taken back.');
    expect(revoked).not.toContain('[');
  });

  test('once expired names nobody', () => {
    expect(shown({ ...wanted, state: 'expired' })).toContain('Expired · plan `7f3a00000000…`');
  });

  test('says when a command does not fit, and nothing of the kind when all do', () => {
    const [step] = wanted.plan.steps;
    const steps = Array.from({ length: 400 }, () => step).filter((one) => one !== undefined);
    expect(shown({ ...wanted, plan: { ...wanted.plan, steps } })).toContain('Not every command fits on this card.');
    expect(shown(wanted)).not.toContain('Not every command');
  });

  test('says when no way in changes', () => {
    const doors = { closes: [], opens: [], confirmThrough: ['10.0.10.190'] };
    expect(shown({ ...wanted, plan: { ...wanted.plan, doors } })).toContain(
      'I came in through `10.0.10.190`; this fix changes no way in. I confirm through `10.0.10.190`.',
    );
  });

  test('says when nobody else could approve', () => {
    expect(shown({ ...wanted, approvers: [wanted.requester] })).toContain('nobody else is configured');
  });

  test('of a plan for the API server: what is asked of it, what that changes, which step it is, who takes it back', () => {
    const card = shown({ ...wanted, plan: { ...wanted.plan, ...clusterPlan } });
    expect(card.split('What else is checked')[0]).toBe(
      [
        'Fix A — mount /var/run/docker.sock into aws-node',
        'Risk 2 of 3: a daemon restart or one node rolled; undo is best effort. Only this node gets it now.',
        'Step 2 of 3. It does not mend everything yet: the next step is offered when this one is done.',
        'It changes no way into the node.',
        'I ask the API server of `prod-east` for this, for `ip-10-0-10-207`:',
        '# DaemonSet kube-system/aws-node: mount the right socket',
        `kubectl -n kube-system patch daemonset aws-node --type strategic -p '{"spec":{"updateStrategy":{"type":"OnDelete"}}}'`,
        '# DaemonSet/aws-node makes another pod on ip-10-0-10-207; done when that one is Ready',
        'kubectl -n kube-system delete pod aws-node-x2vlj',
        'What that changes, as the API server says without doing it:',
        'DaemonSet kube-system/aws-node',
        '-    type: RollingUpdate',
        '+    type: OnDelete',
        'Undo:',
        '# Node ip-10-0-10-207: let new pods come here again',
        `kubectl patch node ip-10-0-10-207 --type strategic -p '{"spec":{"unschedulable":null}}'`,
        '# DaemonSet/aws-node makes another pod on ip-10-0-10-207; done when that one is Ready',
        `kubectl -n kube-system delete pod '<the pod of DaemonSet/aws-node on ip-10-0-10-207>'`,
        '',
      ].join('\n'),
    );
    expect(card).toContain(
      'I take it back myself, by the undo steps in their order. The node cannot do that by itself.',
    );
    expect(card).toContain('Before: each object must still be the one of this plan, and unchanged since.');
    expect(card).not.toMatch(/restores itself|confirm through/);
  });

  test('of its last step says so, and of one without an undo that there is nothing to take back', () => {
    const last = { ...wanted.plan, ...clusterPlan, undo: [], rehearsal: [], stage: { at: 3, of: 3 } };
    expect(shown({ ...wanted, plan: last })).toContain('Step 3 of 3. This is the last one.');
    expect(shown({ ...wanted, plan: last })).toContain('what is deleted is made anew by its owner');
    expect(shown({ ...wanted, plan: last })).not.toContain('as the API server says');
  });

  test('shows the text of a file that is written', () => {
    const argv = ['install', '-m', '0644', '/dev/stdin', '/etc/sysctl.d/a.conf'];
    const steps = [
      { kind: 'node-command', node: 'ip-10-0-10-207', argv, stdin: '# why\nnet.ipv4.ip_forward = 1\n' },
    ] as const;
    const card = shown({ ...wanted, plan: { ...wanted.plan, steps } });
    expect(card).toContain(
      "install -m 0644 /dev/stdin /etc/sysctl.d/a.conf <<'EOF'\n# why\nnet.ipv4.ip_forward = 1\nEOF\n",
    );
    expect(card).toContain('Risk 1 of 3: one new file on one node, exact undo.');
  });

  test('shows names of a cluster on one line each, whatever they hold', () => {
    const [patch] = clusterPlan.steps;
    const steps = [{ ...patch, says: 'set it back to a\nkubectl delete everything' }];
    const card = shown({ ...wanted, plan: { ...wanted.plan, ...clusterPlan, steps } });
    expect(card).toContain('set it back to a\\nkubectl delete everything\n');
  });

  test('names the node of a step on another node', () => {
    const steps = wanted.plan.steps.map((step) => ({ ...step, node: 'ip-10-0-10-9' }));
    expect(shown({ ...wanted, plan: { ...wanted.plan, steps } })).toContain('ip-10-0-10-9: ip route del');
  });
});

describe('the summary', () => {
  const summary: SummaryMessage = {
    is: 'summary',
    outcome: 'repaired',
    headline: [{ text: 'Repaired in 18 s of machine time.' }],
    paragraphs: [[{ text: 'Replies left by ' }, { code: 'eth1' }]],
    timeline: [{ at: 1_763_661_900_000, what: [{ text: 'approved by ' }, { person: secondPerson }] }],
    durable: ['Take the address off eth1.'],
    difference: ['-10.0.10.0/24 dev eth1', '+10.0.10.0/24 dev eth0'],
    ruledOut: ['firewall'],
    unseen: [],
  };

  test('says how it ended, what changed, what lasts and how it went', () => {
    expect(shown(summary)).toBe(
      [
        'Repaired in 18 s of machine time.',
        'Replies left by `eth1`',
        'Changed on the node:',
        '-10.0.10.0/24 dev eth1',
        '+10.0.10.0/24 dev eth0',
        'To make it last:',
        'Take the address off eth1.',
        'Ruled out (1)firewall',
        'Timeline (1){1763661900} approved by <@USECOND01>',
        '',
      ].join('\n'),
    );
    expect(view(summary, () => '', 'modern').text).toBe('Repaired in 18 s of machine time. · Replies left by eth1');
  });

  test('of nothing found is as short as it can be', () => {
    expect(types({ ...summary, timeline: [], durable: [], difference: [], ruledOut: [] })).toEqual(['rich_text']);
  });
});

test('a sentence for one person shows code between back-quotes and no markup', () => {
  const { blocks, text } = whisper('Did you mean `ip-10-0-10-207`? <!channel>');
  expect(seen(blocks)).toBe('Did you mean `ip-10-0-10-207`? <!channel>\n');
  expect(text).toBe('Did you mean `ip-10-0-10-207`? &lt;!channel&gt;');
});

test('a person of the terminal is a name, not a mention', () => {
  expect(shown({ ...looking, by: { id: 'terminal:root', name: 'root' } })).toContain('started by @root');
});
