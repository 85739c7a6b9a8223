import { describe, expect, test } from 'vitest';
import { entryOf, isFilled } from '../../src/sandbox/gesture/entry.ts';
import { actingElements } from './every-block.ts';
import { incidents, ona, plain, practise } from './practice.ts';

const option = (value: string): object => ({ text: plain(value), value });
const options = ['a', 'b'].map(option);

/** What an element holds: untouched with an initial value, after a choice, and emptied. */
const held: [
  type: string,
  initial: object,
  untouched: object,
  given: unknown,
  chosen: object,
  empty: unknown,
  emptied: object,
][] = [
  ['plain_text_input', { initial_value: 'i' }, { value: 'i' }, 'x', { value: 'x' }, '', { value: null }],
  ['email_text_input', {}, { value: null }, 'a@b', { value: 'a@b' }, '', { value: null }],
  ['number_input', { initial_value: '1' }, { value: '1' }, '2', { value: '2' }, '', { value: null }],
  [
    'datepicker',
    { initial_date: '2026-01-02' },
    { selected_date: '2026-01-02' },
    '2026-03-04',
    { selected_date: '2026-03-04' },
    '',
    { selected_date: null },
  ],
  ['timepicker', {}, { selected_time: null }, '07:05', { selected_time: '07:05' }, '', { selected_time: null }],
  [
    'datetimepicker',
    { initial_date_time: 1_700_000_000 },
    { selected_date_time: 1_700_000_000 },
    1_800_000_000,
    { selected_date_time: 1_800_000_000 },
    '',
    { selected_date_time: null },
  ],
  [
    'static_select',
    { options, initial_option: options[0] },
    { selected_option: options[0] },
    'b',
    { selected_option: options[1] },
    '',
    { selected_option: null },
  ],
  [
    'radio_buttons',
    { options },
    { selected_option: null },
    'b',
    { selected_option: options[1] },
    '',
    { selected_option: null },
  ],
  [
    'checkboxes',
    { options, initial_options: options },
    { selected_options: options },
    ['b'],
    { selected_options: [options[1]] },
    [],
    { selected_options: [] },
  ],
  [
    'multi_static_select',
    { options },
    { selected_options: [] },
    ['a', 'b'],
    { selected_options: options },
    [],
    { selected_options: [] },
  ],
  [
    'external_select',
    { initial_option: options[0] },
    { selected_option: options[0] },
    options[1],
    { selected_option: options[1] },
    null,
    { selected_option: null },
  ],
  [
    'multi_external_select',
    {},
    { selected_options: [] },
    options,
    { selected_options: options },
    [],
    { selected_options: [] },
  ],
  [
    'users_select',
    { initial_user: 'U1' },
    { selected_user: 'U1' },
    'U2',
    { selected_user: 'U2' },
    '',
    { selected_user: null },
  ],
  [
    'conversations_select',
    {},
    { selected_conversation: null },
    'C1',
    { selected_conversation: 'C1' },
    '',
    { selected_conversation: null },
  ],
  ['channels_select', {}, { selected_channel: null }, 'C1', { selected_channel: 'C1' }, '', { selected_channel: null }],
  [
    'multi_users_select',
    { initial_users: ['U1'] },
    { selected_users: ['U1'] },
    ['U2'],
    { selected_users: ['U2'] },
    [],
    { selected_users: [] },
  ],
];

describe('what an element holds', () => {
  test.each(held)('%s', (type, initial, untouched, given, chosen, empty, emptied) => {
    expect(entryOf({ type, ...initial }, undefined)).toEqual({ type, ...untouched });
    expect(entryOf({ type, ...initial }, given)).toEqual({ type, ...chosen });
    expect(isFilled(entryOf({ type, ...initial }, given))).toBe(true);
    expect(entryOf({ type, ...initial }, empty)).toEqual({ type, ...emptied });
    expect(isFilled(entryOf({ type, ...initial }, empty))).toBe(false);
  });

  test('a value that is no option of it chooses nothing', () => {
    expect(entryOf({ type: 'static_select', options }, 'c')).toMatchObject({ selected_option: null });
    expect(entryOf({ type: 'checkboxes', options }, ['c'])).toMatchObject({ selected_options: [] });
  });
});

