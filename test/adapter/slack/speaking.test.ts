import { describe, expect, test, vi } from 'vitest';
import type { Attachment, Place } from '../../../src/model/index.ts';
import { answered, asking, found, incidentsPlace, looking, onCallPerson, wanted } from './messages.ts';
import type { Practice, Said } from './practice.ts';
import { incidents, practise, until } from './practice.ts';
import { hostile } from './view/arbitrary.ts';

vi.setConfig({ testTimeout: 30_000 });

/** All texts in a message's blocks, in order. */
function texts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) =>
    typeof one === 'string' ? (name === 'text' || name === 'title' ? [one] : []) : texts(one),
  );
}

const types = (said: Said | undefined): string[] => (said?.blocks ?? []).map((block) => block.type);

/** Posts the live message; gives the place with its thread. */
async function begin(
  practice: Practice,
): Promise<{ readonly adapter: ReturnType<Practice['adapter']>; readonly place: Place }> {
  const adapter = practice.adapter();
  const thread = await adapter.thread.show(incidentsPlace, 'live', looking, null);
  return { adapter, place: { ...incidentsPlace, thread } };
}

describe('showing', () => {
  test('the live message stands in the channel and changes in place', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    const done = { ...looking, steps: looking.steps.map((step) => ({ ...step, state: 'done' as const })) };
    expect(await adapter.thread.show(place, 'live', done, place.thread)).toBe(place.thread);
    const said = await practice.messages();
    expect(said).toHaveLength(1);
    expect(said[0]?.thread_ts).toBeUndefined();
    expect(types(said[0])).toEqual(['rich_text', 'plan']);
    expect(said[0]?.blocks?.[1]).toMatchObject({ tasks: [{ status: 'complete' }, { status: 'complete' }] });
    expect(await practice.violations()).toEqual([]);
  });

  test('everything else stands in its thread, in the order it was said', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    const [question] = await Promise.all([
      adapter.thread.show(place, 'question', asking, null),
      adapter.thread.show(place, 'finding', found, null),
      adapter.thread.show(place, 'approval', wanted, null),
    ]);
    await adapter.thread.show(place, 'question', answered, question);
    const [live, ...thread] = await practice.messages();
    expect(thread.map((one) => one.thread_ts)).toEqual([live?.ts, live?.ts, live?.ts]);
    expect(thread.map(types)).toEqual([
      ['rich_text'],
      ['rich_text', 'table', 'rich_text', 'rich_text', 'container', 'container'],
      ['rich_text', 'rich_text', 'rich_text', 'container', 'rich_text', 'actions'],
    ]);
    expect(texts(thread[0]).slice(0, 3).join(' ')).toContain('✓');
    expect(await practice.violations()).toEqual([]);
  });

  test('T12: nothing is unfurled, linked or parsed', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    await adapter.thread.show(place, 'live', looking, place.thread);
    await adapter.thread.whisper(place, onCallPerson, 'Only for you.');
    const { calls } = await practice.calls();
    const spoken = calls.filter((one) => one.method.startsWith('chat.'));
    expect(spoken.map((one) => one.method)).toEqual(['chat.postMessage', 'chat.update', 'chat.postEphemeral']);
    for (const { args } of spoken) expect(args).toMatchObject({ parse: 'none', link_names: 'false' });
    expect(spoken[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  test('two quick states of a message that nobody has a reference of are one message', async () => {
    await using practice = await practise();
    const adapter = practice.adapter();
    const refs = await Promise.all([
      adapter.thread.show(incidentsPlace, 'live', looking, null),
      adapter.thread.show(incidentsPlace, 'live', { ...looking, title: [{ text: 'Later' }] }, null),
    ]);
    expect(refs[0]).toBe(refs[1]);
    const said = await practice.messages();
    expect(said).toHaveLength(1);
    expect(texts(said[0])).toContain('Later');
  });

  test('a message that somebody deleted is posted again', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    const ref = await adapter.thread.show(place, 'question', asking, null);
    await practice.control('delete', { channel: incidents, message_ts: ref.split(':')[1] });
    const again = await adapter.thread.show(place, 'question', answered, ref);
    expect(again).not.toBe(ref);
    expect((await practice.messages()).map((one) => `${incidents}:${one.ts}`)).toEqual([place.thread, again]);
  });

  test('where the newer blocks are unknown, the classic ones are sent, and only once', async () => {
    await using practice = await practise();
    await practice.control('chaos', { refuseBlockTypes: ['plan', 'table', 'container'] });
    const { adapter, place } = await begin(practice);
    await adapter.thread.show(place, 'finding', found, null);
    await adapter.thread.show(place, 'live', { ...looking, title: [{ text: 'Later' }] }, place.thread);
    const said = await practice.messages();
    expect(said.map(types).flat()).not.toContain('plan');
    expect(texts(said[0]).join('')).toContain('● Looking');
    expect(texts(said[1]).join('')).toContain('10.0.10.69 from 10.0.10.207 dev eth1 uid 0');
    const { calls } = await practice.calls();
    expect(calls.filter((one) => one.method.startsWith('chat.')).map((one) => one.ok)).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(await practice.violations()).toEqual([]);
  });

  test('a pause on updates delays no post', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    await practice.control('chaos', { tooMany: 1, tooManyMethod: 'chat.update', retryAfterSeconds: 2 });
    let updated = false;
    const update = adapter.thread.show(place, 'live', looking, place.thread).then(() => (updated = true));
    await until(async () => (await practice.calls()).calls.some((one) => one.method === 'chat.update'));
    await adapter.thread.show(place, 'question', asking, null);
    expect(updated).toBe(false);
    await update;
    expect(await practice.messages()).toHaveLength(2);
  });

  test('an update that Slack fails at is repeated, a post is not', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    await practice.control('chaos', { serverErrorAfter: 1 });
    await expect(adapter.thread.show(place, 'question', asking, null)).rejects.toThrow(
      'Slack did not answer chat.postMessage',
    );
    expect(await practice.messages()).toHaveLength(2);
    await practice.control('chaos', { serverError: 1 });
    expect(await adapter.thread.show(place, 'live', looking, place.thread)).toBe(place.thread);
  });

  test('a channel without netdiag is one clear sentence', async () => {
    await using practice = await practise();
    const adapter = practice.adapter();
    await expect(
      adapter.thread.show({ ...incidentsPlace, channel: 'CGENERAL01' }, 'live', looking, null),
    ).rejects.toThrow('Slack refused chat.postMessage: netdiag is not in this channel (not_in_channel); invite it');
  });

  test('T11: bytes of a node are inert in every message', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    const bytes = hostile.filter((one) => one.length < 1000);
    const code = bytes.map((one) => ({ code: one }));
    const line = { node: bytes[0] ?? '', command: bytes.join(' '), line: bytes.join(' '), output: null };
    await adapter.thread.show(
      place,
      'live',
      { ...looking, node: bytes.join(''), cluster: bytes.join(''), title: code },
      place.thread,
    );
    await adapter.thread.show(place, 'note', { is: 'note', text: code }, null);
    await adapter.thread.show(
      place,
      'finding',
      { ...found, subject: bytes[0] ?? '', evidence: [{ about: bytes.join(' '), subject: line, peer: line }] },
      null,
    );
    await adapter.thread.whisper(place, onCallPerson, bytes.join(' '));
    const { activeMentions, activeLinks } = await practice.state();
    expect(activeLinks).toEqual([]);
    expect(activeMentions.filter((one) => (one as { target: string }).target !== onCallPerson.id)).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });
});

