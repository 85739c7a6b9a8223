import { plain } from './practice.ts';

export const x = (length: number): string => 'x'.repeat(length);
export const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
export const mrkdwn = (text: string): object => ({ type: 'mrkdwn', text });
export const option = (i: number, text = `o${i}`): object => ({ text: plain(text), value: `v${i}` });
export const press = (over: object = {}): object => ({ type: 'button', text: plain('Go'), action_id: 'go', ...over });
export const confirm = (over: object = {}): object => ({
  title: plain('Sure?'),
  text: plain('It runs now.'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...over,
});
export const actions = (...elements: object[]): object => ({ type: 'actions', elements });
export const section = (over: object): object => ({ type: 'section', ...over });
export const rich = (...elements: object[]): object => ({ type: 'rich_text', elements });
export const words = (text: string): object => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
export const task = (over: object = {}): object => ({
  type: 'task_card',
  task_id: 't1',
  title: 'Look',
  status: 'pending',
  ...over,
});
export const raw = (text: string): object => ({ type: 'raw_text', text });
export const box = (over: object = {}): object => ({
  type: 'container',
  title: plain('Raw'),
  child_blocks: [{ type: 'divider' }],
  ...over,
});
export const select = (over: object): object => ({ type: 'static_select', action_id: 's', ...over });
export const group = (i: number): object => ({ label: plain(`g${i}`), options: [option(i)] });
export const ask = (over: object = {}): object => ({
  type: 'input',
  label: plain('Why?'),
  element: { type: 'plain_text_input', action_id: 'w' },
  ...over,
});

/** Each limit: a message of one block at the limit, the same one over it, and what Slack says then. */
export const limits: [what: string, at: object, over: object, fault: string][] = [
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
