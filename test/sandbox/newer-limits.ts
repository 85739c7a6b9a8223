import { plain } from './practice.ts';

export const x = (length: number): string => 'x'.repeat(length);
export const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
export const mrkdwn = (text: string): object => ({ type: 'mrkdwn', text });
export const option = (i: number): object => ({ text: plain(`o${i}`), value: `v${i}` });
export const group = (i: number): object => ({ label: plain(`g${i}`), options: [option(i)] });
export const acting = (element: object): object => ({ type: 'actions', elements: [{ action_id: 'a', ...element }] });
export const asking = (element: object): object => ({ type: 'input', label: plain('l'), element });
export const words = (text: string): object => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
export const press = { type: 'button', text: plain('Go') };
export const feedback = (over: object): object => ({
  type: 'feedback_buttons',
  positive_button: { text: plain('Yes'), value: 'yes' },
  negative_button: { text: plain('No'), value: 'no', ...over },
});
export const bin = (over: object): object => ({ type: 'icon_button', icon: 'trash', text: plain('Remove'), ...over });
export const below = (...elements: object[]): object => ({ type: 'context_actions', elements });
export const cell = (text: string): object => ({ type: 'raw_text', text });
export const sheet = (over: object): object => ({ type: 'data_table', caption: 'c', rows: [[cell('h')]], ...over });
export const film = (over: object): object => ({
  type: 'video',
  video_url: 'https://a',
  thumbnail_url: 'https://b',
  alt_text: 'a',
  title: plain('t'),
  ...over,
});

/** One limit: what has it, the block with `n` of it, the most that Slack takes, and where it points when there is one more. */
export const newerLimits: [what: string, make: (n: number) => object, most: number, at: string][] = [
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
