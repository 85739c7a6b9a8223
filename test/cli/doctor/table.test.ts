import { describe, expect, test } from 'vitest';
import { doctorDocument, plainJson } from '../../../src/cli/doctor/document.ts';
import { fault, type Item, ok, unseen, warning } from '../../../src/cli/doctor/item.ts';
import { table } from '../../../src/cli/doctor/table.ts';

const plain = { columns: 80, colour: false };
const hostile = 'a\u001b[31mred\u0007 \u202Eesrever\u2028 \u009b2J e\u0301 \u{e0041} end';
const items: readonly Item[] = [
  ok({ id: 'configuration.journal', title: 'journal' }, '/var/lib/netdiag/journal.db'),
  fault({ id: 'slack.scopes', title: 'scopes' }, 'missing: chat:write', 'Install the app again.'),
  warning({ id: 'cluster.cni', title: 'CNI' }, 'none that netdiag knows', 'Nothing is to be done.'),
  unseen({ id: 'node.clock', title: 'clock', of: 'a' }, 'the time of the node is not seen'),
];

describe('the table', () => {
  test('has a line for each item under its room, and what to do below', () => {
    expect(table(items, 'prod-east', plain)).toBe(
      [
        'Configuration',
        '  ok        journal           /var/lib/netdiag/journal.db',
        '',
        'Slack',
        '  FAULT     scopes            missing: chat:write',
        '                              → Install the app again.',
        '',
        'Cluster prod-east',
        '  warning   CNI               none that netdiag knows',
        '                              → Nothing is to be done.',
        '',
        'Node a',
        '  not seen  clock             the time of the node is not seen',
        '',
        '1 fault, 1 not seen, 1 warning; 1 of 4 things well.',
        '',
      ].join('\n'),
    );
  });

  test('says in one sentence that all is well', () => {
    expect(table(items.slice(0, 1), null, plain)).toMatch(/\nAll well: 1 thing looked at\.\n$/);
  });

  test('has colours only where it is told to, and the same words with them', () => {
    const coloured = table(items, null, { columns: 80, colour: true });
    expect(coloured).toContain('\u001b[31mFAULT');
    // oxlint-disable-next-line no-control-regex -- escapes are what is looked for
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(table(items, null, plain));
  });

  test.each([hostile, 'x'.repeat(5000), 'line\nbreak\r\n  FAULT'])('obeys nothing that it shows: %j', (words) => {
    const told = table([fault({ id: 'node.door', title: 'doors', of: words }, words, words)], words, plain);
    // oxlint-disable-next-line no-control-regex -- nothing of it may be left
    expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]|\u0301/u);
    expect(told.split('\n').filter((line) => line.startsWith('  FAULT'))).toHaveLength(1);
    expect(
      Math.max(
        ...told
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  test('with many nodes, what is well on one is one line, and what is not is still there', () => {
    const nodes = ['a', 'b', 'c', 'd'].flatMap((of) => [
      ok({ id: 'node.door', title: 'doors', of }, 'opened'),
      ok({ id: 'node.kernel', title: 'kernel', of }, '6.1'),
      ...(of === 'c' ? [fault({ id: 'node.tcpdump', title: 'tcpdump', of }, 'there is none', 'Install it.')] : []),
    ]);
    const told = table(nodes, null, plain);
    expect(told.match(/the rest {10}doors, kernel/g)).toHaveLength(4);
    expect(told).toContain('FAULT     tcpdump           there is none');
    expect(table(nodes.slice(0, 4), null, plain)).not.toContain('the rest');
  });
});

describe('the document', () => {
  test('has stable keys and counts', () => {
    expect(doctorDocument(items)).toEqual({
      version: 1,
      health: 'fault',
      counts: { ok: 1, warning: 1, fault: 1, unseen: 1 },
      items,
    });
    expect(Object.keys(items[0] ?? {})).toEqual(['id', 'of', 'title', 'health', 'seen', 'mend']);
  });

  test('says hostile words whole, and does nothing to a terminal', () => {
    const text = plainJson(doctorDocument([unseen({ id: 'a.b', title: 'b' }, hostile)]));
    // oxlint-disable-next-line no-control-regex -- nothing of it may be left
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028\u{e0041}]/u);
    expect((JSON.parse(text) as { items: Item[] }).items[0]?.seen).toBe(hostile);
  });
});
