import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { incidents, ona, practise } from './practice.ts';
import type { Practice } from './practice.ts';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** One request with exactly these headers; `fetch` would not let a test choose Host. */
function ask(
  practice: Practice,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: practice.opened.port, path, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const cookieOf = (practice: Practice): string => `practice_${practice.opened.port}=${practice.said.controlKey}`;
const json = { 'content-type': 'application/json' };

describe('the page', () => {
  test('opens with the key, and gives it on as a cookie that scripts and other sites cannot have', async () => {
    await using practice = await practise();
    const answer = await ask(practice, `/?key=${practice.said.controlKey}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toEqual([`${cookieOf(practice)}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await ask(practice, '/page/main.js', { cookie: cookieOf(practice) })).status).toBe(200);
  });

  test.each([
    ['no key', '/', {}],
    ['a wrong key', '/?key=0000', {}],
    ['a wrong cookie', '/page/main.js', { cookie: 'practice_1=0000' }],
    ['no key for the stream', `/page/stream?as=${ona}`, {}],
  ])('%s is refused', async (_what, path, headers) => {
    await using practice = await practise();
    const answer = await ask(practice, path, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('serves only its own files', async () => {
    await using practice = await practise();
    for (const path of [
      '/page/../server.ts',
      '/page/%2e%2e/server.ts',
      '/page/nope.js',
      '/page/..%2fmain.ts',
      '/etc/passwd',
    ]) {
      expect((await ask(practice, path, { cookie: cookieOf(practice) })).status).toBe(404);
    }
  });

  test('lets nobody act who cannot sign in', async () => {
    await using practice = await practise();
    const act = (as: string) =>
      ask(
        practice,
        '/page/do/say',
        { ...json, cookie: cookieOf(practice) },
        'POST',
        JSON.stringify({ as, channel: incidents, text: 'x' }),
      );
    expect((await act(ona)).status).toBe(200);
    expect((await act('UNETDIAG1')).status).toBe(400);
    expect((await act('')).status).toBe(400);
  });

  test('offers faults, and nothing else of the control face', async () => {
    await using practice = await practise();
    const change = async (name: string, fields: object): Promise<number> => {
      const body = JSON.stringify({ as: ona, ...fields });
      return (await ask(practice, `/page/do/${name}`, { ...json, cookie: cookieOf(practice) }, 'POST', body)).status;
    };
    expect(await change('chaos', { duplicate: 1 })).toBe(200);
    expect(practice.workspace.chaos.duplicate).toBe(1);
    for (const name of ['group', 'membership', 'delete', 'clear', 'http', 'rates', 'constructor'])
      expect(await change(name, { handle: 'net-oncall', users: [ona] })).toBe(400);
    expect(practice.workspace.groups[0]?.users).not.toContain(ona);
  });
});

describe('every face', () => {
  const paths: [string, string, string][] = [
    ['the page', 'GET', '/?key=KEY'],
    ['the stream', 'GET', `/page/stream?as=${ona}`],
    ['a gesture', 'POST', '/page/do/say'],
    ['the control face', 'GET', '/_control/state?key=KEY'],
    ['the Web API', 'POST', '/api/auth.test'],
    ['an upload', 'POST', '/upload/v1/F1'],
    ['a response address', 'POST', '/response/1'],
  ];

  test.each(paths)('%s refuses a foreign Host', async (_what, method, path) => {
    await using practice = await practise();
    const where = path.replace('KEY', practice.said.controlKey);
    for (const host of ['evil.example', `evil.example:${practice.opened.port}`, '127.0.0.1', '127.0.0.1:1']) {
      expect((await ask(practice, where, { host, cookie: cookieOf(practice) }, method)).status).toBe(403);
    }
  });

  test.each(paths)('%s refuses a foreign Origin and a request from another site', async (_what, method, path) => {
    await using practice = await practise();
    const where = path.replace('KEY', practice.said.controlKey);
    const cookie = cookieOf(practice);
    for (const origin of [
      'http://evil.example',
      'null',
      `https://127.0.0.1:${practice.opened.port}`,
      'http://127.0.0.1:1',
    ]) {
      expect((await ask(practice, where, { origin, cookie }, method)).status).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await ask(practice, where, { 'sec-fetch-site': site, cookie }, method)).status).toBe(403);
    }
  });

  test('lets a link from elsewhere open the page with its key, and nothing else', async () => {
    await using practice = await practise();
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const key = `?key=${practice.said.controlKey}`;
    expect((await ask(practice, `/${key}`, visit)).status).toBe(200);
    expect((await ask(practice, '/', visit)).status).toBe(403);
    expect((await ask(practice, `/${key}`, { ...visit, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await ask(practice, `/_control/state${key}`, visit)).status).toBe(403);
    expect((await ask(practice, `/${key}`, visit, 'POST')).status).toBe(403);
  });

  test('takes its own Host and Origin, by number and by name', async () => {
    await using practice = await practise();
    for (const host of [`127.0.0.1:${practice.opened.port}`, `localhost:${practice.opened.port}`]) {
      const answer = await ask(practice, '/page/style.css', {
        host,
        origin: `http://${host}`,
        'sec-fetch-site': 'same-origin',
        cookie: cookieOf(practice),
      });
      expect(answer.status).toBe(200);
    }
  });
});

describe('the control face', () => {
  test('wants its key in the header or in the query, and no cookie instead', async () => {
    await using practice = await practise();
    const key = practice.said.controlKey;
    expect((await ask(practice, '/_control/state', { 'x-practice-key': key })).status).toBe(200);
    expect((await ask(practice, `/_control/state?key=${key}`)).status).toBe(200);
    expect((await ask(practice, '/_control/state')).status).toBe(403);
    for (const wrong of [`${key}0`, key.slice(1), '0'.repeat(key.length)]) {
      expect((await ask(practice, '/_control/state', { 'x-practice-key': wrong })).status).toBe(403);
    }
    expect((await ask(practice, '/_control/state', { cookie: cookieOf(practice) })).status).toBe(403);
  });

  test('never shows a token', async () => {
    await using practice = await practise();
    await practice.call('auth.test', {});
    const shown = JSON.stringify([await practice.control('state'), await practice.control('calls')]);
    for (const secret of [practice.said.botToken, practice.said.appToken, practice.said.controlKey])
      expect(shown).not.toContain(secret);
  });
});

describe('files', () => {
  test('act as nothing but a picture or a download', async () => {
    await using practice = await practise();
    const upload = async (name: string, bytes: string): Promise<string> => {
      const { upload_url: url, file_id: id } = await practice.call('files.getUploadURLExternal', {
        filename: name,
        length: bytes.length,
      });
      await fetch(url as string, { method: 'POST', body: bytes });
      await practice.call('files.completeUploadExternal', {
        files: [{ id }],
        channel_id: incidents,
        initial_comment: name,
      });
      await practice.spoken(name);
      return `/files-pri/${String(id)}/x`;
    };
    const cookie = cookieOf(practice);
    const page = await ask(practice, await upload('page.html', '<script>1</script>'), { cookie });
    expect(page.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
    });
    expect(page.headers['content-disposition']).toMatch(/^attachment/);
    const drawing = await ask(practice, await upload('a.svg', '<svg/>'), { cookie });
    expect(drawing.headers['content-type']).toBe('application/octet-stream');
    const picture = await ask(practice, await upload('a.png', 'png'), { cookie });
    expect(picture.headers).toMatchObject({
      'content-type': 'image/png',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  test('are not for strangers', async () => {
    await using practice = await practise();
    expect((await ask(practice, '/files-pri/F1/x')).status).toBe(403);
    expect((await ask(practice, '/files-pri/F1/x', { authorization: `Bearer ${practice.said.botToken}` })).status).toBe(
      403,
    );
  });
});

describe('Socket Mode connections', () => {
  const open = (address: string, headers: Record<string, string> = {}): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(address, { headers });
      socket.on('message', (bytes: Buffer) => {
        resolve((JSON.parse(bytes.toString()) as { type: string }).type);
        socket.close();
      });
      socket.on('unexpected-response', (_sent, answer) => {
        resolve(`HTTP ${answer.statusCode}`);
        answer.destroy();
      });
      socket.on('error', () => {});
    });

  test('want a ticket, once', async () => {
    await using practice = await practise();
    const { url } = await practice.call('apps.connections.open', {}, practice.said.appToken);
    expect(await open(url as string)).toBe('hello');
    expect(await open(url as string)).toBe('HTTP 403');
    expect(await open(`ws://127.0.0.1:${practice.opened.port}/link/?ticket=nope`)).toBe('HTTP 403');
  });

  test('refuse a foreign Origin and a foreign Host even with a ticket', async () => {
    await using practice = await practise();
    const ticket = async () =>
      (await practice.call('apps.connections.open', {}, practice.said.appToken))['url'] as string;
    expect(await open(await ticket(), { origin: 'http://evil.example' })).toBe('HTTP 403');
    expect(await open(await ticket(), { host: 'evil.example' })).toBe('HTTP 403');
  });

  test('are ten at most', async () => {
    await using practice = await practise();
    practice.workspace.rates.enabled = false;
    const sockets: WebSocket[] = [];
    const first = (): Promise<string> =>
      practice.call('apps.connections.open', {}, practice.said.appToken).then(
        ({ url }) =>
          new Promise((resolve) => {
            const socket = new WebSocket(url as string);
            sockets.push(socket);
            socket.once('message', (bytes: Buffer) => resolve(bytes.toString()));
          }),
      );
    for (let i = 0; i < 10; i += 1)
      expect(JSON.parse(await first())).toMatchObject({ type: 'hello', num_connections: i + 1 });
    expect(JSON.parse(await first())).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    for (const socket of sockets) socket.terminate();
  });
});
