import type { IncidentLine, KnownNode } from '../../../src/model/index.ts';
import { describe, expect, test, vi } from 'vitest';
import { signCommand } from '../../../src/model/index.ts';
import { fakeJournal } from '../../fake/journal.ts';
import { asking, found, incidentsPlace, looking, onCallPerson, secondPerson, wanted } from './messages.ts';
import type { Practice, Said, View } from './practice.ts';
import { clock, incidents, NotingDesk, onCall, practise, second, until } from './practice.ts';

vi.setConfig({ testTimeout: 30_000 });

const thousands: readonly KnownNode[] = Array.from({ length: 5000 }, (_, i) => ({
  name: `ip-10-0-${i >> 8}-${i & 255}`,
  cluster: 'prod-east',
  ready: i !== 4242,
}));

async function listening(practice: Practice, options: Parameters<Practice['adapter']>[0] = {}) {
  const adapter = practice.adapter(options);
  const desk = new NotingDesk();
  await adapter.start(desk);
  return { adapter, desk };
}

const form = (practice: Practice, user = onCall): Promise<View> =>
  until(async () => (await practice.state()).views[user] ?? null);

const formGone = (practice: Practice, user = onCall): Promise<true> =>
  until(async () => ((await practice.state()).views[user] ?? null) === null);

const whispered = (practice: Practice, to = onCall): Promise<Said> =>
  until(async () => (await practice.messages()).find((one) => one.only === to));

const option = (name: string) => ({ text: { type: 'plain_text', text: name, emoji: false }, value: name });

const submit = (practice: Practice, values: object, user = onCall) => practice.control('submit', { user, values });

/** An incident of another person's, with a thread. */
async function runningOn(adapter: ReturnType<Practice['adapter']>, node: string): Promise<IncidentLine> {
  const thread = await adapter.thread.show(incidentsPlace, 'live', { ...looking, node }, null);
  const place = { ...incidentsPlace, thread };
  return {
    node,
    cluster: 'prod-east',
    by: onCallPerson,
    place,
    at: 1,
    title: looking.title,
    over: false,
    waiting: null,
  };
}

describe('/netdiag alone', () => {
  test('asks for the node and the symptom, and starts with both, in the channel it was typed in', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    expect(await practice.type('/netdiag')).toMatchObject({ acked: true });
    const { blocks } = await form(practice);
    expect(blocks.map(({ block_id: id }) => id)).toEqual([expect.anything(), 'node', 'symptom']);
    const values = {
      node: { node: option('ip-10-0-10-88') },
      symptom: { symptom: 'kubelet-unreachable' },
    };
    expect(await submit(practice, values)).toMatchObject({ acked: true });
    await until(() => desk.starts.length > 0);
    await formGone(practice);
    expect(desk.starts).toMatchObject([
      { node: 'ip-10-0-10-88', symptom: 'kubelet-unreachable', by: onCallPerson, place: incidentsPlace },
    ]);
    expect(await practice.violations()).toEqual([]);
  });

  test('finds one of 5,000 nodes as it is typed, and lists at most 100, those that are not ready first', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    desk.known = thousands;
    await practice.type('/netdiag');
    const { id } = await form(practice);
    const suggest = async (typed: string) => {
      const fields = { user: onCall, view_id: id, action_id: 'node', typed };
      const { options } = await practice.control('suggest', fields);
      return (options as { text: { text: string }; value: string }[]).map(({ text, value }) => [text.text, value]);
    };
    expect(await suggest('')).toHaveLength(100);
    expect((await suggest(''))[0]).toEqual(['ip-10-0-16-146 · not ready', 'ip-10-0-16-146']);
    expect((await suggest('10-0-19-13')).map(([, value]) => value)).toContain('ip-10-0-19-135');
    expect(await suggest('IP-10-0-19-135 ')).toEqual([['ip-10-0-19-135', 'ip-10-0-19-135']]);
    expect(await suggest('<!channel>')).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });

  test('a guest gets no names of nodes', async () => {
    await using practice = await practise();
    await listening(practice);
    await practice.control('shortcut', { user: 'UGUEST001', callback_id: 'netdiag_start' });
    const { id } = await form(practice, 'UGUEST001');
    const fields = { user: 'UGUEST001', view_id: id, action_id: 'node', typed: '' };
    expect(await practice.control('suggest', fields)).toMatchObject({ options: [] });
  });

  test('a cluster that does not answer leaves the list empty, in time', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    desk.nodes = () => new Promise(() => {});
    await practice.type('/netdiag');
    const { id } = await form(practice);
    const fields = { user: onCall, view_id: id, action_id: 'node', typed: 'ip' };
    expect(await practice.control('suggest', fields)).toMatchObject({ options: [] });
    expect(await practice.violations()).toEqual([]);
  });

  test('opens its form while Slack wants a pause for everything else', async () => {
    await using practice = await practise();
    const { adapter } = await listening(practice);
    const ref = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const pauses = ['chat.update', 'chat.postMessage'].map((method) => ({ method, kind: 'too_many', times: 20 }));
    await practice.control('chaos', { faults: pauses.map((one) => ({ ...one, retryAfterSeconds: 5 })) });
    const post = adapter.thread.show({ ...incidentsPlace, thread: ref }, 'question', asking, null);
    const update = adapter.thread.show(incidentsPlace, 'live', { ...looking, title: [{ text: 'on' }] }, ref);
    await until(async () => (await practice.calls()).calls.filter(({ status }) => status === 429).length === 2);
    await practice.type('/netdiag');
    expect((await form(practice)).callback_id).toBe('netdiag_node');
    await practice.control('chaos', { reset: true });
    await adapter.stop();
    await Promise.allSettled([update, post]);
  });
});

