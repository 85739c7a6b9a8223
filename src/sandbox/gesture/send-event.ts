import { freshId } from '../workspace/fresh-id.ts';
import { appId, botUserId } from '../workspace/person.ts';
import type { JsonObject } from '../json.ts';
import { textOf } from '../json.ts';
import type { Desk } from './desk.ts';

/**
 * Sends an event to the app if the manifest subscribes to it. Unacknowledged, it is sent again at once, after 1 min and
 * after 5 min, with `retry_attempt` and `retry_reason` (https://docs.slack.dev/apis/events-api#retries).
 */
export async function sendEvent(desk: Desk, event: JsonObject): Promise<boolean> {
  const { workspace, connections } = desk;
  if (!workspace.manifest.botEvents.includes(textOf(event, 'type') ?? '')) return false;
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
  for (let attempt = 0; attempt <= waits.length; attempt += 1) {
    const beside = { retry_attempt: attempt, retry_reason: attempt === 0 ? '' : 'timeout' };
    const delivery = await connections.deliver({ type: 'events_api', takesPayload: false, payload, beside });
    if (delivery.kind === 'acked') return true;
    const wait = waits[attempt];
    if (wait !== undefined) await new Promise<void>((resolve) => setTimeout(resolve, wait).unref());
  }
  workspace.record.violation('error', 'no_ack', 'events_api', `${textOf(event, 'type') ?? ''} was never acknowledged`);
  return false;
}
