import { z } from 'zod';
import type { AskSlack } from '../../adapter/slack/questions.ts';
import { count, fault, type Item, ok, unseen, warning } from './item.ts';
import { mendOf, not } from './slack-answer.ts';

/** https://docs.slack.dev/reference/objects/conversation-object */
const conversation = z.object({
  id: z.string(),
  name: z.string().default(''),
  is_member: z.boolean().default(false),
  is_archived: z.boolean().default(false),
  is_ext_shared: z.boolean().default(false),
  is_pending_ext_shared: z.boolean().default(false),
});
type Conversation = z.infer<typeof conversation>;

const TITLE = 'channel';
const MOST_PAGES = 10;

/** Each configured channel, or those that the bot is in: where netdiag can speak, and where it would refuse to. */
export async function channelItems(
  ask: AskSlack,
  token: string,
  channels: readonly string[] | null,
  auditChannel: string | null,
): Promise<readonly Item[]> {
  const items: Item[] = channels === null ? [...(await joined(ask, token))] : [];
  const named = [...(channels ?? []), ...(auditChannel === null ? [] : [auditChannel])];
  for (const id of new Set(named)) items.push(await configured(ask, token, id));
  return items;
}

async function configured(ask: AskSlack, token: string, id: string): Promise<Item> {
  const about = { id: 'slack.channel', title: TITLE, of: id };
  const invite = `Type /invite @netdiag in the channel, or take ${id} out of the configuration.`;
  const answer = await ask(token, 'conversations.info', { channel: id });
  if (answer.is === 'refused' && answer.code === 'channel_not_found') {
    return fault(about, `${id}: the bot cannot see it (channel_not_found)`, invite);
  }
  if (answer.is !== 'answered') return not(about, answer, mendOf(answer));
  const read = conversation.safeParse(answer.body['channel']);
  if (!read.success) return unseen(about, 'Slack described the channel in a form that netdiag does not know');
  const wrong = trouble(read.data);
  if (wrong !== null)
    return fault(about, `${named(read.data)}: ${wrong}`, `Name another channel instead of ${id} in the configuration.`);
  if (!read.data.is_member) return fault(about, `${named(read.data)}: the bot is not in it`, invite);
  return ok(about, `${named(read.data)}: the bot is in it`);
}

async function joined(ask: AskSlack, token: string): Promise<readonly Item[]> {
  const about = { id: 'slack.channel', title: 'channels' };
  const found: Conversation[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const types = { types: 'public_channel,private_channel', exclude_archived: 'true', limit: '200' };
    const answer = await ask(token, 'users.conversations', { ...types, ...(cursor === '' ? {} : { cursor }) });
    if (answer.is !== 'answered') return [not(about, answer, mendOf(answer))];
    const read = z
      .object({
        channels: z.array(conversation),
        response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
      })
      .safeParse(answer.body);
    if (!read.success) return [unseen(about, 'Slack listed the channels in a form that netdiag does not know')];
    found.push(...read.data.channels);
    cursor = read.data.response_metadata?.next_cursor ?? '';
    if (cursor === '') break;
  }
  const shared = found.filter((one) => trouble(one) !== null);
  const good = found.filter((one) => trouble(one) === null);
  const refused = shared.map((one) =>
    warning(
      { id: 'slack.channel', title: TITLE, of: one.id },
      `${named(one)}: ${trouble(one)}`,
      'Use netdiag in a channel of your own people only.',
    ),
  );
  if (good.length === 0) {
    return [
      warning(
        about,
        'the bot is in no channel where it would work',
        'Type /invite @netdiag in the channel where incidents are handled.',
      ),
      ...refused,
    ];
  }
  const some = good.slice(0, 5).map(named).join(', ');
  return [
    ok(about, `the bot is in ${count(good.length, 'channel')}: ${some}${good.length > 5 ? ', …' : ''}`),
    ...refused,
  ];
}

/** Why netdiag refuses to work in a channel; `null` when it does not. */
function trouble(channel: Conversation): string | null {
  if (channel.is_archived) return 'it is archived';
  if (channel.is_ext_shared || channel.is_pending_ext_shared) {
    return 'it is shared with another organisation (Slack Connect), so netdiag refuses to work there';
  }
  return null;
}

function named({ id, name }: Conversation): string {
  return name === '' ? id : `#${name}`;
}
