import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';

/**
 * A small Bolt app in a process of its own, for what ends a process: `node bolt-process.ts <what>`, settings in the
 * environment. Says what happens in lines of JSON; on SIGTERM it lets a running job end and stops.
 */
const {
  PATIENCE_MS = '',
  PING_MS = '',
  SLACK_API_URL: slackApiUrl = '',
  SLACK_APP_TOKEN: appToken = '',
  SLACK_BOT_TOKEN: token = '',
} = process.env;
const say = (event: string, detail = ''): void => void process.stdout.write(`${JSON.stringify({ event, detail })}\n`);

process.on('unhandledRejection', (problem) =>
  say('unhandled', problem instanceof Error ? problem.name : String(problem)),
);

const common = { token, deferInitialization: true, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } };
const socket = { appToken, logLevel: LogLevel.ERROR };
const installerOptions = { clientOptions: { slackApiUrl } };
const app =
  PING_MS === ''
    ? new App({ ...common, ...socket, socketMode: true })
    : new App({
        ...common,
        receiver: new SocketModeReceiver({ ...socket, clientPingTimeout: Number(PING_MS), installerOptions }),
      });

let job: Promise<unknown> = Promise.resolve();
app.command('/netdiag', async ({ ack, client, command }) => {
  await ack();
  const root = await client.chat.postMessage({ channel: command.channel_id, text: 'running' });
  job = new Promise<void>((resolve) => process.once('SIGTERM', resolve)).then(() =>
    client.chat.update({ channel: command.channel_id, ts: root.ts ?? '', text: 'finished' }),
  );
});
app.event('app_mention', async ({ event, client }) => {
  await client.chat.postMessage({ channel: event.channel, text: 'here' });
});

process.once('SIGTERM', () => {
  setImmediate(() => {
    void job
      .then(() => app.stop())
      .then(() => {
        say('stopped');
        process.exit(0);
      });
  });
});

try {
  await app.init();
  say('initialised');
  const patience =
    PATIENCE_MS === ''
      ? []
      : [
          new Promise<never>((_, reject) =>
            setTimeout(() => reject(new Error('no hello came in time')), Number(PATIENCE_MS)),
          ),
        ];
  await Promise.race([app.start(), ...patience]);
  say('started');
} catch (problem) {
  say('failed', problem instanceof Error ? problem.message : String(problem));
  process.exit(1);
}
