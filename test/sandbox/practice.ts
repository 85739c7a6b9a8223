import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { announcement } from '../../src/sandbox/announce.ts';
import type { Announcement } from '../../src/sandbox/announce.ts';
import { readManifest } from '../../src/sandbox/manifest.ts';
import { openWorkspace } from '../../src/sandbox/server.ts';
import type { Opened, Opening } from '../../src/sandbox/server.ts';
import { calm } from '../../src/sandbox/workspace/chaos.ts';
import type { Message } from '../../src/sandbox/workspace/message.ts';
import type { Violation } from '../../src/sandbox/workspace/record.ts';
import type { Workspace } from '../../src/sandbox/workspace/workspace.ts';

export const manifest = readManifest(new URL('./manifest.yml', import.meta.url).pathname);

export const incidents = 'CINCIDENTS';
export const ona = 'UONCALL01';
export const sam = 'USECOND01';

/** An open workspace with its announcement, and ways to drive it as an app and as a test do. */
export interface Practice extends AsyncDisposable {
  readonly opened: Opened;
  readonly workspace: Workspace;
  readonly said: Announcement;
  /** The unmodified Bolt app in Socket Mode, connected; it stops with the practice. The ping timeout decides how soon it comes back. */
  bolt(register: (app: App) => void, pingTimeoutMs?: number): Promise<App>;
  /** The Socket Mode clients of the apps that were given a ping timeout, oldest first. */
  readonly clients: SocketModeReceiver['client'][];
  /** The unmodified Bolt app behind a request URL, which the workspace has verified; it stops with the practice. */
  boltOverHttp(register: (app: App) => void, unhandledMs?: number): Promise<URL>;
  /** One request to the control face. */
  control(name: string, fields?: object): Promise<Record<string, unknown>>;
  /** One call of the Web API as JSON, with the bot's token unless another is given. */
  call(method: string, args?: object, token?: string): Promise<Record<string, unknown>>;
  /** Every violation so far as `severity kind`. */
  violations(): string[];
  /** The first message with this text, once it is there. */
  spoken(text: string): Promise<Message>;
}

/**
 * Opens a workspace of its own on a free port; files are shared after 1 ms unless a test says otherwise. An app that reconnects is
 * waited for at the end: stopping it meanwhile makes a rejection that nobody handles. Ends with an error when the app
 * called an unknown method.
 */
