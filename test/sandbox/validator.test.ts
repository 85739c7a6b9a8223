import { describe, expect, test } from 'vitest';
import { checkMessage, printed } from '../../src/sandbox/block/check-message.ts';
import { checkOptions } from '../../src/sandbox/block/check-options.ts';
import { checkView, sizeOf, viewBytes } from '../../src/sandbox/block/check-view.ts';
import { plain } from './practice.ts';

const x = (length: number): string => 'x'.repeat(length);
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const mrkdwn = (text: string): object => ({ type: 'mrkdwn', text });
const option = (i: number, text = `o${i}`): object => ({ text: plain(text), value: `v${i}` });
const press = (over: object = {}): object => ({ type: 'button', text: plain('Go'), action_id: 'go', ...over });
const confirm = (over: object = {}): object => ({
  title: plain('Sure?'),
  text: plain('It runs now.'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...over,
});
const actions = (...elements: object[]): object => ({ type: 'actions', elements });
const section = (over: object): object => ({ type: 'section', ...over });
const rich = (...elements: object[]): object => ({ type: 'rich_text', elements });
const words = (text: string): object => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
const task = (over: object = {}): object => ({
  type: 'task_card',
  task_id: 't1',
  title: 'Look',
  status: 'pending',
  ...over,
});
const raw = (text: string): object => ({ type: 'raw_text', text });
const box = (over: object = {}): object => ({
  type: 'container',
  title: plain('Raw'),
  child_blocks: [{ type: 'divider' }],
  ...over,
});
const select = (over: object): object => ({ type: 'static_select', action_id: 's', ...over });
const group = (i: number): object => ({ label: plain(`g${i}`), options: [option(i)] });
const ask = (over: object = {}): object => ({
  type: 'input',
  label: plain('Why?'),
  element: { type: 'plain_text_input', action_id: 'w' },
  ...over,
});

/** Each limit: a message of one block at the limit, the same one over it, and what Slack says then. */
const limits: [what: string, at: object, over: object, fault: string][] = [
  [
    'section text',
    section({ text: mrkdwn(x(3000)) }),
    section({ text: mrkdwn(x(3001)) }),
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'section fields',
    section({ fields: many(10, () => mrkdwn('f')) }),
    section({ fields: many(11, () => mrkdwn('f')) }),
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a field',
    section({ fields: [mrkdwn(x(2000))] }),
    section({ fields: [mrkdwn(x(2001))] }),
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'header',
    { type: 'header', text: plain(x(150)) },
    { type: 'header', text: plain(x(151)) },
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'context elements',
    { type: 'context', elements: many(10, () => mrkdwn('c')) },
    { type: 'context', elements: many(11, () => mrkdwn('c')) },
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'actions elements',
    actions(...many(25, (i) => press({ action_id: `a${i}` }))),
    actions(...many(26, (i) => press({ action_id: `a${i}` }))),
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'button text',
    actions(press({ text: plain(x(75)) })),
    actions(press({ text: plain(x(76)) })),
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'button value',
    actions(press({ value: x(2000) })),
    actions(press({ value: x(2001) })),
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'button url',
    actions(press({ url: x(3000) })),
    actions(press({ url: x(3001) })),
    'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'block_id',
    section({ text: mrkdwn('x'), block_id: x(255) }),
    section({ text: mrkdwn('x'), block_id: x(256) }),
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'action_id',
    actions(press({ action_id: x(255) })),
    actions(press({ action_id: x(256) })),
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'confirm title',
    actions(press({ confirm: confirm({ title: plain(x(100)) }) })),
    actions(press({ confirm: confirm({ title: plain(x(101)) }) })),
    'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
  ],
  [
    'confirm text',
    actions(press({ confirm: confirm({ text: plain(x(300)) }) })),
    actions(press({ confirm: confirm({ text: plain(x(301)) }) })),
    'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
  ],
  [
    'confirm button',
    actions(press({ confirm: confirm({ confirm: plain(x(30)) }) })),
    actions(press({ confirm: confirm({ confirm: plain(x(31)) }) })),
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]',
  ],
  [
    'deny button',
    actions(press({ confirm: confirm({ deny: plain(x(30)) }) })),
    actions(press({ confirm: confirm({ deny: plain(x(31)) }) })),
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]',
  ],
  [
    'select options',
    actions(select({ options: many(100, (i) => option(i)) })),
    actions(select({ options: many(101, (i) => option(i)) })),
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'select groups',
    actions(select({ option_groups: many(100, group) })),
    actions(select({ option_groups: many(101, group) })),
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups]',
  ],
  [
    'select placeholder',
    actions(select({ options: [option(1)], placeholder: plain(x(150)) })),
    actions(select({ options: [option(1)], placeholder: plain(x(151)) })),
    'must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]',
  ],
  [
    'option text',
    actions(select({ options: [option(1, x(75))] })),
    actions(select({ options: [option(1, x(76))] })),
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
  ],
  [
    'option value',
    actions(select({ options: [{ text: plain('o'), value: x(75) }] })),
    actions(select({ options: [{ text: plain('o'), value: x(76) }] })),
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
  ],
  [
    'radio options',
    actions({ type: 'radio_buttons', options: many(10, (i) => option(i)) }),
    actions({ type: 'radio_buttons', options: many(11, (i) => option(i)) }),
    'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'checkbox options',
    actions({ type: 'checkboxes', options: many(10, (i) => option(i)) }),
    actions({ type: 'checkboxes', options: many(11, (i) => option(i)) }),
    'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'overflow options',
    actions({ type: 'overflow', options: many(5, (i) => option(i)) }),
    actions({ type: 'overflow', options: many(6, (i) => option(i)) }),
    'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'table rows',
    { type: 'table', rows: many(100, () => [raw('c')]) },
    { type: 'table', rows: many(101, () => [raw('c')]) },
    'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
  ],
  [
    'table columns',
    { type: 'table', rows: [many(20, () => raw('c'))] },
    { type: 'table', rows: [many(21, () => raw('c'))] },
    'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
  ],
  [
    'table column settings',
    { type: 'table', rows: [[raw('c')]], column_settings: many(20, () => ({})) },
    { type: 'table', rows: [[raw('c')]], column_settings: many(21, () => ({})) },
    'no more than 20 items allowed [json-pointer:/blocks/0/column_settings]',
  ],
  [
    'table characters',
    { type: 'table', rows: [[raw(x(5000)), rich(words(x(5000)))]] },
    { type: 'table', rows: [[raw(x(5000)), rich(words(x(5001)))]] },
    'must be less than 10001 characters in all table cells of a message [json-pointer:/blocks/0]',
  ],
  [
    'container children',
    box({ child_blocks: many(10, () => ({ type: 'divider' })) }),
    box({ child_blocks: many(11, () => ({ type: 'divider' })) }),
    'no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]',
  ],
  [
    'container title',
    box({ title: plain(x(150)) }),
    box({ title: plain(x(151)) }),
    'must be less than 151 characters [json-pointer:/blocks/0/title/text]',
  ],
  [
    'container subtitle',
    box({ subtitle: plain(x(150)) }),
    box({ subtitle: plain(x(151)) }),
    'must be less than 151 characters [json-pointer:/blocks/0/subtitle/text]',
  ],
  [
    'image alt text',
    { type: 'image', image_url: 'https://a', alt_text: x(2000) },
    { type: 'image', image_url: 'https://a', alt_text: x(2001) },
    'must be less than 2001 characters [json-pointer:/blocks/0/alt_text]',
  ],
  [
    'image title',
    { type: 'image', image_url: 'https://a', alt_text: 'a', title: plain(x(2000)) },
    { type: 'image', image_url: 'https://a', alt_text: 'a', title: plain(x(2001)) },
    'must be less than 2001 characters [json-pointer:/blocks/0/title/text]',
  ],
  [
    'image url',
    { type: 'image', image_url: x(3000), alt_text: 'a' },
    { type: 'image', image_url: x(3001), alt_text: 'a' },
    'must be less than 3001 characters [json-pointer:/blocks/0/image_url]',
  ],
  [
    'input label',
    ask({ label: plain(x(2000)) }),
    ask({ label: plain(x(2001)) }),
    'must be less than 2001 characters [json-pointer:/blocks/0/label/text]',
  ],
  [
    'input hint',
    ask({ hint: plain(x(2000)) }),
    ask({ hint: plain(x(2001)) }),
    'must be less than 2001 characters [json-pointer:/blocks/0/hint/text]',
  ],
  [
    'remote file id',
    { type: 'file', source: 'remote', external_id: x(255) },
    { type: 'file', source: 'remote', external_id: x(256) },
    'must be less than 256 characters [json-pointer:/blocks/0/external_id]',
  ],
  [
    'task id',
    { type: 'plan', title: 'p', tasks: [task({ task_id: x(255) })] },
    { type: 'plan', title: 'p', tasks: [task({ task_id: x(256) })] },
    'must be less than 256 characters [json-pointer:/blocks/0/tasks/0/task_id]',
  ],
];

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
