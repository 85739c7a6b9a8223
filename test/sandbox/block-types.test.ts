import { describe, expect, test } from 'vitest';
import { checkMessage, printed } from '../../src/sandbox/block/check-message.ts';
import { checkView } from '../../src/sandbox/block/check-view.ts';
import { homeBlocks, messageBlocks, modalBlocks } from '../../src/sandbox/block/index.ts';
import { plain } from './practice.ts';

const x = (length: number): string => 'x'.repeat(length);
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const mrkdwn = (text: string): object => ({ type: 'mrkdwn', text });
const option = (i: number): object => ({ text: plain(`o${i}`), value: `v${i}` });
const group = (i: number): object => ({ label: plain(`g${i}`), options: [option(i)] });
const acting = (element: object): object => ({ type: 'actions', elements: [{ action_id: 'a', ...element }] });
const asking = (element: object): object => ({ type: 'input', label: plain('l'), element });
const words = (text: string): object => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
const press = { type: 'button', text: plain('Go') };
const feedback = (over: object): object => ({
  type: 'feedback_buttons',
  positive_button: { text: plain('Yes'), value: 'yes' },
  negative_button: { text: plain('No'), value: 'no', ...over },
});
const bin = (over: object): object => ({ type: 'icon_button', icon: 'trash', text: plain('Remove'), ...over });
const below = (...elements: object[]): object => ({ type: 'context_actions', elements });
const cell = (text: string): object => ({ type: 'raw_text', text });
const sheet = (over: object): object => ({ type: 'data_table', caption: 'c', rows: [[cell('h')]], ...over });
const film = (over: object): object => ({
  type: 'video',
  video_url: 'https://a',
  thumbnail_url: 'https://b',
  alt_text: 'a',
  title: plain('t'),
  ...over,
});

