import type { IncidentLine } from '../../../src/model/index.ts';
import { describe, expect, test, vi } from 'vitest';
import { incidentsPlace, looking, onCallPerson, wanted } from './messages.ts';
import type { Practice, View } from './practice.ts';
import { incidents, NotingDesk, onCall, practise, second, until } from './practice.ts';

vi.setConfig({ testTimeout: 30_000 });

async function listening(practice: Practice, options: Parameters<Practice['adapter']>[0] = {}) {
  const adapter = practice.adapter({ approvers: ['SNETONCALL'], ...options });
  const desk = new NotingDesk();
  await adapter.start(desk);
  return { adapter, desk };
}

/** The Home tab of somebody, once it says this. */
async function home(practice: Practice, user: string, says: string): Promise<View> {
  return until(async () => {
    const view = (await practice.state()).homes[user];
    return view && JSON.stringify(view.blocks).includes(says) ? view : null;
  });
}

const words = (view: View): string => JSON.stringify(view.blocks);

function line(place: IncidentLine['place'], change: Partial<IncidentLine> = {}): IncidentLine {
  return {
    node: 'ip-10-0-10-207',
    cluster: 'prod-east',
    by: onCallPerson,
    place,
    at: 1_763_661_600_000,
    title: [{ text: 'Cause found, the fix waits for an approval' }],
    over: false,
    waiting: wanted,
    ...change,
  };
}

/** An incident with a thread and a fix that waits. */
async function waiting(practice: Practice) {
  const { adapter, desk } = await listening(practice);
  const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
  desk.open = [line({ ...incidentsPlace, thread })];
  return { adapter, desk };
}

describe('the Home tab', () => {
  test('of a quiet cluster says so, and starts a diagnosis', async () => {
    await using practice = await practise();
    const { desk } = await listening(practice);
    desk.known = [
      { name: 'ip-10-0-10-207', cluster: 'prod-east', ready: false },
      { name: 'ip-10-0-10-88', cluster: 'prod-east', ready: true },
    ];
    await practice.control('home', { user: onCall });
    const view = await home(practice, onCall, 'No incident is open.');
    expect(words(view)).toContain('1 of 2 nodes are Ready.');
    expect(words(view)).toMatch(/Not ready: .*ip-10-0-10-207/);
    await practice.control('press', { user: onCall, view_id: view.id, action_id: 'start' });
    const { callback_id: form } = await until(async () => (await practice.state()).views[onCall]);
    expect(form).toBe('netdiag_node');
    expect(await practice.violations()).toEqual([]);
  });

  test('of an approver has what waits, with its commands, and buttons that count', async () => {
    await using practice = await practise();
    const { desk } = await waiting(practice);
    await practice.control('home', { user: second });
    const view = await home(practice, second, 'ip route del 10.0.10.0/24 dev eth1');
    const press = { user: second, view_id: view.id, action_id: 'press:0', block_id: `at:${incidents}:0` };
    expect(await practice.control('press', press)).toMatchObject({ acked: true });
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toMatchObject([
      { token: 'a'.repeat(32), by: { id: second }, place: { channel: incidents, thread: null } },
    ]);
    expect(await practice.violations()).toEqual([]);
  });

  test('of who started it, and of who may not approve, has no such buttons', async () => {
    await using practice = await practise();
    await waiting(practice);
    for (const user of [onCall, 'UBYSTAND1']) {
      await practice.control('home', { user });
      const view = await home(practice, user, 'the fix waits for an approval');
      expect(words(view)).toContain('Nothing waits for your approval.');
      expect(words(view)).not.toContain('"press:0"');
      expect(words(view)).toMatch(/"url":"http[^"]*"/);
    }
  });

  test('shows a refusal on top, whether the desk says it or the incident whispers it', async () => {
    await using practice = await practise();
    const { adapter, desk } = await waiting(practice);
    await practice.control('home', { user: second });
    const view = await home(practice, second, 'ip route del');
    desk.answer = () => Promise.resolve('This incident is over.');
    const press = { user: second, view_id: view.id, action_id: 'press:0', block_id: `at:${incidents}:0` };
    await practice.control('press', press);
    await home(practice, second, 'This incident is over.');
    await adapter.thread.whisper(incidentsPlace, { id: second, name: 'second' }, 'Fix A has expired.');
    await home(practice, second, 'Fix A has expired.');
    expect((await practice.messages()).filter((one) => one.only !== undefined)).toEqual([]);
  });

  test('follows what happens', async () => {
    await using practice = await practise();
    const { adapter, desk } = await waiting(practice);
    await practice.control('home', { user: second });
    await home(practice, second, 'the fix waits for an approval');
    desk.over = [
      line({ ...incidentsPlace, thread: '' }, { over: true, title: [{ text: 'Repaired' }], waiting: null }),
    ].map((one) => ({ ...one, place: desk.open[0]?.place ?? one.place }));
    desk.open = [];
    await adapter.thread.show(incidentsPlace, 'note', { is: 'note', text: [{ text: 'done' }] }, null);
    await home(practice, second, 'Repaired');
    expect(await practice.violations()).toEqual([]);
  });

  test('asks for the members of a group once a minute, however much happens', async () => {
    await using practice = await practise();
    const { adapter } = await waiting(practice);
    await practice.control('home', { user: second });
    await home(practice, second, 'ip route del');
    for (const text of ['one', 'two', 'three'])
      await adapter.thread.show(incidentsPlace, text, { is: 'note', text: [{ text }] }, null);
    const count = async (method: string): Promise<number> =>
      (await practice.calls()).calls.filter((one) => one.method === method).length;
    await until(async () => (await count('views.publish')) >= 2);
    expect(await count('usergroups.users.list')).toBe(1);
  });

  test('hides the incidents of a private channel from who is not in it', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const platform = { ...incidentsPlace, channel: 'CPLATFORM1' };
    const thread = await adapter.thread.show(platform, 'live', looking, null);
    desk.open = [line({ ...platform, thread })];
    await practice.control('membership', { channel: 'CPLATFORM1', member: second, in: true });
    await practice.control('membership', { channel: 'CPLATFORM1', member: 'UBYSTAND1', in: false });
    await practice.control('home', { user: second });
    await home(practice, second, 'the fix waits for an approval');
    await practice.control('home', { user: 'UBYSTAND1' });
    expect(words(await home(practice, 'UBYSTAND1', 'No incident is open.'))).not.toContain('ip-10-0-10-207"');
  });

  test('of a guest says only that netdiag does not work for guests', async () => {
    await using practice = await practise();
    await waiting(practice);
    await practice.control('home', { user: 'UGUEST001' });
    const view = await home(practice, 'UGUEST001', 'you are a guest here');
    expect(view.blocks).toHaveLength(1);
  });

  test('of one hundred incidents stays within what Slack takes', async () => {
    await using practice = await practise();
    const { desk } = await waiting(practice);
    const [one] = desk.open;
    if (one === undefined) throw new Error('there is one');
    desk.open = Array.from({ length: 100 }, (_, i) => ({ ...one, at: i, node: `n${i}` }));
    desk.over = desk.open;
    desk.known = Array.from({ length: 5000 }, (_, i) => ({ name: `n${i}`, cluster: 'prod-east', ready: false }));
    await practice.control('home', { user: second });
    expect((await home(practice, second, '4990 more')).blocks.length).toBeLessThanOrEqual(100);
    expect(await practice.violations()).toEqual([]);
  });
});

