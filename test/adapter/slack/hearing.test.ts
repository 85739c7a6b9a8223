import { describe, expect, test, vi } from 'vitest';
import { fakeJournal } from '../../fake/journal.ts';
import { asking, incidentsPlace, looking, onCallPerson } from './messages.ts';
import type { Practice, Said } from './practice.ts';
import { clock, incidents, NotingDesk, onCall, practise, second, until } from './practice.ts';

vi.setConfig({ testTimeout: 30_000 });

/** What one person alone was told, once there is something. */
async function whispered(practice: Practice, to = onCall, channel = incidents): Promise<Said> {
  return until(async () => (await practice.messages(channel)).find((one) => one.only === to));
}

async function listening(practice: Practice, options: Parameters<Practice['adapter']>[0] = {}) {
  const adapter = practice.adapter(options);
  const desk = new NotingDesk();
  await adapter.start(desk);
  return { adapter, desk };
}

/** A question with two buttons in a thread; gives its ts. */
async function asked(adapter: ReturnType<Practice['adapter']>) {
  const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
  const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'question', asking, null);
  return { thread, ts: ref.split(':')[1] };
}

const settled = (practice: Practice) => until(async () => (await practice.journal.unhandled()).length === 0);

describe('/netdiag NODE', () => {
  test('starts once, is acknowledged at once, and says nothing when the thread says it all', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ ok: true, acked: true });
    await until(() => desk.starts.length > 0);
    await settled(practice);
    expect(desk.starts).toEqual([
      {
        key: expect.stringMatching(/^command \S+$/),
        node: 'ip-10-0-10-207',
        by: onCallPerson,
        place: { team: 'TPRACTICE1', channel: incidents, thread: null },
      },
    ]);
    expect(await practice.messages()).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });

  test('tells what the desk says to the one who typed, and nobody else', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    desk.answer = () => Promise.resolve('There is no node `ip-10-0-10-2`; did you mean `ip-10-0-10-207`? <!channel>');
    await practice.type('/netdiag ip-10-0-10-2');
    const said = await whispered(practice);
    expect(said.text).toContain('did you mean `ip-10-0-10-207`? &lt;!channel&gt;');
    const { activeMentions, channels } = await practice.state();
    expect(activeMentions).toEqual([]);
    expect(channels.flatMap((one) => one.messages)).toHaveLength(1);
    const { calls } = await practice.calls();
    expect(calls.find((one) => one.method === 'response_url')?.args).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      unfurl_links: false,
      unfurl_media: false,
    });
    expect(await practice.violations()).toEqual([]);
  });

  test('is recorded before it is acknowledged', async () => {
    await using practice = await practise();
    const order: string[] = [];
    const journal = fakeJournal();
    const receive = journal.receive.bind(journal);
    let record: () => void = () => {};
    const held = new Promise<void>((resolve) => (record = resolve));
    const { desk } = await listening(practice, {
      journal: {
        ...journal,
        receive: async (...given) => {
          await held;
          order.push('recorded');
          return receive(...given);
        },
      },
    });
    const acked = practice.type('/netdiag ip-10-0-10-207').then(() => order.push('acked'));
    expect(desk.starts).toEqual([]);
    record();
    await acked;
    expect(order).toEqual(['recorded', 'acked']);
  });

  test('delivered twice starts once', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.control('chaos', { duplicate: 1 });
    await practice.type('/netdiag ip-10-0-10-207');
    await practice.type('/netdiag ip-10-0-10-88');
    await until(() => desk.starts.some((one) => one.node === 'ip-10-0-10-88'));
    expect(desk.starts.map((one) => one.node)).toEqual(['ip-10-0-10-207', 'ip-10-0-10-88']);
  });

  test.each([
    ['list', 'No incident is open.'],
    ['help', 'changes nothing before somebody other than you has approved'],
    ['help', 'changes nothing before somebody other than you has approved'],
    ['--help', 'changes nothing before somebody other than you has approved'],
    ['$(id)', '`$(id)` is not a node name'],
    ['<!channel>', '`&lt;!channel&gt;` is not a node name'],
    ['two nodes', 'one node name, not 2 words'],
  ])('%j is answered alone and starts nothing', async (text, answer) => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.type(`/netdiag ${text}`);
    expect((await whispered(practice)).text).toContain(answer);
    expect(desk.starts).toEqual([]);
    expect((await practice.state()).activeMentions).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });

  test('that the journal cannot record is acknowledged, not done, and said', async () => {
    await using practice = await practise();
    const journal = fakeJournal();
    await journal.close();
    const { desk } = await listening(practice, { journal: { ...journal, unhandled: () => Promise.resolve([]) } });
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ acked: true });
    expect((await whispered(practice)).text).toContain('did not answer: it is closed. Nothing was done; try again.');
    expect(desk.starts).toEqual([]);
  });

  test('that the desk fails at is said without what only the log should have', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    desk.answer = () => Promise.reject(new TypeError('secret inner words'));
    await practice.type('/netdiag ip-10-0-10-207');
    expect((await whispered(practice)).text).toBe('netdiag failed at this; its log says why. Try again.');
    expect(practice.log.join('\n')).toContain('secret inner words');
  });
});

