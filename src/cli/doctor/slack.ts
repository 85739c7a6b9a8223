import { z } from 'zod';
import type { AskSlack, SlackAnswer } from '../../adapter/slack/questions.ts';
import type { SlackSettings } from '../../config.ts';
import type { Clock } from '../../port.ts';
import { channelItems } from './slack-channel.ts';
import { peopleItems } from './slack-person.ts';
import { clockItem, fault, type Item, ok, unseen, warning } from './item.ts';
import { mendOf, not } from './slack-answer.ts';

/** What Slack is asked with and about. */
export interface SlackPatient {
  readonly slack: SlackSettings;
  readonly ask: AskSlack;
  readonly clock: Pick<Clock, 'now'>;
  /** Scopes that the manifest asks for; `null` when there is no manifest to compare with. */
  readonly wanted: Scopes | null;
  /** `null`: every channel that the bot is in. */
  readonly channels: readonly string[] | null;
  /** Where checkpoints of the audit are posted; `null` for nowhere. */
  readonly auditChannel: string | null;
  /** `null` where the configuration does not say, because it is wrong. */
  readonly approvers: readonly string[] | null;
  readonly starters: readonly string[];
}

/** Scopes of the bot token in the app's manifest. */
export interface Scopes {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
}

const BOT = { id: 'slack.bot-token', title: 'bot token' };
const APP = { id: 'slack.app-token', title: 'app token' };
const HTTP = { id: 'slack.http', title: 'requests by HTTP' };
const SCOPES = { id: 'slack.scopes', title: 'scopes' };
const CLOCK = { id: 'slack.clock', title: 'clock' };
const FILES = { id: 'slack.files', title: 'sharing files' };

/** https://docs.slack.dev/reference/methods/auth.test */
const whoAmI = z.object({ team: z.string().default(''), team_id: z.string(), user: z.string().default('') });

/**
 * Everything that Slack has to allow. Nothing is posted, no socket opened and nothing uploaded: `apps.connections.open` gives an
 * address that expires unused, `files.getUploadURLExternal` reserves a file that nobody sees unless it is completed.
 */
export async function slackItems(patient: SlackPatient): Promise<readonly Item[]> {
  const { slack, ask, clock } = patient;
  const from = clock.now();
  const bot = await ask(slack.botToken, 'auth.test');
  const to = clock.now();
  const known = bot.is === 'answered' ? whoAmI.safeParse(bot.body) : null;
  if (bot.is !== 'answered' || known?.success !== true) {
    const says: SlackAnswer =
      bot.is === 'answered' ? { ...bot, is: 'silent', because: 'an answer without a team' } : bot;
    const app = await appItem(patient);
    return [not(BOT, says, TOKEN_MEND['SLACK_BOT_TOKEN'] ?? ''), app, ...unasked(patient)];
  }
  const { team, team_id: id, user } = known.data;
  const mend = 'Correct the clock here: timedatectl set-ntp true.';
  return [
    ok(BOT, `@${user} in ${team === '' ? id : team}`),
    await appItem(patient),
    scopesItem(bot.scopes, patient.wanted),
    bot.date === null ? unseen(CLOCK, 'Slack sent no Date') : clockItem(CLOCK, bot.date, { from, to }, mend),
    ...(await channelItems(ask, slack.botToken, patient.channels, patient.auditChannel)),
    await filesItem(patient),
    ...(patient.approvers === null
      ? [unseen({ id: 'slack.approvers', title: 'approvers' }, 'not asked: the configuration is wrong')]
      : await peopleItems(ask, slack.botToken, id, patient.approvers, patient.starters)),
  ];
}

/** What is left unseen when the bot token opens nothing. */
function unasked({ channels, approvers }: SlackPatient): readonly Item[] {
  const why = 'not asked, because the bot token opens nothing';
  return [
    unseen(SCOPES, why),
    unseen(CLOCK, why),
    unseen({ id: 'slack.channel', title: 'channels' }, `${channels?.length ?? 'the'} channels ${why}`),
    unseen(FILES, why),
    unseen({ id: 'slack.approver', title: 'approvers' }, `${approvers?.length ?? 'the'} approvers ${why}`),
  ];
}

async function appItem({ slack, ask }: SlackPatient): Promise<Item> {
  if (slack.http !== null) {
    const says = `Slack sends requests to port ${slack.http.port}; whether they arrive and the signing secret is right shows only then`;
    return warning(HTTP, says, 'Type /netdiag help in a channel: an answer means that both are right.');
  }
  const opened = await ask(slack.appToken, 'apps.connections.open');
  if (opened.is !== 'answered') return not(APP, opened, TOKEN_MEND['SLACK_APP_TOKEN'] ?? '');
  const { url } = opened.body;
  if (typeof url !== 'string' || !/^wss?:\/\//.test(url)) return unseen(APP, 'Slack gave no address for a socket');
  return ok(APP, `Socket Mode is allowed, at ${new URL(url).host}; no socket was opened`);
}

const TOKEN_MEND: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'Install the app from manifest.yml and put its "Bot User OAuth Token" into SLACK_BOT_TOKEN.',
  SLACK_APP_TOKEN:
    'Make an app-level token with connections:write (the app\'s "Basic Information") and put it into SLACK_APP_TOKEN.',
};

/** What netdiag does without, in public and in private channels: to look for what it has posted itself. */
const LOOKING_BACK: readonly string[] = ['channels:history', 'groups:history'];

/** https://docs.slack.dev/reference/scopes; the header names what the token was really granted. */
function scopesItem(granted: readonly string[] | null, wanted: Scopes | null): Item {
  if (granted === null) return unseen(SCOPES, 'Slack did not say which scopes the token has');
  if (wanted === null) {
    return unseen(
      SCOPES,
      `${granted.join(', ')}; manifest.yml is not here to compare with`,
      'Run it where manifest.yml is.',
    );
  }
  const missing = wanted.needed.filter((scope) => !granted.includes(scope));
  const more = granted.filter((scope) => ![...wanted.needed, ...wanted.optional].includes(scope));
  if (missing.length > 0 && missing.every((scope) => LOOKING_BACK.includes(scope))) {
    const says = `missing: ${missing.join(', ')}; after an answer of Slack's was lost, a message may stand twice`;
    return warning(SCOPES, says, 'Give the app the scopes of manifest.yml, then install it again; or leave it so.');
  }
  if (missing.length > 0) {
    const mend = 'Give the app the scopes of manifest.yml ("App Manifest"), then install it to the workspace again.';
    return fault(SCOPES, `missing: ${missing.join(', ')}`, mend);
  }
  if (more.length > 0) {
    const mend = 'Take them away ("OAuth & Permissions") and install the app again: netdiag does not use them.';
    return warning(SCOPES, `more than manifest.yml asks for: ${more.join(', ')}`, mend);
  }
  return ok(SCOPES, `the ${granted.length} of manifest.yml`);
}

async function filesItem({ slack, ask }: SlackPatient): Promise<Item> {
  const address = await ask(slack.botToken, 'files.getUploadURLExternal', {
    filename: 'netdiag-doctor.txt',
    length: '1',
  });
  if (address.is !== 'answered') return not(FILES, address, mendOf(address));
  const { upload_url: url } = address.body;
  if (typeof url !== 'string' || !URL.canParse(url)) return unseen(FILES, 'Slack gave no address to upload to');
  return ok(FILES, `Slack would take files at ${new URL(url).host}; nothing was uploaded`);
}