describe('what one person approved alone', () => {
  const review = {
    is: 'note',
    loud: true,
    text: [{ strong: 'Break-glass: ' }, { person: onCallPerson }, { text: ' approved Fix A alone' }],
    buttons: [{ token: 'e'.repeat(32), label: 'Reviewed' }],
  } as const;

  test('is shown in the channel as well, outside of its thread', async () => {
    await using practice = await practise();
    const { adapter } = await waiting(practice);
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    const at = { ...incidentsPlace, thread };
    await adapter.thread.show(at, 'glass', review, null);
    const { loud: _, ...quiet } = review;
    await adapter.thread.show(at, 'note', quiet, null);
    const posts = (await practice.calls()).calls.filter(({ method }) => method === 'chat.postMessage').slice(-2);
    expect(posts.map(({ args }) => 'reply_broadcast' in args)).toEqual([true, false]);
    expect(await practice.violations()).toEqual([]);
  });

  test('stands on the Home tab until it is reviewed, also of an incident that is over', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
    desk.over = [line({ ...incidentsPlace, thread }, { over: true, waiting: null, reviews: [review] })];
    await practice.control('home', { user: second });
    const view = await home(practice, second, 'Approved alone, to be reviewed');
    expect(words(view)).toContain('approved Fix A alone');
    await practice.control('press', { user: second, view_id: view.id, action_id: 'press:0', value: 'e'.repeat(32) });
    await until(() => desk.presses.length > 0);
    expect(desk.presses).toMatchObject([{ token: 'e'.repeat(32), by: { id: second } }]);
    desk.over = [line({ ...incidentsPlace, thread }, { over: true, waiting: null })];
    await practice.control('home', { user: onCall });
    expect(words(await home(practice, onCall, 'Over lately'))).not.toContain('to be reviewed');
    expect(await practice.violations()).toEqual([]);
  });
});
