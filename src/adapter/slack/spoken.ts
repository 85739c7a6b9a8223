import type { MessageRef, Place } from '../../model/index.ts';
import type { Rendering } from './view/index.ts';

/** Where a message is: `channel:ts`. */
export function reference(channel: string, ts: string): MessageRef {
  return `${channel}:${ts}`;
}

/** The channel and ts of a reference; throws for one that no Slack message has. */
export function pointed(ref: MessageRef): { readonly channel: string; readonly ts: string } {
  const [, channel, ts] = /^([A-Z0-9]+):(\d+\.\d+)$/.exec(ref) ?? [];
  if (channel === undefined || ts === undefined) throw new Error(`${ref} is not a message in Slack.`);
  return { channel, ts };
}

/** The ts of the live message, under which the thread hangs; `undefined` while there is no thread. */
export function threadTs(place: Place): string | undefined {
  return place.thread === null ? undefined : pointed(place.thread).ts;
}

/** How every message goes out: nothing is unfurled, linked or parsed. */
export function spoken({ text, blocks }: Rendering) {
  return { text, blocks, parse: 'none', link_names: false };
}

/** What only a new message takes: Slack would fetch addresses that a node wrote. */
export const unfurled = { unfurl_links: false, unfurl_media: false, mrkdwn: false } as const;
