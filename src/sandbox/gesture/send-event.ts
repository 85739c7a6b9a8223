import { freshId } from '../workspace/fresh-id.ts';
import { appId, botUserId } from '../workspace/person.ts';
import type { Channel } from '../workspace/channel.ts';
import type { JsonObject } from '../json.ts';
import { textOf } from '../json.ts';
import type { Delivery } from '../socket/envelope.ts';
import type { Desk } from './desk.ts';

const hourMs = 3_600_000;

/**
 * Sends an event to the app if the manifest subscribes to it. Unacknowledged, it is sent again at once, after 1 min and
 * after 5 min, with `retry_attempt` and `retry_reason` (https://docs.slack.dev/apis/events-api#retries). Above the
 * workspace's events an hour the app is told `app_rate_limited` once a minute instead.
 */
export async function sendEvent(desk: Desk, event: JsonObject): Promise<boolean> {
  const { workspace, courier } = desk;
  const name = nameOf(event);
  if (!workspace.manifest.botEvents.includes(name)) return false;
  if (!workspace.eventBudget.take(workspace.chaos.eventsPerHour, hourMs)) {
    if (workspace.eventNotices.take(1, 60_000)) await tellRateLimited(desk);
    return false;
  }
  const payload = {
    token: 'practice-verification-token',
    team_id: workspace.team.id,
    api_app_id: appId,
    event,
    type: 'event_callback',
    event_id: freshId('Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: workspace.team.id,
        user_id: botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: freshId('EC'),
  };
  const waits = workspace.chaos.redeliverAfterMs;
  let reason = '';
  for (let attempt = 0; attempt <= waits.length; attempt += 1) {
    const retry = { attempt, reason };
    const delivery = await courier.deliver({ type: 'events_api', takesPayload: false, payload, retry });
    if (delivery.kind === 'acked') return true;
    if (delivery.kind === 'refused' && !delivery.retry) break;
    reason = reasonOf(delivery, desk);
    const wait = waits[attempt];
    if (wait !== undefined) await new Promise<void>((resolve) => setTimeout(resolve, wait).unref());
  }
  workspace.record.violation('error', 'no_ack', 'events_api', `${name} was never acknowledged`);
  return false;
}

/** Tells the app that events are withheld (https://docs.slack.dev/apis/events-api#rate_limiting); this payload has no inner event. */
export async function tellRateLimited({ workspace, courier }: Desk): Promise<boolean> {
  const payload = {
    token: 'practice-verification-token',
    type: 'app_rate_limited',
    team_id: workspace.team.id,
    minute_rate_limited: Math.floor(workspace.now() / 60_000) * 60,
    api_app_id: appId,
  };
  return (await courier.deliver({ type: 'events_api', takesPayload: false, payload })).kind === 'acked';
}

/** Somebody has come into a channel in which the app is. */
export async function joined(desk: Desk, user: string, channel: Channel): Promise<void> {
  if (!channel.members.has(botUserId)) return;
  const { workspace } = desk;
  await sendEvent(desk, {
    type: 'member_joined_channel',
    user,
    channel: channel.id,
    channel_type: channel.kind === 'private' ? 'G' : 'C',
    team: workspace.team.id,
    event_ts: workspace.timestamps.next(),
  });
}

/** The name under which the manifest subscribes to an event: messages are told apart by where they are. */
function nameOf(event: JsonObject): string {
  const type = textOf(event, 'type') ?? '';
  return type === 'message' ? `message.${textOf(event, 'channel_type') ?? ''}` : type;
}

function reasonOf(delivery: Delivery, { requestUrl }: Desk): string {
  if (requestUrl.address === undefined) return 'timeout';
  return { silent: 'http_timeout', refused: 'http_error', nobody: 'connection_failed', acked: '' }[delivery.kind];
}
