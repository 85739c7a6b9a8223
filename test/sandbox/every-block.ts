import { plain } from './practice.ts';

const option = (text: string): object => ({ text: plain(text), value: text });
const options = ['DNS', 'MTU', 'Routes'].map(option);
const words = (text: string): object => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
const raw = (text: string): object => ({ type: 'raw_text', text });

const code = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'ip route del '.repeat(20) }] }],
};

/** Every element that an actions block may hold, by its type. */
export const actingElements: Readonly<Record<string, object>> = {
  button: { text: plain('Approve'), style: 'primary' },
  checkboxes: { options },
  channels_select: { placeholder: plain('A channel') },
  conversations_select: { placeholder: plain('A conversation') },
  datepicker: { placeholder: plain('A day') },
  datetimepicker: {},
  external_select: { placeholder: plain('A node'), min_query_length: 0 },
  multi_channels_select: { placeholder: plain('Channels') },
  multi_conversations_select: { placeholder: plain('Conversations') },
  multi_external_select: { placeholder: plain('Nodes'), min_query_length: 0 },
  multi_static_select: { placeholder: plain('Symptoms'), options },
  multi_users_select: { placeholder: plain('People') },
  overflow: { options },
  radio_buttons: { options },
  rich_text_input: { placeholder: plain('Words') },
  static_select: { placeholder: plain('A symptom'), options },
  timepicker: { placeholder: plain('A time') },
  users_select: { placeholder: plain('Somebody') },
  workflow_button: { text: plain('Flow'), workflow: { trigger: { url: 'https://flow.example' } } },
};

/** Every element that an input block of a modal may hold, by its type. */
export const askingElements: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    Object.entries(actingElements).filter(([type]) => !['button', 'overflow', 'workflow_button'].includes(type)),
  ),
  email_text_input: {},
  file_input: {},
  number_input: { is_decimal_allowed: false },
  plain_text_input: { placeholder: plain('10.0.0.1') },
  url_text_input: {},
};

/** The acting elements as blocks. */
export const actingBlocks: readonly object[] = Object.entries(actingElements).map(([type, element]) => ({
  type: 'actions',
  elements: [{ type, action_id: `act-${type}`, ...element }],
}));

/** The inputs of a modal, each with its label. */
export const askingBlocks: readonly object[] = Object.entries(askingElements).map(([type, element]) => ({
  type: 'input',
  block_id: `ask-${type}`,
  optional: true,
  label: plain(`Label of ${type}`),
  element: { type, action_id: 'it', ...element },
}));

/** Every block that a message may hold, by its type. */
export const messageBlocksByType: Readonly<Record<string, object>> = {
  actions: { elements: [{ type: 'button', text: plain('Go'), action_id: 'go' }] },
  card: {
    title: { type: 'mrkdwn', text: '*Card*' },
    subtitle: { type: 'mrkdwn', text: 'below it' },
    body: { type: 'mrkdwn', text: 'A body' },
    actions: [{ type: 'button', text: plain('Open') }],
  },
  carousel: { elements: ['one', 'two'].map((text) => ({ type: 'card', body: { type: 'mrkdwn', text } })) },
  container: {
    title: plain('Folded'),
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [{ type: 'section', text: plain('inside') }],
  },
  context: { elements: [plain('Context')] },
  context_actions: {
    elements: [
      {
        type: 'feedback_buttons',
        positive_button: { text: plain('Right'), value: 'right' },
        negative_button: { text: plain('Wrong'), value: 'wrong' },
      },
      { type: 'icon_button', icon: 'trash', text: plain('Remove') },
    ],
  },
  data_table: {
    caption: 'Nodes',
    page_size: 2,
    rows: [[raw('Node'), raw('State')], ...[1, 2, 3].map((i) => [raw(`worker-${i}`), raw('fine')])],
  },
  divider: {},
  file: { source: 'remote', external_id: 'far' },
  header: { text: plain('Header') },
  image: { image_url: 'https://images.example/a.png', alt_text: 'A picture' },
  input: { label: plain('Input'), element: { type: 'plain_text_input' } },
  markdown: { text: '**Markdown** as it was written' },
  plan: {
    title: 'Plan',
    tasks: ['pending', 'in_progress', 'complete', 'error'].map((status) => ({
      type: 'task_card',
      task_id: status,
      title: `Task ${status}`,
      status,
      details: words('details'),
      output: code,
    })),
  },
  rich_text: code,
  section: {
    text: { type: 'mrkdwn', text: 'A *section* with `code`' },
    fields: [plain('one'), plain('two')],
    accessory: { type: 'overflow', options },
  },
  table: {
    rows: [Array.from({ length: 9 }, (_, i) => raw(`column ${i}`)), Array.from({ length: 9 }, () => raw('cell'))],
  },
  task_card: { task_id: 'alone', title: 'Alone', status: 'complete' },
  video: {
    video_url: 'https://v.example/e',
    thumbnail_url: 'https://v.example/t',
    alt_text: 'A film',
    title: plain('Film'),
  },
};

/** The same as a message's blocks. */
export const everyMessageBlock: readonly object[] = Object.entries(messageBlocksByType).map(([type, block]) => ({
  ...block,
  type,
}));
