import { isObject, textOf } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { slackbotId, appId } from '../workspace/person.ts';
import { respond } from '../slack/respond.ts';
import { whisper } from '../slack/whisper.ts';
import { nameInPayload } from '../workspace/channel.ts';
import type { Desk } from './desk.ts';
import { channelFor } from './identity.ts';

/** What came of a gesture: whether the app acknowledged it, how fast, and what it said. */
export interface Outcome {
  readonly acked: boolean;
  readonly ms?: number;
  readonly payload?: unknown;
  /** What the user was told when it failed. */
  readonly failure?: string;
}

/**
 * A user types a slash command. Refused as Slack does inside threads and for commands the manifest does not have.
 * When the app does not acknowledge within 3 s, the user alone is told so.
 */
export async function runCommand(
  desk: Desk,
  user: string,
  channelId: string,
  line: string,
  threadTs?: string,
): Promise<Outcome> {
  const { workspace, courier } = desk;
  const channel = channelFor(workspace, user, channelId);
  const command = /^\S*/.exec(line.trim())?.[0] ?? '';
  const fail = (text: string): Outcome => {
    whisper(workspace, { channel: channel.id, to: user, from: slackbotId, text, threadTs });
    return { acked: false, failure: text };
  };
  if (threadTs !== undefined) return fail(`\`${command}\` is not supported in threads. Sorry!`);
  if (!workspace.manifest.commands.some((known) => known.command === command)) {
    return fail(`\`${command}\` is not a valid command.`);
  }
  const person = workspace.person(user);
  const responseId = workspace.responses.issue({ user, channel: channel.id, ephemeral: false });
  const delivery = await courier.deliver({
    type: 'slash_commands',
    takesPayload: true,
    payload: {
      token: 'practice-verification-token',
      team_id: workspace.team.id,
      team_domain: workspace.team.domain,
      channel_id: channel.id,
      channel_name: nameInPayload(channel),
      user_id: person.id,
      user_name: person.name,
      command,
      text: line.trim().slice(command.length).trim(),
      api_app_id: appId,
      is_enterprise_install: 'false',
      response_url: `${workspace.base}/response/${responseId}`,
      trigger_id: workspace.triggers.issue(user),
    },
  });
  if (delivery.kind === 'nobody') return fail(`\`${command}\` failed with the error "dispatch_failed"`);
  if (delivery.kind === 'refused') return fail(`\`${command}\` failed with the error "http_service_error"`);
  if (delivery.kind === 'silent') {
    workspace.record.violation('error', 'no_ack', 'slash_commands', `${line} was not acknowledged in time`);
    return fail(`\`${command}\` failed because the app did not respond`);
  }
  if (isObject(delivery.payload) && Object.keys(delivery.payload).length > 0) {
    if (textOf(delivery.payload, 'response_type') === 'in_channel') {
      workspace.put({ type: 'message', channel: channel.id, ts: workspace.timestamps.next(), user, text: line });
    }
    try {
      respond(workspace, { user, channel: channel.id, ephemeral: false }, delivery.payload, 'slash command ack');
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      return fail(`\`${command}\` failed with the error "${problem.code}"`);
    }
  }
  return { acked: true, ms: delivery.ms, payload: delivery.payload };
}