test('a form that Slack does not let open in time is said to be late, and pressed again it opens', async () => {
  await using practice = await practise();
  await listening(practice);
  await practice.control('chaos', { tooMany: 1, tooManyMethod: 'views.open', retryAfterSeconds: 3 });
  await practice.type('/netdiag');
  expect((await whispered(practice)).text).toContain('Please try again.');
  await practice.type('/netdiag');
  expect((await form(practice)).callback_id).toBe('netdiag_node');
});

describe('the shortcut of the workspace', () => {
  test('asks for the channel as well, and says where the thread is', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    await practice.control('shortcut', { user: onCall, callback_id: 'netdiag_start' });
    const { blocks } = await form(practice);
    expect(blocks.map(({ block_id: id }) => id)).toEqual([expect.anything(), 'node', 'symptom', 'channel']);
    const values = { node: { node: option('ip-10-0-10-88') }, channel: { channel: incidents } };
    desk.answer = async () => {
      desk.open = [await runningOn(adapter, 'ip-10-0-10-88')];
      return null;
    };
    expect(await submit(practice, values)).toMatchObject({ acked: true });
    const said = await whispered(practice);
    expect(said.text).toContain('runs in its own thread');
    expect(JSON.stringify(said.blocks)).toContain('"url":"http');
    expect(desk.starts).toMatchObject([{ node: 'ip-10-0-10-88', place: incidentsPlace }]);
    expect(await practice.violations()).toEqual([]);
  });

  test('a channel without netdiag is named in the form, which stays open', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.control('shortcut', { user: onCall, callback_id: 'netdiag_start' });
    await form(practice);
    const values = { node: { node: option('ip-10-0-10-88') }, channel: { channel: 'CGENERAL01' } };
    expect(await submit(practice, values)).toMatchObject({
      payload: { response_action: 'errors', errors: { channel: expect.stringContaining('/invite @netdiag') } },
    });
    expect((await practice.state()).views[onCall]).not.toBeNull();
    expect(desk.starts).toEqual([]);
    expect(await practice.journal.unhandled()).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });
});