describe('attaching', () => {
  const file = (name: string, output: string): Attachment => ({ name, title: `What ${name} holds`, output });

  test('files come into the thread, empty ones do not', async () => {
    await using practice = await practise();
    await practice.control('chaos', { shareDelayMs: [0, 1] });
    const { adapter, place } = await begin(practice);
    const bytes = (digest: string) =>
      Promise.resolve(digest === 'none' ? new Uint8Array() : new TextEncoder().encode(digest));
    await adapter.thread.attach(
      place,
      [
        file('capture-eth0.pcap', 'some bytes'),
        { ...file('ladder.png', 'picture'), alt: 'x'.repeat(2000) },
        file('other.png', 'picture'),
        file('../$(id) <!channel>.txt', 'x'),
        file('empty', 'none'),
      ],
      bytes,
    );
    const shared = await until(async () => {
      const { channels, files } = await practice.state();
      const said = channels.find((one) => one.id === incidents)?.messages ?? [];
      const ids = said.filter((one) => one.thread_ts !== undefined).flatMap((one) => one.files ?? []);
      return ids.length === 4 && ids.map((id) => files.find((one) => one.id === id)?.name);
    });
    expect(shared).toEqual(['capture-eth0.pcap', 'ladder.png', 'other.png', 'id_channel_.txt']);
    const { calls } = await practice.calls();
    const announced = calls.filter((one) => one.method === 'files.getUploadURLExternal').map((one) => one.args);
    expect(announced.map((one) => 'alt_txt' in one)).toEqual([false, true, true, false]);
    expect(announced[1]?.['alt_txt']).toMatch(/^x{900,}… \(\d+ more\)$/);
    expect(announced[2]?.['alt_txt']).toBe('What other.png holds');
    expect(calls.filter((one) => one.method === 'files.completeUploadExternal')).toHaveLength(1);
    expect(await practice.violations()).toEqual([]);
  });

  test('nothing to share calls nothing', async () => {
    await using practice = await practise();
    const { adapter, place } = await begin(practice);
    await adapter.thread.attach(place, [], () => Promise.reject(new Error('unasked')));
    expect((await practice.calls()).calls.map((one) => one.method)).toEqual(['chat.postMessage']);
  });
});