/** One limit: what has it, the block with `n` of it, the most that Slack takes, and where it points when there is one more. */
const limits: [what: string, make: (n: number) => object, most: number, at: string][] = [
  ['card title', (n) => ({ type: 'card', title: mrkdwn(x(n)) }), 150, '/title/text'],
  ['card subtitle', (n) => ({ type: 'card', title: mrkdwn('t'), subtitle: mrkdwn(x(n)) }), 150, '/subtitle/text'],
  ['card body', (n) => ({ type: 'card', body: mrkdwn(x(n)) }), 200, '/body/text'],
  ['card actions', (n) => ({ type: 'card', actions: many(n, () => press) }), 3, '/actions'],
  [
    'carousel cards',
    (n) => ({ type: 'carousel', elements: many(n, () => ({ type: 'card', body: mrkdwn('b') })) }),
    10,
    '/elements',
  ],
  ['context_actions elements', (n) => below(...many(n, () => bin({}))), 5, '/elements'],
  ['feedback text', (n) => below(feedback({ text: plain(x(n)) })), 75, '/elements/0/negative_button/text/text'],
  ['feedback value', (n) => below(feedback({ value: x(n) })), 2000, '/elements/0/negative_button/value'],
  [
    'feedback label',
    (n) => below(feedback({ accessibility_label: x(n) })),
    75,
    '/elements/0/negative_button/accessibility_label',
  ],
  ['icon button text', (n) => below(bin({ text: plain(x(n)) })), 75, '/elements/0/text/text'],
  ['icon button value', (n) => below(bin({ value: x(n) })), 2000, '/elements/0/value'],
  ['icon button label', (n) => below(bin({ accessibility_label: x(n) })), 75, '/elements/0/accessibility_label'],
  ['data_table rows', (n) => sheet({ rows: many(n, () => [cell('c')]) }), 101, '/rows'],
  ['data_table columns', (n) => sheet({ rows: [many(n, () => cell('c'))] }), 20, '/rows/0'],
  ['data_table page', (n) => sheet({ page_size: n }), 100, '/page_size'],
  ['data_table row header', (n) => sheet({ row_header_column_index: n }), 19, '/row_header_column_index'],
  ['markdown', (n) => ({ type: 'markdown', text: x(n) }), 12_000, '/text'],
  ['video title', (n) => film({ title: plain(x(n)) }), 199, '/title/text'],
  ['video author', (n) => film({ author_name: x(n) }), 49, '/author_name'],
  [
    'multi select options',
    (n) => acting({ type: 'multi_static_select', options: many(n, option) }),
    100,
    '/elements/0/options',
  ],
  [
    'multi select groups',
    (n) => acting({ type: 'multi_static_select', option_groups: many(n, group) }),
    100,
    '/elements/0/option_groups',
  ],
  ...['static_select', 'multi_external_select', 'users_select', 'conversations_select', 'channels_select'].flatMap(
    (type): [string, (n: number) => object, number, string][] => {
      const given = type === 'static_select' ? { type, options: [option(0)] } : { type };
      return [
        [
          `${type} placeholder`,
          (n) => acting({ ...given, placeholder: plain(x(n)) }),
          150,
          '/elements/0/placeholder/text',
        ],
        [`${type} action_id`, (n) => acting({ ...given, action_id: x(n) }), 255, '/elements/0/action_id'],
      ];
    },
  ),
  [
    'date placeholder',
    (n) => acting({ type: 'datepicker', placeholder: plain(x(n)) }),
    150,
    '/elements/0/placeholder/text',
  ],
  [
    'moment',
    (n) => acting({ type: 'datetimepicker', initial_date_time: n }),
    9_999_999_999,
    '/elements/0/initial_date_time',
  ],
  [
    'email placeholder',
    (n) => asking({ type: 'email_text_input', placeholder: plain(x(n)) }),
    150,
    '/element/placeholder/text',
  ],
  [
    'address placeholder',
    (n) => asking({ type: 'url_text_input', placeholder: plain(x(n)) }),
    150,
    '/element/placeholder/text',
  ],
  ['lines of rich text', (n) => asking({ type: 'rich_text_input', max_lines: n }), 100, '/element/max_lines'],
];

describe('each limit of the newer blocks and elements', () => {
  test.each(limits)('%s: at the limit it is taken', (_what, make, most) => {
    expect(printed(checkMessage([make(most)]))).toEqual([]);
  });

  test.each(limits)('%s: one over it is refused there', (_what, make, most, at) => {
    expect(printed(checkMessage([make(most + 1)])).join('\n')).toContain(`[json-pointer:/blocks/0${at}]`);
  });
});

/** What is wrong in kind, beside what is right. */
const kinds: [what: string, right: object, wrong: object, fault: string][] = [
  [
    'card texts are objects',
    { type: 'card', title: mrkdwn('t') },
    { type: 'card', title: 't' },
    'must provide an object [json-pointer:/blocks/0/title]',
  ],
  [
    'a card says something',
    { type: 'card', body: mrkdwn('b') },
    { type: 'card', subtitle: mrkdwn('s') },
    'must define at least one of',
  ],
  [
    'a date is a day',
    acting({ type: 'datepicker', initial_date: '2026-02-28' }),
    acting({ type: 'datepicker', initial_date: '28.2.' }),
    'input must match regex pattern',
  ],
  [
    'a time has two digits',
    acting({ type: 'timepicker', initial_time: '07:05' }),
    acting({ type: 'timepicker', initial_time: '7:05' }),
    'input must match regex pattern',
  ],
  [
    'a multi select has one source',
    acting({ type: 'multi_static_select', options: [option(1)] }),
    acting({ type: 'multi_static_select' }),
    'must provide either `options` or `option_groups`',
  ],
  [
    'at least one choice',
    acting({ type: 'multi_users_select', max_selected_items: 1 }),
    acting({ type: 'multi_users_select', max_selected_items: 0 }),
    'must be greater than or equal to 1',
  ],
  [
    'a filter names kinds',
    acting({ type: 'conversations_select', filter: { include: ['im'] } }),
    acting({ type: 'conversations_select', filter: { include: ['dm'] } }),
    'must be a valid enum value',
  ],
  [
    'feedback has two sides',
    below(feedback({})),
    below({ ...feedback({}), negative_button: undefined }),
    'missing required field: negative_button',
  ],
  ['the icon is the bin', below(bin({})), below(bin({ icon: 'heart' })), 'must be a valid enum value'],
  [
    'a data table has a caption',
    sheet({}),
    { type: 'data_table', rows: [[cell('h')]] },
    'missing required field: caption',
  ],
  ['a video is safe', film({}), film({ video_url: 'http://a' }), 'input must match regex pattern'],
  [
    'rich text input starts as rich text',
    asking({ type: 'rich_text_input', initial_value: { type: 'rich_text', elements: [words('a')] } }),
    asking({ type: 'rich_text_input', initial_value: 'a' }),
    'must provide an object',
  ],
  [
    'no workflow without its trigger',
    acting({ type: 'workflow_button', text: plain('w'), workflow: { trigger: { url: 'https://a' } } }),
    acting({ type: 'workflow_button', text: plain('w'), workflow: {} }),
    'missing required field: trigger',
  ],
];