export async function practise(opening: Partial<Opening> = {}): Promise<Practice> {
  const opened = await openWorkspace({ manifest, ...opening });
  const said = announcement(opened);
  const { workspace } = opened;
  workspace.chaos.shareDelayMs = [1, 1];
  const clients: SocketModeReceiver['client'][] = [];
  const lost = new Map<SocketModeReceiver['client'], PromiseWithResolvers<void>>();
  const watch = (client: SocketModeReceiver['client']): void => {
    clients.push(client);
    for (const event of ['close', 'reconnecting'])
      client.on(event, () => void (lost.has(client) || lost.set(client, Promise.withResolvers())));
    client.on('connected', () => {
      lost.get(client)?.resolve();
      lost.delete(client);
    });
  };
  let sockets = 0;
  const apps: { stop(): Promise<unknown> }[] = [];
  const post = async (
    address: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Record<string, unknown>> => {
    const answer = await fetch(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const retryAfter = answer.headers.get('retry-after');
    return {
      status: answer.status,
      ...(retryAfter === null ? {} : { retryAfter }),
      ...((await answer.json()) as object),
    };
  };
  return {
    opened,
    workspace,
    said,
    clients,
    bolt: async (register, pingTimeoutMs) => {
      const { app, client } = await connected(said, register, pingTimeoutMs);
      apps.push(app);
      sockets += 1;
      if (client) watch(client);
      return app;
    },
    boltOverHttp: async (register, unhandledRequestTimeoutMillis) => {
      const { app, server, address } = await listening(said, register, unhandledRequestTimeoutMillis);
      apps.push({
        stop: () => {
          server.closeAllConnections();
          return app.stop();
        },
      });
      const answer = await post(`${workspace.base}/_control/http`, { 'x-practice-key': said.controlKey }, { address });
      if (answer['ok'] !== true) throw new Error(`the request URL was refused: ${String(answer['error'])}`);
      return new URL(address);
    },
    control: (name, fields) =>
      post(`${workspace.base}/_control/${name}`, { 'x-practice-key': said.controlKey }, fields),
    call: (method, args = {}, token = said.botToken) =>
      post(said.slackApiUrl + method, { authorization: `Bearer ${token}` }, args),
    violations: () => workspace.record.violations.map((one: Violation) => `${one.severity} ${one.kind}`),
    spoken: (text) =>
      until(opened, () =>
        [...workspace.channels.keys()].flatMap((id) => workspace.messagesOf(id)).find((one) => one.text === text),
      ),
    [Symbol.asyncDispose]: async () => {
      Object.assign(workspace.chaos, calm());
      await until(opened, () => (opened.connections.ready.length >= sockets ? true : undefined));
      for (const client of clients) await lost.get(client)?.promise;
      for (const app of apps) await app.stop();
      await opened.close();
      const unknown = workspace.record.unknownCalls;
      if (unknown.length > 0)
        throw new Error(`calls of methods that the workspace does not speak: ${unknown.join(', ')}`);
    },
  };
}

/** A Bolt app on a free port of this machine, and its request URL. */
async function listening(
  said: Announcement,
  register: (app: App) => void,
  unhandledRequestTimeoutMillis = 3001,
): Promise<{ app: App; server: Server; address: string }> {
  const receiver = new HTTPReceiver({
    signingSecret: said.signingSecret,
    logLevel: LogLevel.ERROR,
    unhandledRequestTimeoutMillis,
  });
  const clientOptions = { slackApiUrl: said.slackApiUrl };
  const app = new App({
    token: said.botToken,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    receiver,
    clientOptions,
  });
  await app.init();
  register(app);
  const server = (await app.start({ port: 0, host: '127.0.0.1' })) as Server;
  const { port } = server.address() as AddressInfo;
  return { app, server, address: `http://127.0.0.1:${port}/slack/events` };
}

async function connected(
  said: Announcement,
  register: (app: App) => void,
  clientPingTimeout?: number,
): Promise<{ app: App; client: SocketModeReceiver['client'] | undefined }> {
  const options = {
    token: said.botToken,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: said.slackApiUrl },
  };
  const socket = { appToken: said.appToken, logLevel: LogLevel.ERROR };
  const installerOptions = { clientOptions: { slackApiUrl: said.slackApiUrl } };
  const receiver =
    clientPingTimeout === undefined
      ? undefined
      : new SocketModeReceiver({ ...socket, clientPingTimeout, installerOptions });
  const app = receiver ? new App({ ...options, receiver }) : new App({ ...options, ...socket, socketMode: true });
  await app.init();
  register(app);
  await app.start();
  return { app, client: receiver?.client };
}

/** Resolves with the first value that is not undefined; looks again whenever the workspace shows a change. */
export function until<T>(opened: Opened, look: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const tried = (): boolean => {
      const found = look();
      if (found !== undefined) resolve(found);
      return found !== undefined;
    };
    if (tried()) return;
    const stop = opened.workspace.feed.listen(() => {
      if (tried()) stop();
    });
  });
}

/** A plain_text object. */
export function plain(text: string): { type: 'plain_text'; text: string } {
  return { type: 'plain_text', text };
}

/** An actions block with one button. */
export function button(actionId: string, text: string): { type: 'actions'; elements: object[] } {
  return { type: 'actions', elements: [{ type: 'button', action_id: actionId, text: plain(text), value: 'v1' }] };
}
