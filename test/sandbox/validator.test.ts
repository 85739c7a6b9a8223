import { describe, expect, test } from 'vitest';
import { checkMessage, printed } from '../../src/sandbox/block/check-message.ts';
import { checkOptions } from '../../src/sandbox/block/check-options.ts';
import { checkView, sizeOf, viewBytes } from '../../src/sandbox/block/check-view.ts';
import {
  actions,
  ask,
  box,
  confirm,
  group,
  limits,
  many,
  mrkdwn,
  option,
  press,
  raw,
  rich,
  section,
  select,
  task,
  words,
  x,
} from './block-limits.ts';
import { plain } from './practice.ts';

describe('each limit of a block', () => {
  test.each(limits)('%s: at the limit it is taken', (_what, at) => {
    expect(printed(checkMessage([at]))).toEqual([]);
  });

  test.each(limits)('%s: one over it is refused', (_what, _at, over, fault) => {
    expect(printed(checkMessage([over]))).toContain(fault);
  });
});

/** Blocks that are wrong in kind, beside blocks that are right. */
const kinds: [what: string, right: object, wrong: object, fault: string][] = [
  ['block type', { type: 'divider' }, { type: 'z' }, 'unsupported type: z [json-pointer:/blocks/0/type]'],
  ['block without type', { type: 'divider' }, {}, 'missing required field: type [json-pointer:/blocks/0]'],
  [
    'unknown field',
    { type: 'divider' },
    { type: 'divider', y: 1 },
    'invalid additional property: y [json-pointer:/blocks/0]',
  ],
  [
    'section that says nothing',
    section({ text: plain('a') }),
    section({}),
    'must define either `text` or `fields` [json-pointer:/blocks/0]',
  ],
  [
    'empty text',
    section({ text: plain('a') }),
    section({ text: plain('') }),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'text as a bare string',
    section({ text: plain('a') }),
    section({ text: 'a' }),
    'must provide an object [json-pointer:/blocks/0/text]',
  ],
  [
    'header in mrkdwn',
    { type: 'header', text: plain('a') },
    { type: 'header', text: mrkdwn('a') },
    'must be a valid enum value [json-pointer:/blocks/0/text/type]',
  ],
  [
    'emoji on mrkdwn',
    section({ text: { ...plain('a'), emoji: true } }),
    section({ text: { ...mrkdwn('a'), emoji: true } }),
    'invalid additional property: emoji [json-pointer:/blocks/0/text]',
  ],
  [
    'image without alt text',
    { type: 'image', image_url: 'https://a', alt_text: 'a' },
    { type: 'image', image_url: 'https://a' },
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'image without source',
    { type: 'image', image_url: 'https://a', alt_text: 'a' },
    { type: 'image', alt_text: 'a' },
    'missing required field: image_url [json-pointer:/blocks/0]',
  ],
  [
    'file id',
    { type: 'image', slack_file: { id: 'F12345678' }, alt_text: 'a' },
    { type: 'image', slack_file: { id: 'nope' }, alt_text: 'a' },
    'input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/blocks/0/slack_file/id]',
  ],
  [
    'two buttons of one id',
    actions(press(), press({ action_id: 'b' })),
    actions(press(), press()),
    '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'button style',
    actions(press({ style: 'danger' })),
    actions(press({ style: 'green' })),
    'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'confirm without deny',
    actions(press({ confirm: confirm() })),
    actions(press({ confirm: { title: plain('a'), text: plain('b'), confirm: plain('c') } })),
    'missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]',
  ],
  ['no elements', actions(press()), actions(), 'must provide at least 1 items [json-pointer:/blocks/0/elements]'],
  [
    'options and groups',
    actions(select({ options: [option(1)] })),
    actions(select({ options: [option(1)], option_groups: [group(1)] })),
    'must provide either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'option with a type',
    actions(select({ options: [option(1)] })),
    actions(select({ options: [{ ...option(1), type: 'option' }] })),
    'invalid additional property: type [json-pointer:/blocks/0/elements/0/options/0]',
  ],
  [
    'plan title as an object',
    { type: 'plan', title: 'p' },
    { type: 'plan', title: plain('p') },
    'must provide a string [json-pointer:/blocks/0/title]',
  ],
  [
    'task status',
    { type: 'plan', title: 'p', tasks: [task()] },
    { type: 'plan', title: 'p', tasks: [task({ status: 'done' })] },
    'must be a valid enum value [json-pointer:/blocks/0/tasks/0/status]',
  ],
  [
    'pending task of its own',
    task({ status: 'complete' }),
    task(),
    'must be a valid enum value [json-pointer:/blocks/0/status]',
  ],
  [
    'task details as text',
    { type: 'plan', title: 'p', tasks: [task({ details: rich(words('a')) })] },
    { type: 'plan', title: 'p', tasks: [task({ details: 'a' })] },
    'must provide an object [json-pointer:/blocks/0/tasks/0/details]',
  ],
  [
    'plan in a container',
    box(),
    box({ child_blocks: [{ type: 'plan', title: 'p' }] }),
    'unsupported type: plan [json-pointer:/blocks/0/child_blocks/0/type]',
  ],
  [
    'container without title',
    box(),
    { type: 'container', child_blocks: [{ type: 'divider' }] },
    'missing required field: title [json-pointer:/blocks/0]',
  ],
  [
    'collapsed but not collapsible',
    box({ is_collapsible: true, default_collapsed: true }),
    box({ default_collapsed: true }),
    'must define `is_collapsible` to use `default_collapsed` [json-pointer:/blocks/0/default_collapsed]',
  ],
  [
    'empty table cell',
    { type: 'table', rows: [[raw(' ')]] },
    { type: 'table', rows: [[raw('')]] },
    'must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]',
  ],
  [
    'table cell',
    { type: 'table', rows: [[{ type: 'raw_number', value: 1, text: '1' }]] },
    { type: 'table', rows: [[{ type: 'mrkdwn', text: '1' }]] },
    'unsupported type: mrkdwn [json-pointer:/blocks/0/rows/0/0/type]',
  ],
  [
    'a mention in preformatted text',
    rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a' }] }),
    rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] }),
    'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
  ],
  [
    'list style',
    rich({ type: 'rich_text_list', style: 'bullet', elements: [words('a')] }),
    rich({ type: 'rich_text_list', style: 'dash', elements: [words('a')] }),
    'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'empty rich text',
    rich(words('a')),
    rich(words('')),
    'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  ],
  [
    'alert in a message',
    { type: 'divider' },
    { type: 'alert', text: plain('a') },
    'unsupported type: alert [json-pointer:/blocks/0/type]',
  ],
  [
    'file source',
    { type: 'file', source: 'remote', external_id: 'a' },
    { type: 'file', source: 'here', external_id: 'a' },
    'must be a valid enum value [json-pointer:/blocks/0/source]',
  ],
];

