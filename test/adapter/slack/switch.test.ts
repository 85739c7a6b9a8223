import { describe, expect, test, vi } from 'vitest';
import { readCommand } from '../../../src/adapter/slack/command.ts';
import { onCallPerson } from './messages.ts';
import { incidents, NotingDesk, onCall, practise, until } from './practice.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('stopping all changes from the chat', () => {
  test('takes everything behind the word for the reason, inert', () => {
    expect(readCommand('stop-changes')).toEqual({ is: 'switch', stop: true, reason: '' });
    expect(readCommand(' stop-changes a  storm <!channel> ')).toEqual({
      is: 'switch',
      stop: true,
      reason: 'a storm <!channel>',
    });
    expect(readCommand('allow-changes')).toEqual({ is: 'switch', stop: false, reason: '' });
  });

  test('a reason is bounded', () => {
    expect(readCommand(`stop-changes ${'x'.repeat(5000)}`)).toMatchObject({
      reason: expect.stringMatching(/^x{100,200}.{0,30}$/) as string,
    });
  });

  test('a node whose name only begins so is a node', () => {
    expect(readCommand('stop-changes-1')).toEqual({ is: 'node', node: 'stop-changes-1' });
  });

  test('the channel reads who stopped them and why, with nothing active in it', async () => {
    await using practice = await practise();
    const desk = new NotingDesk();
    await practice.adapter().start(desk);
    await practice.type('/netdiag stop-changes a storm <!channel>');
    const [note] = await until(async () => {
      const all = (await practice.messages(incidents)).filter((one) => one.only === undefined);
      return all.length > 0 ? all : null;
    });
    expect(desk.switches).toEqual([{ by: onCallPerson, stop: true, reason: 'a storm <!channel>' }]);
    expect(note?.text).toContain('stopped all changes');
    expect((await practice.state()).activeMentions).toMatchObject([{ kind: 'user' }]);
    expect(await practice.violations()).toEqual([]);
  });

  test('whoever may not is told alone', async () => {
    await using practice = await practise();
    await practice.adapter().start(new NotingDesk());
    await practice.type('/netdiag stop-changes refused');
    const said = await until(async () => (await practice.messages(incidents)).find((one) => one.only === onCall));
    expect(said.text).toContain('It was noted.');
    expect((await practice.messages(incidents)).filter((one) => one.only === undefined)).toEqual([]);
  });
});
