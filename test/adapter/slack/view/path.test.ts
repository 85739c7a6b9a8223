import { describe, expect, test } from 'vitest';
import { view } from '../../../../src/adapter/slack/view/index.ts';
import { render } from '../../../../src/adapter/terminal/index.ts';
import type { FindingMessage, Hop, SummaryMessage } from '../../../../src/model/index.ts';
import { found } from '../messages.ts';

const base = { role: 'subject', node: 'ip-10-0-10-207', output: null } as const;
const hops: readonly Hop[] = [
  {
    ...base,
    role: 'farEnd',
    node: 'ip-10-0-10-69',
    way: 'there',
    about: 'sends to 10.0.10.207',
    command: 'ip -4 route get 10.0.10.207',
    line: '10.0.10.207 dev eth0 src 10.0.10.69 uid 0 ',
    fits: 'yes',
    says: '',
  },
  {
    ...base,
    way: 'back',
    about: 'answers 10.0.10.69',
    command: 'ip -4 route get 10.0.10.69 from 10.0.10.207',
    line: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0 ',
    fits: 'no',
    says: 'It leaves by eth1, not by eth0, by which the request came.',
  },
  {
    ...base,
    role: 'farEnd',
    node: 'ip-10-0-10-69',
    way: 'back',
    about: 'the answer of 10.0.10.207 arrives',
    command: null,
    line: null,
    gap: 'unreachable',
    fits: 'unknown',
    says: 'not asked.',
  },
];
const finding: FindingMessage = { ...found, path: hops };
const summary: SummaryMessage = {
  is: 'summary',
  outcome: 'unknown',
  headline: [{ text: 'I do not know' }],
  paragraphs: [],
  timeline: [],
  durable: [],
  difference: [],
  ruledOut: [],
  unseen: [],
  path: hops,
};
const words = (message: FindingMessage | SummaryMessage, style: 'modern' | 'classic'): string =>
  JSON.stringify(view(message, () => '', style).blocks);

describe('the path of the packets', () => {
  test.each([
    ['a finding', finding],
    ['a summary', summary],
  ] as const)('in Slack, of %s, is folded away under how much of it is wrong', (_, message) => {
    const fold = view(message, () => '', 'modern').blocks.find(
      (block) => block.type === 'container' && JSON.stringify(block).includes('Path as'),
    );
    expect(fold).toMatchObject({
      title: { text: 'Path as the kernels see it (3 decisions, 1 wrong, 1 not seen)' },
      default_collapsed: true,
    });
    expect(words(message, 'classic')).toContain('3 decisions, 1 wrong, 1 not seen');
  });

  test('in Slack has each command by itself, so that it can be copied, and the wrong decision stands out', () => {
    const said = words(finding, 'modern');
    expect(said).toContain(
      '{"type":"text","text":"ip -4 route get 10.0.10.69 from 10.0.10.207","style":{"code":true}}',
    );
    expect(said).toContain('{"type":"text","text":"10.0.10.69 from 10.0.10.207 dev eth1 uid 0","style":{"code":true}}');
    expect(said).toContain(
      '{"type":"text","text":"It leaves by eth1, not by eth0, by which the request came.","style":{"bold":true}}',
    );
  });

  test('in Slack counts what does not fit', () => {
    const many = Array.from({ length: 60 }, () => hops).flat();
    expect(words({ ...finding, path: many }, 'modern')).toMatch(/… \(1\d\d more\)/);
  });

  test('in a terminal has a sign, the command and its line each', () => {
    const lines = render(finding, 100);
    const at = lines.indexOf('Path as the kernels see it');
    expect(lines.slice(at, at + 12)).toEqual([
      'Path as the kernels see it',
      '  There',
      '  ✓ ip-10-0-10-69 sends to 10.0.10.207',
      '    $ ip -4 route get 10.0.10.207',
      '    10.0.10.207 dev eth0 src 10.0.10.69 uid 0',
      '  And back',
      '  ✗ ip-10-0-10-207 answers 10.0.10.69',
      '    $ ip -4 route get 10.0.10.69 from 10.0.10.207',
      '    10.0.10.69 from 10.0.10.207 dev eth1 uid 0',
      '    It leaves by eth1, not by eth0, by which the request came.',
      '  ? ip-10-0-10-69 the answer of 10.0.10.207 arrives',
      '    not asked.',
    ]);
  });

  test('is left out where nobody was asked', () => {
    for (const bare of [found, { ...finding, path: [] }]) {
      expect(words(bare, 'modern')).not.toContain('Path as');
      expect(render(bare, 100).join('\n')).not.toContain('Path as');
    }
  });
});

test('what is normally different is said beside it', () => {
  const evidence = found.evidence.map((row) => ({ ...row, normal: 'each has its own MAC' }));
  for (const style of ['modern', 'classic'] as const)
    expect(words({ ...found, evidence }, style)).toContain('(normal: each has its own MAC)');
  for (const width of [60, 140])
    expect(
      render({ ...found, evidence }, width)
        .join(' ')
        .replaceAll(/\s+/g, ' '),
    ).toContain('(normal: each has its own MAC)');
});