describe('a button', () => {
  test('passes its token, the person and the thread', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const { thread, ts } = await asked(adapter);
    const press = { user: second, channel: incidents, message_ts: ts, action_id: 'press:1' };
    expect(await practice.control('press', press)).toMatchObject({ acked: true });
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toEqual([
      {
        key: expect.stringMatching(/^press \S+$/),
        token: asking.buttons[1]?.token,
        by: { id: second, name: 'second' },
        place: { team: 'TPRACTICE1', channel: incidents, thread },
        message: `${incidents}:${ts}`,
      },
    ]);
    expect(await practice.violations()).toEqual([]);
  });

  test('tells a refusal to the presser alone, in the thread, and leaves the message as it is', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const { thread, ts } = await asked(adapter);
    desk.answer = () => Promise.resolve('You started this incident, so someone else has to approve: @second.');
    await practice.control('press', { user: onCall, channel: incidents, message_ts: ts, action_id: 'press:0' });
    const said = await whispered(practice);
    expect(said.text).toContain('You started this incident');
    expect(`${incidents}:${said.thread_ts}`).toBe(thread);
    const question = (await practice.messages()).find((one) => one.ts === ts);
    expect(question?.blocks?.map((block) => block.type)).toEqual(['rich_text', 'actions']);
    expect(await practice.violations()).toEqual([]);
  });

  test('T3: pressed once and delivered three times is one press; pressed twice is two', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const { ts } = await asked(adapter);
    const press = { user: onCall, channel: incidents, message_ts: ts, action_id: 'press:0' };
    await practice.control('chaos', { duplicate: 2 });
    await practice.control('press', press);
    await practice.control('press', press);
    await until(() => desk.presses.length === 2);
    await settled(practice);
    expect(desk.presses).toHaveLength(2);
  });

  test('of a long list is a choice from a menu', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const buttons = Array.from({ length: 12 }, (_, i) => ({ token: i.toString(16).repeat(32), label: `choice ${i}` }));
    const ref = await adapter.thread.show({ ...incidentsPlace, thread }, 'question', { ...asking, buttons }, null);
    await practice.control('press', {
      user: onCall,
      channel: incidents,
      message_ts: ref.split(':')[1],
      action_id: 'press:choice',
      option: '6'.repeat(32),
    });
    await until(() => desk.presses.length > 0);
    expect(desk.presses[0]?.token).toBe('6'.repeat(32));
  });
});

describe('who and where', () => {
  test('a guest is refused', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.type('/netdiag ip-10-0-10-207', 'UGUEST001');
    expect((await whispered(practice, 'UGUEST001')).text).toContain('you are a guest here');
    expect(desk.starts).toEqual([]);
  });

  test.each([
    ['CPARTNER01', 'shared with another organisation'],
    ['CGENERAL01', 'Type `/invite @netdiag` here and try again.'],
  ])('in %s netdiag does not work', async (channel, answer) => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.type('/netdiag ip-10-0-10-207', onCall, channel);
    expect((await whispered(practice, onCall, channel)).text).toContain(answer);
    expect(desk.starts).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });

  test('only the channels that are configured are served', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice, { channels: [incidents] });
    await practice.type('/netdiag ip-10-0-10-207', onCall, 'CPLATFORM1');
    expect((await whispered(practice, onCall, 'CPLATFORM1')).text).toContain('not set up for this channel');
    await practice.type('/netdiag ip-10-0-10-88');
    await until(() => desk.starts.length > 0);
    expect(desk.starts.map((one) => one.node)).toEqual(['ip-10-0-10-88']);
  });

  test('when Slack does not say who it is, nobody is let in', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    await practice.control('chaos', { serverError: 1 });
    await practice.type('/netdiag ip-10-0-10-207');
    expect((await whispered(practice)).text).toContain('Slack did not answer conversations.info');
    expect(desk.starts).toEqual([]);
  });
});

