import type { Desk } from '../gesture/desk.ts';
import { joined, tellRateLimited } from '../gesture/send-event.ts';
import { isObject, listOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { DisconnectReason } from '../socket/connections.ts';
import { calm, faultKinds } from '../workspace/chaos.ts';

const reasons: readonly string[] = ['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets'];

/** What a test can change, by name; see the README of the control face in `control-face.ts`. */
export const changes: Readonly<Record<string, (desk: Desk, fields: JsonObject) => unknown>> = {
  /** Sets the named chaos switches; `{"reset": true}` first puts all back. */
  chaos: ({ workspace }, fields) => {
    const { reset, user: _user, ...wanted } = fields;
    if (reset === true) Object.assign(workspace.chaos, calm());
    for (const [name, value] of Object.entries(wanted)) {
      if (name === 'faults' && !isFaults(value)) throw new Refusal('invalid_chaos', { name });
      const before: unknown = Object.entries(workspace.chaos).find(([known]) => known === name)?.[1];
      if (typeof before !== typeof value || Array.isArray(before) !== Array.isArray(value))
        throw new Refusal('invalid_chaos', { name });
      Object.assign(workspace.chaos, { [name]: value });
    }
    return { chaos: workspace.chaos };
  },

  /** Reaches the app over HTTP at `address`, which has to echo a challenge; without one over Socket Mode again. */
  http: async ({ requestUrl, workspace }, fields) => {
    await requestUrl.set(textOf(fields, 'address'));
    workspace.feed.tell({ kind: 'connections' });
    return { address: requestUrl.address ?? null };
  },

  /** Tells the app that it gets no events for a while, as Slack does above 30,000 an hour. */
  rate_limited: async (desk) => ({ acked: await tellRateLimited(desk) }),

  /** Sends `disconnect` with `reason` on connection `number`, or on all. */
  disconnect: ({ connections }, fields) => {
    const reason = textOf(fields, 'reason') ?? 'refresh_requested';
    if (!reasons.includes(reason)) throw new Refusal('invalid_reason', { known: reasons });
    connections.disconnect(reason as DisconnectReason, numberOf(fields));
    return {};
  },

  /** Cuts connection `number`, or all, without a closing handshake. */
  drop: ({ connections }, fields) => {
    connections.drop(numberOf(fields));
    return {};
  },

  /** Switches rate limits: `{"enabled": false}`. */
  rates: ({ workspace }, fields) => {
    workspace.rates.enabled = fields['enabled'] !== false;
    return { enabled: workspace.rates.enabled };
  },

  /** Puts `member` into `channel`, or takes it out with `{"in": false}`. */
  membership: (desk, fields) => {
    const { workspace } = desk;
    const channel = workspace.channels.get(textOf(fields, 'channel') ?? '');
    const member = workspace.person(textOf(fields, 'member') ?? '').id;
    if (channel === undefined) throw new Refusal('channel_not_found');
    if (fields['in'] === false) channel.members.delete(member);
    else channel.members.add(member);
    workspace.feed.tell({ kind: 'channels' });
    if (fields['in'] !== false) void joined(desk, member, channel);
    return { members: [...channel.members] };
  },

  /** Sets who is in the user group with this handle. */
  group: ({ workspace }, fields) => {
    const group = workspace.groups.find((one) => one.handle === textOf(fields, 'handle'));
    if (group === undefined) throw new Refusal('no_such_subteam');
    group.users.splice(0, group.users.length, ...listOf(fields['users']).map(String));
    return { group };
  },

  /** Removes a message as if somebody had deleted it in Slack. */
  delete: ({ workspace }, fields) => {
    workspace.remove(textOf(fields, 'channel') ?? '', textOf(fields, 'message_ts') ?? '');
    return {};
  },

  /** Forgets all recorded calls, violations and mentions. */
  clear: ({ workspace }) => {
    workspace.record.clear();
    return {};
  },
};

function isFaults(value: unknown): boolean {
  const kinds: readonly unknown[] = faultKinds;
  return (
    Array.isArray(value) &&
    value.every(
      (one) =>
        isObject(one) && textOf(one, 'method') !== undefined && kinds.includes(one['kind']) && Number(one['times']) > 0,
    )
  );
}

function numberOf(fields: JsonObject): number | undefined {
  return typeof fields['number'] === 'number' ? fields['number'] : undefined;
}