describe('the shortcut of a message', () => {
  const ask = async (practice: Practice, words: string) => {
    const { ts } = await practice.control('say', { user: second, channel: incidents, text: words });
    const fields = { user: onCall, callback_id: 'netdiag_diagnose_message', channel: incidents, message_ts: ts };
    expect(await practice.control('message_shortcut', fields)).toMatchObject({ acked: true });
  };

  test('starts on the only node that the message names', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await ask(practice, 'NodeNotReady: IP-10-0-10-207, again. <https://evil/ip-10-0-10-2>');
    await until(() => desk.starts.length > 0);
    expect(desk.starts).toMatchObject([{ node: 'ip-10-0-10-207', by: onCallPerson, place: incidentsPlace }]);
    expect(await practice.violations()).toEqual([]);
  });

  test('lets choose where it names several', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await ask(practice, 'ip-10-0-10-88 cannot reach ip-10-0-10-207');
    const { blocks } = await form(practice);
    expect(JSON.stringify(blocks)).toMatch(/"value":"ip-10-0-10-88".*"value":"ip-10-0-10-207"/);
    await submit(practice, { node: { node: 'ip-10-0-10-207' } });
    await until(() => desk.starts.length > 0);
    expect(desk.starts).toMatchObject([{ node: 'ip-10-0-10-207', place: incidentsPlace }]);
    expect(await practice.violations()).toEqual([]);
  });

  test.each(['Something is slow', 'ip-10-0-10-20', 'xip-10-0-10-207'])(
    '%j names none, and that is said',
    async (words) => {
      await using practice = await practise();
      const { desk } = await listening(practice);
      await ask(practice, words);
      expect((await whispered(practice)).text).toContain('I know none of the words in this message as a node');
      expect(desk.starts).toEqual([]);
    },
  );
});

describe('a mention', () => {
  test('in a thread starts, where a command cannot', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const { ts } = await practice.control('say', { user: second, channel: incidents, text: 'alert' });
    desk.answer = async () => {
      desk.open = [await runningOn(adapter, 'ip-10-0-10-88')];
      return null;
    };
    const mention = { user: onCall, channel: incidents, thread_ts: ts, text: '@netdiag ip-10-0-10-88' };
    await practice.control('say', mention);
    await until(() => desk.starts.length > 0);
    expect(desk.starts).toMatchObject([
      { key: expect.stringMatching(/^mention CINCIDENTS /), node: 'ip-10-0-10-88', place: incidentsPlace },
    ]);
    const said = await whispered(practice);
    expect(said.thread_ts).toBe(ts);
    expect(JSON.stringify(said.blocks)).toContain('"url":"http');
    expect(await practice.violations()).toEqual([]);
  });

  test('is recorded before it is acknowledged, and delivered twice is one', async () => {
    await using practice = await practise();
    const journal = fakeJournal();
    const order: string[] = [];
    let record: () => void = () => {};
    const held = new Promise<void>((resolve) => (record = resolve));
    const receive = async (...given: Parameters<typeof journal.receive>) => {
      await held;
      order.push(given[0].split(' ', 1)[0] ?? '');
      return journal.receive(...given);
    };
    const { desk } = await listening(practice, { journal: { ...journal, receive } });
    await practice.control('chaos', { duplicate: 1 });
    await practice.control('say', { user: onCall, channel: incidents, text: '@netdiag ip-10-0-10-88' });
    expect(desk.starts).toEqual([]);
    record();
    await until(() => order.length === 2);
    await until(async () => (await journal.unhandled()).length === 0);
    expect(desk.starts).toHaveLength(1);
  });

  test('T3: that is lost with its connection is delivered again, and starts once', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice, { secondSocketAfterMs: 0 });
    await until(async () => (await practice.state()).connections.length === 2);
    await practice.control('chaos', { dropAfterSend: 1, redeliverAfterMs: [100, 100, 100] });
    await practice.control('say', { user: onCall, channel: incidents, text: '@netdiag ip-10-0-10-88' });
    await until(() => desk.starts.length > 0);
    await until(async () => (await practice.journal.unhandled()).length === 0);
    expect(desk.starts).toHaveLength(1);
  });

  test.each([
    ['@netdiag', 'Name the node behind my name'],
    ['@netdiag what is wrong?', 'I know none of the words'],
    ['@netdiag ip-10-0-10-88 ip-10-0-10-207', 'I know several nodes by these words'],
  ])('%j is answered alone', async (words, answer) => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.control('say', { user: onCall, channel: incidents, text: words });
    expect((await whispered(practice)).text).toContain(answer);
    expect(desk.starts).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });
});