describe('starting and stopping', () => {
  test('T3: a wish that was recorded and not handled is taken up at the next start', async () => {
    await using practice = await practise();
    const { desk: dead } = await listening(practice);
    let revive: () => void = () => {};
    dead.answer = () => new Promise((resolve) => (revive = () => resolve(null)));
    await practice.type('/netdiag ip-10-0-10-207');
    await until(() => dead.starts.length > 0);
    const { desk } = await listening(practice);
    await until(() => desk.starts.length > 0);
    expect(desk.starts).toEqual(dead.starts);
    await settled(practice);
    revive();
  });

  test('one that is too old by then is answered, not done', async () => {
    await using practice = await practise();
    const { adapter: first, desk: dead } = await listening(practice);
    await first.stop();
    await practice.journal.receive(
      'command old',
      JSON.stringify({
        command: '/netdiag',
        text: 'ip-10-0-10-207',
        team_id: 'TPRACTICE1',
        channel_id: incidents,
        user_id: onCall,
      }),
      clock.now() - 16 * 60_000,
    );
    const { desk } = await listening(practice);
    expect((await whispered(practice)).text).toContain('too old now');
    await settled(practice);
    expect([...dead.starts, ...desk.starts]).toEqual([]);
  });

  test('what nobody can read is handled and forgotten', async () => {
    await using practice = await practise();
    await practice.journal.receive('broken', '{"command":', clock.now());
    const { desk } = await listening(practice);
    await settled(practice);
    expect(desk.starts).toEqual([]);
  });

  test('a stop ends what is in work, and leaves what comes now to the next start', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    let finish: () => void = () => {};
    desk.answer = () => new Promise((resolve) => (finish = () => resolve('done')));
    await practice.type('/netdiag ip-10-0-10-207');
    await until(() => desk.starts.length > 0);
    let stopped = false;
    const stop = adapter.stop().then(() => (stopped = true));
    await practice.type('/netdiag ip-10-0-10-88');
    expect(stopped).toBe(false);
    finish();
    await stop;
    expect((await whispered(practice)).text).toBe('done');
    expect(desk.starts.map((one) => one.node)).toEqual(['ip-10-0-10-207']);
    expect((await practice.journal.unhandled()).map((one) => one.payload)).toEqual([
      expect.stringContaining('ip-10-0-10-88'),
    ]);
    expect((await practice.state()).connections).toEqual([]);
  });

  test('the journal holds no token of Slack', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    desk.answer = async () => {
      const rows = await practice.journal.unhandled();
      expect(rows.map((one) => one.payload).join('')).not.toContain('verification-token');
      return `rows ${rows.length}`;
    };
    await practice.type('/netdiag ip-10-0-10-207');
    expect((await whispered(practice)).text).toBe('rows 1');
  });

  test('a second socket takes commands while the first one is renewed', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice, { secondSocketAfterMs: 0 });
    await until(async () => (await practice.state()).connections.length === 2);
    const [first] = (await practice.state()).connections;
    await practice.control('disconnect', { reason: 'refresh_requested', number: first });
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ acked: true });
    await until(() => desk.starts.length === 1);
  });

  test.each([
    [{ botToken: 'xoxb-wrong' }, 'the token is not valid (invalid_auth); check SLACK_BOT_TOKEN'],
    [
      { inbound: { by: 'socket', appToken: 'xapp-wrong' } as const },
      'could not connect to Slack by Socket Mode: An API error occurred: invalid_auth',
    ],
  ])('%j is one clear sentence', async (options, sentence) => {
    await using practice = await practise();
    await expect(practice.adapter(options).start(new NotingDesk())).rejects.toThrow(sentence);
  });

  test('an answer reaches the person also when the address in the payload is spent', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    await practice.journal.receive(
      'command late',
      JSON.stringify({
        command: '/netdiag',
        text: 'ip-10-0-10-207',
        team_id: 'TPRACTICE1',
        channel_id: incidents,
        user_id: onCall,
        response_url: `${practice.said.slackApiUrl.replace('/api/', '')}/response/spent`,
      }),
      clock.now(),
    );
    await adapter.stop();
    const again = await listening(practice);
    again.desk.answer = () => Promise.resolve('late but here');
    expect((await whispered(practice)).text).toBe('late but here');
    expect(desk.starts).toEqual([]);
  });
});