/** What is pressed or chosen, and the field of the action in which the app finds it. */
const acts: [type: string, fields: object, action: object][] = [
  ['button', {}, { text: { text: 'Approve' } }],
  ['checkboxes', { options: ['DNS', 'MTU'] }, { selected_options: [{ value: 'DNS' }, { value: 'MTU' }] }],
  ['datepicker', { value: '2026-01-02' }, { selected_date: '2026-01-02' }],
  ['datetimepicker', { value: 1_700_000_000 }, { selected_date_time: 1_700_000_000 }],
  ['external_select', { external_option: option('worker-1') }, { selected_option: { value: 'worker-1' } }],
  ['multi_static_select', { options: ['DNS'] }, { selected_options: [{ value: 'DNS' }] }],
  ['overflow', { option: 'DNS' }, { selected_option: { value: 'DNS' } }],
  ['radio_buttons', { option: 'MTU' }, { selected_option: { value: 'MTU' } }],
  ['timepicker', { value: '07:05' }, { selected_time: '07:05' }],
  ['users_select', { value: ona }, { selected_user: ona }],
];

describe('an action', () => {
  test.each(acts)('of %s brings what was chosen, and the state of the message', async (type, fields, wanted) => {
    await using practice = await practise();
    const heard: Record<string, unknown>[] = [];
    await practice.bolt((app) =>
      app.action('it', async ({ ack, action, body }) => {
        heard.push({ ...action }, { state: 'state' in body ? body.state : undefined });
        await ack();
      }),
    );
    const ask = {
      type: 'input',
      block_id: 'ask',
      label: plain('l'),
      element: { type: 'plain_text_input', action_id: 'w' },
    };
    const blocks = [
      ask,
      { type: 'actions', block_id: 'b', elements: [{ type, action_id: 'it', ...actingElements[type] }] },
    ];
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'x', blocks });
    const press = { user: ona, channel: incidents, message_ts: ts, action_id: 'it', values: { ask: { w: 'typed' } } };
    expect(await practice.control('press', { ...press, ...fields })).toMatchObject({ acked: true });
    expect(heard[0]).toMatchObject({ type, block_id: 'b', ...wanted });
    expect(heard[1]).toMatchObject({ state: { values: { ask: { w: { value: 'typed' } } } } });
  });

  test('of feedback brings the side that was pressed; another one is refused', async () => {
    await using practice = await practise();
    const heard: unknown[] = [];
    await practice.bolt((app) =>
      app.action('it', async ({ ack, action }) => {
        heard.push('value' in action ? action.value : undefined);
        await ack();
      }),
    );
    const side = (value: string): object => ({ text: plain(value), value });
    const element = {
      type: 'feedback_buttons',
      action_id: 'it',
      positive_button: side('yes'),
      negative_button: side('no'),
    };
    const blocks = [{ type: 'context_actions', elements: [element] }];
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'x', blocks });
    const press = { user: ona, channel: incidents, message_ts: ts, action_id: 'it' };
    expect(await practice.control('press', { ...press, value: 'no' })).toMatchObject({ acked: true });
    expect(await practice.control('press', { ...press, value: 'maybe' })).toMatchObject({ error: 'option_not_found' });
    expect(heard).toEqual(['no']);
  });

  test('of a button on a card in a carousel is found', async () => {
    await using practice = await practise();
    await practice.bolt((app) => app.action('it', ({ ack }) => ack()));
    const card = {
      type: 'card',
      title: { type: 'mrkdwn', text: 't' },
      actions: [{ type: 'button', text: plain('Go'), action_id: 'it' }],
    };
    const blocks = [{ type: 'carousel', elements: [card] }];
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'x', blocks });
    const press = { user: ona, channel: incidents, message_ts: ts, action_id: 'it' };
    expect(await practice.control('press', press)).toMatchObject({ acked: true });
  });
});