describe('a second start on the same node', () => {
  test('leads to the thread, where it is said who looks too', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const line = await runningOn(adapter, 'ip-10-0-10-207');
    desk.open = [line];
    desk.answer = () =>
      Promise.resolve('ip-10-0-10-207 is being looked at already, started by on-call: see its thread.');
    await practice.type('/netdiag ip-10-0-10-207', second);
    await practice.type('/netdiag ip-10-0-10-207', onCall);
    const said = await whispered(practice, second);
    expect(JSON.stringify(said.blocks)).toMatch(/"action_id":"link".*"url":"http/);
    await whispered(practice, onCall);
    const notes = (await practice.messages()).filter((one) => one.only === undefined && one.thread_ts !== undefined);
    expect(notes.map(({ text }) => text)).toEqual(['@second looks at this too.']);
    expect(await practice.violations()).toEqual([]);
  });
});

describe('Reject', () => {
  const card = async (adapter: ReturnType<Practice['adapter']>) => {
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    await adapter.thread.show({ ...incidentsPlace, thread }, 'finding', found, null);
    const buttons = wanted.buttons.map((one) =>
      one.style === 'danger' ? { ...one, label: 'Reject', asks: 'reason' as const } : one,
    );
    const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'approval', { ...wanted, buttons }, null);
    return {
      thread,
      press: { user: second, channel: incidents, message_ts: ref.split(':')[1], action_id: 'reason:1' },
    };
  };

  test.each([
    ['too risky now <!channel>', 'too risky now <!channel>'],
    ['', undefined],
  ])('asks why, and %j goes with it', async (typed, reason) => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const { thread, press } = await card(adapter);
    expect(await practice.control('press', press)).toMatchObject({ acked: true });
    await form(practice, second);
    expect(desk.presses).toEqual([]);
    await submit(practice, { reason: { reason: typed } }, second);
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toEqual([
      {
        key: expect.stringMatching(/^form /),
        token: 'b'.repeat(32),
        by: secondPerson,
        place: { ...incidentsPlace, thread },
        message: `${incidents}:${press.message_ts}`,
        ...(reason === undefined ? {} : { reason }),
      },
    ]);
    expect(await practice.violations()).toEqual([]);
  });

  test('can be finished after netdiag was restarted', async () => {
    await using practice = await practise();
    const { adapter, desk: before } = await listening(practice);
    const { thread, press } = await card(adapter);
    await practice.control('press', press);
    await form(practice, second);
    await adapter.stop();
    const { desk } = await listening(practice);
    await submit(practice, { reason: { reason: 'no' } }, second);
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toMatchObject([{ token: 'b'.repeat(32), reason: 'no', place: { thread } }]);
    expect(before.presses).toEqual([]);
  });

  test('whose form came too late to be opened says so', async () => {
    await using practice = await practise();
    const { adapter } = await listening(practice);
    const { thread } = await card(adapter);
    const payload = {
      type: 'block_actions',
      user: { id: second, name: 'second' },
      team: { id: 'TPRACTICE1' },
      channel: { id: incidents },
      container: { message_ts: thread.split(':')[1] },
      actions: [{ action_id: 'reason:1', value: 'b'.repeat(32) }],
      trigger_id: '1.2.dead',
    };
    await adapter.stop();
    await practice.journal.receive('press 1.2.dead', JSON.stringify(payload), clock.now());
    const { desk } = await listening(practice);
    expect((await whispered(practice, second)).text).toContain('Please press again.');
    expect(desk.presses).toEqual([]);
  });
});