describe('the kind of the newer blocks and elements', () => {
  test.each(kinds)('%s: right is taken', (_what, right) => {
    expect(printed(checkMessage([right]))).toEqual([]);
  });

  test.each(kinds)('%s: wrong is refused', (_what, _right, wrong, fault) => {
    expect(printed(checkMessage([wrong])).join('\n')).toContain(fault);
  });
});

describe('all markdown of a message together', () => {
  const half = { type: 'markdown', text: x(6000) };

  test('is taken at 12,000 characters, refused above, and told once', () => {
    expect(checkMessage([half, half])).toEqual([]);
    const more = [half, half, { type: 'markdown', text: 'x' }, { type: 'markdown', text: 'x' }];
    expect(printed(checkMessage(more))).toEqual([
      'must be less than 12001 characters in all markdown blocks of a message [json-pointer:/blocks/2]',
    ]);
  });

  test('cells of a data table count with those of a table', () => {
    const table = { type: 'table', rows: [[cell(x(5000))]] };
    expect(checkMessage([table, sheet({ rows: [[cell(x(5000))]] })])).toEqual([]);
    expect(checkMessage([table, sheet({ rows: [[cell(x(5001))]] })])).toHaveLength(1);
  });
});

describe('where a block may stand', () => {
  const places = { message: messageBlocks, modal: modalBlocks, home: homeBlocks };
  test.each([
    ['alert', ['modal']],
    ['card', ['message', 'home']],
    ['container', ['message', 'home']],
    ['context_actions', ['message']],
    ['data_table', ['message']],
    ['file', ['message']],
    ['markdown', ['message']],
    ['plan', ['message']],
    ['section', ['message', 'modal', 'home']],
    ['table', ['message']],
    ['task_card', ['message']],
    ['data_visualization', []],
  ])('%s stands in %j only', (type, where) => {
    const known = Object.entries(places).filter(([, blocks]) => Object.hasOwn(blocks, type));
    expect(known.map(([place]) => place)).toEqual(where);
  });

  test('files are asked for in modals, nowhere else', () => {
    const block = asking({ type: 'file_input', max_files: 10 });
    const modal = (one: object): object => ({ type: 'modal', title: plain('t'), submit: plain('s'), blocks: [one] });
    expect(checkView(modal(block))).toEqual([]);
    expect(checkView(modal(asking({ type: 'file_input', max_files: 11 })))).toHaveLength(1);
    expect(printed(checkMessage([block]))).toEqual([
      'unsupported type: file_input [json-pointer:/blocks/0/element/type]',
    ]);
  });
});
