import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CodedError } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { signed } from '../../src/sandbox/request-url/signature.ts';
import { button, incidents, ona, plain, practise, until } from './practice.ts';
import type { Practice } from './practice.ts';

const command = { user: ona, channel: incidents, text: '/netdiag worker-1' };
const formType = 'application/x-www-form-urlencoded';

/** What Bolt answers to a request that Slack could have signed. The connection is given up, whatever is left of it. */
async function statusOf(practice: Practice, to: URL, body: string, type: string, proven = true): Promise<number> {
  const proof = proven ? signed(body, practice.said.signingSecret, Math.floor(Date.now() / 1000)) : {};
  const enough = new AbortController();
  const headers = { 'content-type': type, ...proof };
  const { status } = await fetch(to, { method: 'POST', headers, body, signal: enough.signal });
  enough.abort();
  return status;
}

describe('a request URL', () => {
  test('is verified by its challenge, and then gets commands, actions, views and events', async () => {
    await using practice = await practise();
    const submitted: unknown[] = [];
    await practice.boltOverHttp((app) => {
      app.command('/netdiag', async ({ ack, client, command: { text, trigger_id: trigger } }) => {
        await ack(`starting ${text}`);
        const blocks = [
          {
            type: 'input' as const,
            block_id: 'why',
            label: plain('Why?'),
            element: { type: 'plain_text_input' as const, action_id: 'words' },
          },
        ];
        await client.views.open({
          trigger_id: trigger,
          view: { type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Send'), blocks },
        });
      });
      app.view('form', async ({ ack, view }) => {
        submitted.push(view.state.values['why']?.['words']?.value);
        await ack({ response_action: 'errors', errors: { why: 'No.' } });
      });
      app.action('go', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'went', replace_original: false });
      });
      app.event('app_mention', async ({ event, client }) => {
        await client.chat.postMessage({ channel: event.channel, text: 'you called' });
      });
    });
    expect(await practice.control('command', command)).toMatchObject({ acked: true });
    await practice.spoken('starting worker-1');
    await until(practice.opened, () => practice.workspace.topView.get(ona));
    const refused = await practice.control('submit', { user: ona, values: { why: { words: 'so' } } });
    expect(refused).toMatchObject({ payload: { response_action: 'errors', errors: { why: 'No.' } } });
    expect(submitted).toEqual(['so']);
    const { ts } = await practice.call('chat.postMessage', {
      channel: incidents,
      text: 'a',
      blocks: [button('go', 'Go')],
    });
    await practice.control('press', { user: ona, channel: incidents, message_ts: ts, action_id: 'go' });
    await practice.spoken('went');
    await practice.control('say', { user: ona, channel: incidents, text: '@netdiag' });
    await practice.spoken('you called');
    expect(practice.violations()).toEqual([]);
    expect(practice.opened.connections.envelopes).toEqual([]);
  });

  test('that does not echo the challenge, or lies elsewhere, is refused', async () => {
    await using practice = await practise();
    expect(await practice.control('http', { address: `${practice.workspace.base}/nope` })).toMatchObject({
      error: 'url_verification_failed',
    });
    expect(await practice.control('http', { address: 'http://hooks.example/slack' })).toMatchObject({
      error: 'invalid_request_url',
    });
    expect(await practice.control('http', {})).toMatchObject({ ok: true, address: null });
  });
});