describe('a signature', () => {
  const order = 'netdiag order 1\nfix 1\nend\n';
  const wants = { letter: 'A', title: 'remove it', node: 'n1', order, command: signCommand(order) };

  const card = async (adapter: ReturnType<Practice['adapter']>) => {
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const asks = ['signature', 'break-glass'] as const;
    const buttons = asks.map((one) => ({ token: one.slice(0, 1).repeat(32), label: one, asks: one }));
    const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'approval', { ...wanted, buttons }, null);
    return (action: string) => ({ user: second, channel: incidents, message_ts: ref.split(':')[1], action_id: action });
  };

  test('is asked for with the one command that makes it, and goes with the press', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const press = await card(adapter);
    desk.signing = wants;
    expect(await practice.control('press', press('signature:0'))).toMatchObject({ acked: true });
    const shown = await form(practice, second);
    expect(JSON.stringify(shown.blocks)).toContain(JSON.stringify(wants.command).slice(1, -1));
    await submit(practice, { signature: { signature: 'BEGIN\nabc\nEND' } }, second);
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toMatchObject([{ token: 's'.repeat(32), signature: 'BEGIN\nabc\nEND', by: secondPerson }]);
    expect(desk.presses[0]).not.toHaveProperty('reason');
    expect(await practice.violations()).toEqual([]);
  });

  test('and a reason are asked of who approves alone', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const press = await card(adapter);
    desk.signing = wants;
    await practice.control('press', press('break-glass:1'));
    await form(practice, second);
    const fields = { reason: { reason: 'all are asleep' }, signature: { signature: 'BEGIN' } };
    await submit(practice, fields, second);
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toMatchObject([{ token: 'b'.repeat(32), signature: 'BEGIN', reason: 'all are asleep' }]);
    expect(await practice.violations()).toEqual([]);
  });

  test.each([
    ['nothing is to be signed any more', null, 'cannot be approved any more'],
    ['it does not fit', { ...wants, command: `${wants.command}${'x'.repeat(10_000)}` }, 'on the command line'],
    ['it would not be shown as it is', { ...wants, command: `${wants.command}\u202e` }, 'on the command line'],
  ])('is not asked for where %s', async (_, signing, sentence) => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const press = await card(adapter);
    desk.signing = signing;
    await practice.control('press', press('signature:0'));
    const said = await whispered(practice, second);
    expect(said.text).toContain(sentence);
    expect(desk.presses).toEqual([]);
  });
});

describe('how somebody stands who approved before', () => {
  test.each([
    ['a full member', second, true],
    ['a guest', 'UGUEST001', false],
  ])('is asked of Slack: %s', async (_, id, member) => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'approval', wanted, null);
    await practice.control('press', {
      user: onCall,
      channel: incidents,
      message_ts: ref.split(':')[1],
      action_id: 'press:0',
    });
    await until(() => desk.presses.length > 0);
    expect(await desk.standing?.(id)).toEqual({ id, member, groups: [] });
  });
});

describe('user groups', () => {
  const groups = { approvers: ['SNETONCALL', second] };

  test('are asked for their members at each press that decides', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice, groups);
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'approval', wanted, null);
    const press = { user: second, channel: incidents, message_ts: ref.split(':')[1], action_id: 'press:0' };
    await practice.control('press', press);
    await until(() => desk.presses.length === 1);
    expect(await desk.groups?.()).toEqual(['SNETONCALL']);
    await practice.control('group', { handle: 'net-oncall', users: ['UTHIRD001'] });
    expect(await desk.groups?.()).toEqual([]);
    await practice.control('chaos', { serverError: 1 });
    await expect(desk.groups?.()).rejects.toThrow('Slack did not answer usergroups.users.list');
    expect((await practice.violations()).filter((one) => !one.includes('server_error'))).toEqual([]);
  });

  test('who is configured by id is called by name in a refusal', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice, groups);
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'approval', wanted, null);
    desk.answer = () =>
      Promise.resolve('You may not approve changes; @SNETONCALL or @USECOND01 may, @UBYSTAND1 may not.');
    const press = { user: onCall, channel: incidents, message_ts: ref.split(':')[1], action_id: 'press:0' };
    await practice.control('press', press);
    const said = JSON.stringify((await whispered(practice)).blocks);
    expect(said).toContain('{"type":"usergroup","usergroup_id":"SNETONCALL"}');
    expect(said).toContain('{"type":"user","user_id":"USECOND01"}');
    expect(said).not.toContain('"user_id":"UBYSTAND1"');
  });
});
