import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { MessageRef, Place } from '../../../src/model/index.ts';
import type { Mark } from '../../../src/port.ts';
import { answered, asking, found, incidentsPlace, looking } from './messages.ts';
import type { Practice } from './practice.ts';
import { incidents, practise } from './practice.ts';

vi.setConfig({ testTimeout: 30_000 });

const mark = (id: string, perhaps = false): Mark => ({ id: id.repeat(32), since: Date.now(), perhaps });

/** The next call of a method takes effect, or does not, and its answer is lost. */
function lose(practice: Practice, method: string, kind: string): Promise<unknown> {
  return practice.control('chaos', { faults: [{ method, kind, times: 1 }] });
}

async function begin(practice: Practice) {
  const { thread } = practice.adapter();
  const live = await thread.show(incidentsPlace, 'live', looking, null, mark('1'));
  return { thread, place: { ...incidentsPlace, thread: live } satisfies Place };
}

/** The workspace of an app that was installed without these scopes. */
async function without(...scopes: readonly string[]): Promise<Practice> {
  const folder = mkdtempSync(join(tmpdir(), 'netdiag-manifest-'));
  try {
    const file = join(folder, 'manifest.yml');
    const whole = readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8');
    const lines = whole.split('\n').filter((line) => !scopes.some((scope) => line.trim() === `- ${scope}`));
    writeFileSync(file, lines.join('\n'));
    return await practise(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const texts = async (practice: Practice): Promise<string[]> => (await practice.messages()).map(({ text }) => text);

describe('a post whose answer was lost', () => {
  test('stands once and gets the newest state, from the next netdiag as well', async () => {
    await using practice = await practise();
    const { thread, place } = await begin(practice);
    const refs: MessageRef[] = [];
    for (const [id, kind] of [
      ['2', 'server_error_after'],
      ['3', 'drop_after'],
    ] as const) {
      await lose(practice, 'chat.postMessage', kind);
      await expect(thread.show(place, id, asking, null, mark(id))).rejects.toThrow('Slack did not answer');
      refs.push(await practice.adapter().thread.show(place, id, answered, null, mark(id, true)));
    }
    const said = await practice.messages();
    expect(said.map(({ ts }) => `${incidents}:${ts}`)).toEqual([place.thread, ...refs]);
    for (const { text } of said.slice(1)) expect(text).toContain('✓ kubectl logs/exec fails');
    expect(await practice.violations()).toEqual([]);
  });

  test('that makes the thread stands once, beside the one of an earlier incident', async () => {
    await using practice = await practise();
    const { thread, place } = await begin(practice);
    await lose(practice, 'chat.postMessage', 'drop_after');
    await expect(thread.show(incidentsPlace, 'live', looking, null, mark('3'))).rejects.toThrow('Slack did not answer');
    const ref = await thread.show(incidentsPlace, 'live', looking, null, mark('3', true));
    expect(ref).not.toBe(place.thread);
    expect((await practice.messages()).map(({ ts }) => `${incidents}:${ts}`)).toEqual([place.thread, ref]);
  });

  test('and which took no effect is posted at the next try', async () => {
    await using practice = await practise();
    const { thread, place } = await begin(practice);
    for (const [id, kind] of [
      ['2', 'server_error'],
      ['3', 'drop'],
    ] as const) {
      await lose(practice, 'chat.postMessage', kind);
      await expect(thread.show(place, id, asking, null, mark(id))).rejects.toThrow('Slack did not answer');
      await thread.show(place, id, asking, null, mark(id, true));
    }
    expect(await practice.messages()).toHaveLength(3);
  });

  test('in place of one that was deleted stands once', async () => {
    await using practice = await practise();
    const { thread, place } = await begin(practice);
    const first = await thread.show(place, 'question', asking, null, mark('2'));
    await practice.control('delete', { channel: incidents, message_ts: first.split(':')[1] });
    await lose(practice, 'chat.postMessage', 'drop_after');
    await expect(thread.show(place, 'question', answered, first, mark('2'))).rejects.toThrow('Slack did not answer');
    const ref = await thread.show(place, 'question', answered, first, mark('2', true));
    expect((await practice.messages()).map(({ ts }) => `${incidents}:${ts}`)).toEqual([place.thread, ref]);
  });
});

describe('where netdiag may not look back', () => {
  test('a message may stand twice rather than not at all, and the log says why, once', async () => {
    await using practice = await without('channels:history', 'groups:history');
    const { thread, place } = await begin(practice);
    for (const id of ['2', '3']) {
      await lose(practice, 'chat.postMessage', 'drop_after');
      await expect(thread.show(place, id, asking, null, mark(id))).rejects.toThrow('Slack did not answer');
      await thread.show(place, id, asking, null, mark(id, true));
    }
    expect(await texts(practice)).toHaveLength(5);
    const warned = practice.log.filter((line) => line.includes('a message may stand twice'));
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain('the app lacks a scope (missing_scope)');
  });
});

describe('files', () => {
  const picture = { name: 'packets.png', title: 'What became of the packets', output: 'p' };
  const capture = { name: 'capture-eth0.pcap', title: 'Packets on eth0', output: 'c' };
  const bytes = (digest: string) => Promise.resolve(new TextEncoder().encode(`the bytes of ${digest}`));
  const shared = async (practice: Practice): Promise<number> =>
    (await practice.messages()).reduce((sum, { files }) => sum + (files?.length ?? 0), 0);

  test('whose sharing was not answered are shared once, and a picture stands above what is said of it', async () => {
    await using practice = await practise();
    await practice.control('chaos', { shareDelayMs: [700, 701] });
    const { thread, place } = await begin(practice);
    await lose(practice, 'files.completeUploadExternal', 'drop_after');
    const files = [picture, capture];
    await expect(thread.attach(place, files, bytes)).rejects.toThrow('Slack did not answer');
    await thread.attach(place, files, bytes);
    expect(await shared(practice)).toBe(2);
    const finding: MessageRef = await thread.show(place, 'finding', found, null);
    const said = await practice.messages();
    expect(said.at(-1)?.ts).toBe(finding.split(':')[1]);
    expect(said.findIndex(({ files: held }) => (held?.length ?? 0) > 0)).toBeLessThan(said.length - 1);
    const { calls } = await practice.calls();
    expect(calls.filter(({ method }) => method === 'files.getUploadURLExternal')).toHaveLength(2);
  });

  test('that Slack did not take at all are shared at the next try', async () => {
    await using practice = await practise();
    await practice.control('chaos', { shareDelayMs: [0, 1] });
    const { thread, place } = await begin(practice);
    await lose(practice, 'files.completeUploadExternal', 'drop');
    await expect(thread.attach(place, [picture], bytes)).rejects.toThrow('Slack did not answer');
    await thread.attach(place, [picture], bytes);
    expect(await shared(practice)).toBe(1);
  });
});