describe('the kind of a block', () => {
  test.each(kinds)('%s: right is taken', (_what, right) => {
    expect(printed(checkMessage([right]))).toEqual([]);
  });

  test.each(kinds)('%s: wrong is refused', (_what, _right, wrong, fault) => {
    expect(printed(checkMessage([wrong]))).toContain(fault);
  });

  test('every element of rich text is taken', () => {
    const style = { bold: true, italic: true, strike: true, code: true, underline: true };
    const elements = [
      { type: 'text', text: 'a', style },
      { type: 'link', url: 'https://a', text: 'a', unsafe: true },
      { type: 'emoji', name: 'wave' },
      { type: 'user', user_id: 'U1' },
      { type: 'usergroup', usergroup_id: 'S1' },
      { type: 'channel', channel_id: 'C1' },
      { type: 'team', team_id: 'T1' },
      { type: 'broadcast', range: 'here' },
      { type: 'date', timestamp: 1, format: '{date}', fallback: 'then' },
      { type: 'color', value: '#fff' },
    ];
    expect(
      checkMessage([rich({ type: 'rich_text_section', elements }, { type: 'rich_text_quote', elements, border: 1 })]),
    ).toEqual([]);
  });

  test('a place for several schemas is named before the fault inside it', () => {
    expect(printed(checkMessage([section({ text: mrkdwn(x(3001)) })]))).toEqual([
      'failed to match all allowed schemas [json-pointer:/blocks/0/text]',
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ]);
  });

  test('a character outside the first plane counts once', () => {
    expect(checkMessage([{ type: 'header', text: plain('🔧'.repeat(150)) }])).toEqual([]);
    expect(checkMessage([{ type: 'header', text: plain('🔧'.repeat(151)) }])).toHaveLength(1);
  });
});

