import { App, LogLevel } from '@slack/bolt';
import { readManifest } from '../../src/sandbox/manifest.ts';
import { announcement } from '../../src/sandbox/announce.ts';
import type { Announcement } from '../../src/sandbox/announce.ts';
import { openWorkspace } from '../../src/sandbox/server.ts';
import type { Opened, Opening } from '../../src/sandbox/server.ts';

export const manifest = readManifest(new URL('../../manifest.yml', import.meta.url).pathname);

/** An open workspace with its announcement and a way to drive it as a test does. */
export interface Practice extends AsyncDisposable {
  readonly opened: Opened;
  readonly said: Announcement;
  control(name: string, fields?: object): Promise<Record<string, unknown>>;
}

/** Opens a workspace of its own on a free port. */
export async function practise(opening: Partial<Opening> = {}): Promise<Practice> {
  const opened = await openWorkspace({ manifest, ...opening });
  const said = announcement(opened);
  const { workspace } = opened;
  workspace.chaos.shareDelayMs = [1, 1];
  return {
    opened,
    said,
    control: async (name, fields) => {
      const answer = await fetch(`${workspace.base}/_control/${name}`, {
        method: fields ? 'POST' : 'GET',
        headers: { 'x-practice-key': said.controlKey, 'content-type': 'application/json' },
        ...(fields ? { body: JSON.stringify(fields) } : {}),
      });
      return (await answer.json()) as Record<string, unknown>;
    },
    [Symbol.asyncDispose]: () => opened.close(),
  };
}

/** The unmodified Bolt app, connected to the workspace in Socket Mode. */
export async function boltApp(said: Announcement, register: (app: App) => void): Promise<App & AsyncDisposable> {
  const app = new App({
    token: said.botToken,
    appToken: said.appToken,
    socketMode: true,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: said.slackApiUrl },
  });
  await app.init();
  register(app);
  await app.start();
  return Object.assign(app, {
    [Symbol.asyncDispose]: async () => {
      await app.stop();
    },
  });
}

/** Calls one method of the Web API the plain way: JSON, with the bot's token unless another is given. */
export async function call(
  said: Announcement,
  method: string,
  args: object = {},
  token = said.botToken,
): Promise<Record<string, unknown>> {
  const answer = await fetch(said.slackApiUrl + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), ...((await answer.json()) as object) };
}

/** Resolves with the first value that is not undefined; asks again whenever the workspace shows a change. */
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
