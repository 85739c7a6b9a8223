import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 30_000 });

const tolerate = fileURLToPath(new URL('../../../src/adapter/slack/tolerate.ts', import.meta.url));

/** Runs a program in a process of its own; gives its exit and what it said. */
function run(program: string): { readonly exit: number | null; readonly said: string } {
  const source = `import { tolerate } from ${JSON.stringify(tolerate)};
    const back = tolerate((level, sentence) => console.log(level, sentence));
    ${program}
    setTimeout(() => { console.log('still here'); }, 50);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
  });
  return { exit: status, said: stdout };
}

test.each([
  ['the reason is undefined, as when the client is stopped while it reconnects', 'Promise.reject(undefined);'],
  [
    'an events_api envelope has no event',
    `import { SocketModeReceiver } from '@slack/bolt';
     const { client } = new SocketModeReceiver({ appToken: 'xapp-x' });
     client.emit('ws_message', '{"envelope_id":"1","type":"events_api","payload":{"type":"app_rate_limited"}}', false);`,
  ],
])('the process stays when %s', (_, program) => {
  const { exit, said } = run(program);
  expect(said).toContain('warn Slack SDK: a promise was rejected that nobody holds');
  expect(said).toContain('still here');
  expect(exit).toBe(0);
});

test('a rejection is heard that comes with the way back', () => {
  expect(run('Promise.reject(undefined); back();')).toMatchObject({
    exit: 0,
    said: expect.stringContaining('still here'),
  });
});

test('a refused app token ends the process with a sentence', () => {
  const { exit, said } = run(
    "const { webApi } = await import('@slack/bolt'); Promise.reject(new webApi.WebAPIPlatformError({ ok: false, error: 'invalid_auth' }));",
  );
  expect(said).toContain('error Slack takes the app token no longer (invalid_auth); check SLACK_APP_TOKEN.');
  expect(exit).not.toBe(0);
});

test('the process stays when the adapter stops while its socket reconnects', () => {
  const practice = JSON.stringify(fileURLToPath(new URL('practice.ts', import.meta.url)));
  const { exit, said } = run(`
    const { NotingDesk, practise, until } = await import(${practice});
    const practice = await practise();
    const adapter = practice.adapter();
    await adapter.start(new NotingDesk());
    await practice.control('chaos', { helloDelayMs: 60000 });
    await practice.control('disconnect', { reason: 'refresh_requested' });
    const opened = async () => (await practice.calls()).calls.filter((one) => one.method === 'apps.connections.open').length;
    await until(async () => (await opened()) === 2);
    await adapter.stop();
    console.log(practice.log.join());
    await practice[Symbol.asyncDispose]();`);
  expect(said).toContain('still here');
  expect(exit).toBe(0);
});

test.each([
  ['another error is not held', "Promise.reject(new Error('ours'));"],
  ['a TypeError of ours is not held', 'Promise.reject(new TypeError("x is undefined"));'],
  ['it was taken back', 'back(); setTimeout(() => Promise.reject(undefined), 5);'],
])('the process ends when %s', (_, program) => {
  const { exit, said } = run(program);
  expect(said).not.toContain('still here');
  expect(exit).not.toBe(0);
});
