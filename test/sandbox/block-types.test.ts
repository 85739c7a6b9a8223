import { describe, expect, test } from 'vitest';
import { checkMessage, printed } from '../../src/sandbox/block/check-message.ts';
import { checkView } from '../../src/sandbox/block/check-view.ts';
import { homeBlocks, messageBlocks, modalBlocks } from '../../src/sandbox/block/index.ts';
import {
  acting,
  asking,
  below,
  bin,
  cell,
  feedback,
  film,
  mrkdwn,
  newerLimits,
  option,
  sheet,
  words,
  x,
} from './newer-limits.ts';
import { plain } from './practice.ts';

describe('each limit of the newer blocks and elements', () => {
  test.each(newerLimits)('%s: at the limit it is taken', (_what, make, most) => {
    expect(printed(checkMessage([make(most)]))).toEqual([]);
  });

  test.each(newerLimits)('%s: one over it is refused there', (_what, make, most, at) => {
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