describe('a message', () => {
  test('has at most 50 blocks', () => {
    expect(checkMessage(many(50, () => ({ type: 'divider' })))).toEqual([]);
    expect(printed(checkMessage(many(51, () => ({ type: 'divider' }))))).toEqual([
      'no more than 50 items allowed [json-pointer:/blocks]',
    ]);
  });

  test('has every block_id once', () => {
    const blocks = [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'b' },
    ];
    expect(checkMessage(blocks)).toEqual([]);
    expect(printed(checkMessage([...blocks, { type: 'divider', block_id: 'a' }]))).toEqual([
      '`block_id` "a" already exists [json-pointer:/blocks/2/block_id]',
    ]);
  });

  test('counts the cells of all its tables together, those in containers too', () => {
    const half = { type: 'table', rows: [[raw(x(5000))]] };
    expect(checkMessage([half, box({ child_blocks: [half] })])).toEqual([]);
    expect(checkMessage([half, box({ child_blocks: [half] }), { type: 'table', rows: [[raw('x')]] }])).toMatchObject([
      { at: '/blocks/2' },
    ]);
  });

  test('embeds only files that are there and processed', () => {
    const image = { type: 'image', slack_file: { id: 'F12345678' }, alt_text: 'a' };
    expect(checkMessage([image], { knowsFile: () => true })).toEqual([]);
    expect(printed(checkMessage([image], { knowsFile: () => false }))).toEqual([
      'invalid slack file [json-pointer:/blocks/0/slack_file]',
    ]);
  });

  test('can be refused new block types, as where they are not rolled out', () => {
    expect(printed(checkMessage([{ type: 'plan', title: 'p' }], { refused: ['plan'] }))).toEqual([
      'unsupported type: plan [json-pointer:/blocks/0/type]',
    ]);
  });
});

const modal = (over: object = {}): object => ({
  type: 'modal',
  title: plain('t'),
  submit: plain('s'),
  blocks: [],
  ...over,
});

const viewLimits: [what: string, at: object, over: object, fault: string][] = [
  [
    'title',
    modal({ title: plain(x(24)) }),
    modal({ title: plain(x(25)) }),
    'must be less than 25 characters [json-pointer:/view/title/text]',
  ],
  [
    'submit',
    modal({ submit: plain(x(24)) }),
    modal({ submit: plain(x(25)) }),
    'must be less than 25 characters [json-pointer:/view/submit/text]',
  ],
  [
    'close',
    modal({ close: plain(x(24)) }),
    modal({ close: plain(x(25)) }),
    'must be less than 25 characters [json-pointer:/view/close/text]',
  ],
  [
    'blocks',
    modal({ blocks: many(100, () => ({ type: 'divider' })) }),
    modal({ blocks: many(101, () => ({ type: 'divider' })) }),
    'no more than 100 items allowed [json-pointer:/view/blocks]',
  ],
  [
    'private_metadata',
    modal({ private_metadata: x(3000) }),
    modal({ private_metadata: x(3001) }),
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ],
  [
    'callback_id',
    modal({ callback_id: x(255) }),
    modal({ callback_id: x(256) }),
    'must be less than 256 characters [json-pointer:/view/callback_id]',
  ],
  [
    'external_id',
    modal({ external_id: x(255) }),
    modal({ external_id: x(256) }),
    'must be less than 256 characters [json-pointer:/view/external_id]',
  ],
  [
    'alert',
    modal({ blocks: [{ type: 'alert', text: plain(x(200)) }] }),
    modal({ blocks: [{ type: 'alert', text: plain(x(201)) }] }),
    'must be less than 201 characters [json-pointer:/view/blocks/0/text/text]',
  ],
  [
    'input without submit',
    modal({ blocks: [ask()] }),
    { type: 'modal', title: plain('t'), blocks: [ask()] },
    'must define `submit` to use an `input` block in modals [json-pointer:/view]',
  ],
  [
    'plan in a modal',
    modal({ blocks: [section({ text: plain('a') })] }),
    modal({ blocks: [{ type: 'plan', title: 'p' }] }),
    'unsupported type: plan [json-pointer:/view/blocks/0/type]',
  ],
  [
    'alert in a Home tab',
    { type: 'home', blocks: [{ type: 'divider' }] },
    { type: 'home', blocks: [{ type: 'alert', text: plain('a') }] },
    'unsupported type: alert [json-pointer:/view/blocks/0/type]',
  ],
];

describe('a view', () => {
  test.each(viewLimits)('%s: at the limit it is taken', (_what, at) => {
    expect(printed(checkView(at))).toEqual([]);
  });

  test.each(viewLimits)('%s: one over it is refused', (_what, _at, over, fault) => {
    expect(printed(checkView(over))).toContain(fault);
  });

  test('is measured in bytes', () => {
    const size = sizeOf(modal());
    expect(sizeOf(modal({ private_metadata: 'ä' })) - size).toBe(',"private_metadata":"ä"'.length + 1);
    expect(viewBytes).toBe(250_000);
  });
});

describe('suggested options', () => {
  test('are at most 100', () => {
    expect(checkOptions(many(100, (i) => option(i)))).toEqual([]);
    expect(checkOptions(many(101, (i) => option(i)))).toEqual([
      'no more than 100 items allowed [json-pointer:/options]',
    ]);
  });
});
