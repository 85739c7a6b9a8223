import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { view } from '../../../../src/adapter/slack/view/index.ts';
import type { Message, SummaryMessage } from '../../../../src/model/index.ts';
import { asking, found, looking, onCallPerson, secondPerson, wanted } from '../messages.ts';

/** What somebody says, or a node is called; short enough for a notification. */
const word = fc.string({ unit: fc.constantFrom(...'abcdefgh-0123456789'.split('')), minLength: 3, maxLength: 20 });

interface Told {
  readonly message: Message;
  /** What a notification, or a voice that reads it out, must not leave out. */
  readonly essence: readonly string[];
}

const over: SummaryMessage = {
  is: 'summary',
  outcome: 'repaired',
  headline: [],
  paragraphs: [],
  timeline: [],
  durable: [],
  difference: [],
  ruledOut: [],
  unseen: [],
};

/** Each kind of message, told with these words. */
const told: { readonly [Kind in Message['is']]: (words: readonly string[]) => Told } = {
  live: ([node = '', title = '', step = '']) => ({
    message: {
      ...looking,
      node,
      title: [{ text: title }],
      steps: [{ id: 's', label: [{ text: step }], state: 'active' }],
    },
    essence: [node, title, `● ${step}`],
  }),
  question: ([text = '', first = '', second = '']) => ({
    message: { ...asking, text: [{ text }], choices: [first, second].map((label) => ({ id: label, label })) },
    essence: [text, first, second],
  }),
  note: ([text = '', bytes = '']) => ({
    message: { is: 'note', text: [{ text: `${text} ` }, { code: bytes }] },
    essence: [text, bytes],
  }),
  finding: ([subject = '', statement = '', proof = '']) => ({
    message: { ...found, subject, finding: { ...found.finding, statement }, proof: [{ text: proof }] },
    essence: [subject, statement, 'Proven', proof],
  }),
  approval: ([title = '', command = '']) => ({
    message: {
      ...wanted,
      plan: { ...wanted.plan, title, steps: [{ kind: 'node-command', node: 'n', argv: ['ip', command] }] },
    },
    essence: ['Approval wanted', 'Fix A', title, command],
  }),
  summary: ([headline = '', first = '']) => ({
    message: { ...over, headline: [{ strong: headline }], paragraphs: [[{ text: first }]] },
    essence: [headline, first],
  }),
};

test.each(Object.entries(told))('%s tells its essence without its blocks', (kind, tell) => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 3, maxLength: 3 }),
      fc.constantFrom('modern', 'classic'),
      (words, style) => {
        const { message, essence } = tell(words);
        expect(message.is).toBe(kind);
        const { text } = view(message, () => '', style);
        expect(essence.filter((part) => !text.includes(part))).toEqual([]);
      },
    ),
    { numRuns: 50 },
  );
});

test('an answer says what and who, a decision says which and on which fix', () => {
  const answered = { ...asking, answered: { choice: 'kubelet', by: onCallPerson, at: 0 } };
  expect(view(answered, () => '', 'modern').text).toBe('✓ kubectl logs/exec fails · @on-call');
  for (const [state, said] of [
    ['approved', 'Approved'],
    ['rejected', 'Rejected'],
    ['expired', 'Expired'],
    ['superseded', 'Withdrawn'],
  ] as const) {
    const { text } = view({ ...wanted, state, decidedBy: secondPerson, decidedAt: 0 }, () => '', 'modern');
    expect(text).toContain(`${said}: fix A`);
  }
});