describe('the signature', () => {
  test.each([
    ['right and now', {}, true],
    ['4 minutes old', { signedSecondsAgo: 240 }, true],
    ['10 minutes ahead, which Bolt lets pass', { signedSecondsAgo: -600 }, true],
    ['older than 5 minutes: a replay', { signedSecondsAgo: 302 }, false],
    ['made with another secret', { wrongSignature: 1 }, false],
  ])('%s', async (_what, chaos, taken) => {
    await using practice = await practise();
    const heard: string[] = [];
    await practice.boltOverHttp((app) =>
      app.command('/netdiag', async ({ ack, command: { text } }) => {
        heard.push(text);
        await ack();
      }),
    );
    await practice.control('chaos', chaos);
    const outcome = await practice.control('command', command);
    expect(outcome['acked']).toBe(taken);
    expect(heard).toEqual(taken ? ['worker-1'] : []);
    expect(String(outcome['failure']).includes('http_service_error')).toBe(!taken);
  });

  test('is wanted of everything but ssl_check, in the right type and size', async () => {
    await using practice = await practise();
    const to = await practice.boltOverHttp((app) => app.command('/netdiag', ({ ack }) => ack()));
    const said = 'command=%2Fnetdiag&text=x&team_id=T&user_id=U&channel_id=C&api_app_id=A&trigger_id=1&response_url=x';
    expect(await statusOf(practice, to, said, formType)).toBe(200);
    expect(await statusOf(practice, to, said, `${formType}; charset=utf-8`)).toBe(400);
    expect(await statusOf(practice, to, said, formType, false)).toBe(401);
    expect(await statusOf(practice, to, 'ssl_check=1', formType, false)).toBe(200);
    expect(await statusOf(practice, to, `${said}&more=${'x'.repeat(5_000_000)}`, formType)).toBe(413);
  });
});

describe('without an acknowledgement', () => {
  test('Bolt answers 404, and the user is told', async () => {
    await using practice = await practise();
    await practice.boltOverHttp((app) => app.command('/netdiag', async () => {}), 20);
    expect(await practice.control('command', command)).toMatchObject({
      acked: false,
      failure: '`/netdiag` failed with the error "http_service_error"',
    });
  });

  test('an event comes again with its number and its reason', async () => {
    await using practice = await practise();
    practice.workspace.chaos.redeliverAfterMs = [0, 0, 0];
    const seen: unknown[] = [];
    await practice.boltOverHttp((app) =>
      app.event('app_mention', async ({ context, client, event }) => {
        seen.push([context.retryNum, context.retryReason]);
        await client.chat.postMessage({ channel: event.channel, text: 'heard' });
      }),
    );
    practice.workspace.chaos.wrongSignature = 2;
    await practice.control('say', { user: ona, channel: incidents, text: '@netdiag' });
    await practice.spoken('heard');
    expect(seen).toEqual([[2, 'http_error']]);
  });

  test.each([
    ['500, and again until it was tried four times', 500, {}, [undefined, '1', '2', '3']],
    ['500 and that it wants no more of it', 500, { 'x-slack-no-retry': '1' }, [undefined]],
    ['200', 200, {}, [undefined]],
  ])('an event is sent to an app that answers %s', async (_what, status, headers, tries) => {
    await using practice = await practise();
    practice.workspace.chaos.redeliverAfterMs = [0, 0, 0];
    const seen: unknown[] = [];
    const ended = Promise.withResolvers<void>();
    const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
      const { challenge } = JSON.parse(body) as { challenge?: string };
      if (challenge !== undefined) return void response.end(challenge);
      seen.push(request.headers['x-slack-retry-num']);
      response.writeHead(status, headers).end(() => seen.length === tries.length && ended.resolve());
    };
    const server = createServer((request, response) => {
      void text(request).then((body) => answer(request, response, body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack`;
      expect(await practice.control('http', { address })).toMatchObject({ ok: true });
      await practice.control('home', { user: ona });
      await ended.promise;
      expect(seen).toEqual(tries);
      expect(practice.violations()).toEqual(status === 200 ? [] : ['error no_ack']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('twice acknowledged is an error in the listener', async () => {
    await using practice = await practise();
    const thrown: string[] = [];
    await practice.boltOverHttp((app) =>
      app.command('/netdiag', async ({ ack }) => {
        await ack();
        await ack().catch((problem: CodedError) => thrown.push(problem.code));
      }),
    );
    await practice.control('command', command);
    expect(thrown).toEqual(['slack_bolt_receiver_ack_multiple_error']);
  });
});
