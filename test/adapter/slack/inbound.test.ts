import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommand } from '../../../src/adapter/slack/command.ts';
import { read } from '../../../src/adapter/slack/inbound.ts';
import { hostile } from './view/arbitrary.ts';

const slash = {
  token: 'verification',
  command: '/netdiag',
  text: ' ip-10-0-10-207 ',
  team_id: 'T1',
  channel_id: 'C1',
  user_id: 'U1',
  user_name: 'ona',
  trigger_id: '1.2.abc',
  response_url: 'https://hooks.slack.com/commands/x',
};

const press = {
  type: 'block_actions',
  user: { id: 'U1', username: 'ona', team_id: 'T1' },
  team: { id: 'T1', domain: 'x' },
  channel: { id: 'C1', name: 'incidents' },
  container: { type: 'message', message_ts: '2.2', channel_id: 'C1', thread_ts: '1.1' },
  actions: [{ type: 'button', action_id: 'press:0', value: 'f'.repeat(32), action_ts: '3.3' }],
  trigger_id: '4.5.def',
  response_url: 'https://hooks.slack.com/actions/x',
};

describe('a command', () => {
  test('with a node name starts', () => {
    expect(read(slash)).toEqual({
      is: 'start',
      key: 'command 1.2.abc',
      node: 'ip-10-0-10-207',
      symptom: null,
      form: false,
      elsewhere: false,
      source: {
        by: { id: 'U1', name: 'ona' },
        place: { team: 'T1', channel: 'C1', thread: null },
        responseUrl: 'https://hooks.slack.com/commands/x',
      },
    });
  });

  test('without a trigger id is named by what it says', () => {
    const { trigger_id: _, ...without } = slash;
    const named = (body: object): string | undefined => {
      const inbound = read(body);
      return inbound.is === 'start' ? inbound.key : undefined;
    };
    expect(named(without)).toMatch(/^command [0-9a-f]{64}$/);
    expect(named({ ...without })).toBe(named(without));
    expect(named({ ...without, user_id: 'U2' })).not.toBe(named(without));
  });

  test('of another app is nothing', () => {
    expect(read({ ...slash, command: '/other' })).toEqual({ is: 'nothing' });
  });

  test.each([
    'ip-10-0-10-207',
    'node1',
    'a',
    '10.0.10.207',
    'ip-10-0-10-207.eu-west-1.compute.internal',
    'a'.repeat(253),
  ])('%s is a node name', (name) => {
    expect(readCommand(`  ${name}\n`)).toEqual({ is: 'node', node: name });
    expect(readCommand(`\`${name}\``)).toEqual({ is: 'node', node: name });
  });

  test.each([
    'Node1',
    '-z',
    'node-',
    '.a',
    'a..b',
    'a.-b',
    'a_b',
    '$(id)',
    ';id',
    '../x',
    'nöde',
    'a\u202eb',
    'a\u0000',
  ])('%j is not, and the sentence says so', (name) => {
    expect(readCommand(name)).toMatchObject({ is: 'say', sentence: expect.stringContaining('is not a node name') });
  });

  test('with a name of 254 characters says how long a name may be', () => {
    expect(readCommand('a'.repeat(254))).toMatchObject({
      is: 'say',
      sentence: expect.stringContaining('it has 254 characters, and a node name at most 253.'),
    });
  });

  test.each(['help', '--help', '-h', '?', '`help`'])('%j asks for help', (text) => {
    expect(readCommand(text)).toMatchObject({ is: 'say', sentence: expect.stringContaining('`/netdiag NODE`') });
  });

  test.each(['', ' ', '``'])('%j asks to be asked', (text) => {
    expect(readCommand(text)).toMatchObject({ is: 'ask' });
  });

  test('list and status ask for what is open, and are no nodes', () => {
    expect([readCommand('list'), readCommand(' status ')]).toEqual([{ is: 'list' }, { is: 'list' }]);
    expect(readCommand('list ip-10-0-10-207')).toMatchObject({ is: 'say' });
  });

  test('of any other text is one short sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 3000 })), (text) => {
        const command = readCommand(text);
        const said = command.is === 'say' ? command.sentence : command.is === 'node' ? command.node : '';
        expect(said.length).toBeLessThan(400);
        expect(command.is === 'node' && !/^[a-z0-9.-]{1,253}$/.test(said)).toBe(false);
      }),
    );
  });
});

describe('a press', () => {
  test('passes its token and the thread', () => {
    expect(read(press)).toMatchObject({
      is: 'press',
      key: 'press 4.5.def',
      token: 'f'.repeat(32),
      source: { by: { id: 'U1', name: 'ona' }, place: { team: 'T1', channel: 'C1', thread: 'C1:1.1' } },
    });
  });

  test('outside a thread names the message itself as the thread', () => {
    const { thread_ts: _, ...container } = press.container;
    expect(read({ ...press, container })).toMatchObject({ source: { place: { thread: 'C1:2.2' } } });
  });

  test('in a menu passes the value of what was chosen', () => {
    const action = { action_id: 'press:choice', selected_option: { text: {}, value: 'chosen' } };
    expect(read({ ...press, actions: [action] })).toMatchObject({ is: 'press', token: 'chosen' });
  });

  test.each([
    ['of another action', { ...press, actions: [{ action_id: 'open', value: 'x' }] }],
    ['without a value', { ...press, actions: [{ action_id: 'press:0' }] }],
    ['outside a message', { ...press, container: { type: 'view', view_id: 'V1' } }],
    ['of nobody', { ...press, user: undefined }],
  ])('%s is nothing', (_, body) => {
    expect(read(body)).toEqual({ is: 'nothing' });
  });
});

test('anything else is nothing', () => {
  fc.assert(
    fc.property(fc.anything(), (body) => {
      expect(read(body)).toEqual({ is: 'nothing' });
    }),
  );
});
