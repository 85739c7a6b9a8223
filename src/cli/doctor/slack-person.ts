import { z } from 'zod';
import type { AskSlack } from '../../adapter/slack/questions.ts';
import { type About, fault, type Item, ok, unseen, warning } from './item.ts';
import { mendOf, not } from './slack-answer.ts';

/** https://docs.slack.dev/reference/objects/user-object */
const user = z.object({
  name: z.string().default(''),
  team_id: z.string().optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
});

/** The people of the settings: whether netdiag would take an approval, or a start, from each of them. */
export async function peopleItems(
  ask: AskSlack,
  token: string,
  team: string,
  approvers: readonly string[],
  starters: readonly string[],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const id of approvers)
    items.push(await person(ask, token, team, { id: 'slack.approver', title: 'approver', of: id }));
  for (const id of starters.filter((one) => !approvers.includes(one))) {
    items.push(await person(ask, token, team, { id: 'slack.starter', title: 'starter', of: id }));
  }
  const able = items.filter(({ id, health }) => id === 'slack.approver' && health === 'ok').length;
  const unknown = items.some(({ id, health }) => id === 'slack.approver' && health === 'unseen');
  if (able > 1 || unknown) return items;
  const about = { id: 'slack.approvers', title: 'approvers' };
  const mend = 'Name at least two people in approval.approvers: nobody approves what they started.';
  if (able === 0) return [...items, fault(about, 'nobody can approve, so nothing can be repaired', mend)];
  return [...items, warning(about, 'one person alone can approve, and not what they started themselves', mend)];
}

async function person(
  ask: AskSlack,
  token: string,
  team: string,
  about: About & { readonly of: string },
): Promise<Item> {
  const setting = about.id === 'slack.approver' ? 'approval.approvers' : 'starters';
  const mend = `Name somebody else instead of ${about.of} in ${setting}.`;
  const answer = await ask(token, 'users.info', { user: about.of });
  if (answer.is === 'refused' && answer.code === 'user_not_found') {
    return fault(about, `${about.of}: this workspace has no such person`, mend);
  }
  if (answer.is !== 'answered') return not(about, answer, mendOf(answer.is === 'refused' ? answer.code : ''));
  const read = user.safeParse(answer.body['user']);
  if (!read.success) return unseen(about, 'Slack described the person in a form that netdiag does not know');
  const wrong = trouble(read.data, team);
  const name = read.data.name === '' ? about.of : `@${read.data.name}`;
  return wrong === null ? ok(about, name) : fault(about, `${name} (${about.of}) ${wrong}`, mend);
}

/** Why netdiag would refuse this person; `null` when it would not. */
function trouble(who: z.infer<typeof user>, team: string): string | null {
  if (who.deleted) return 'is deactivated';
  if (who.is_bot) return 'is a bot';
  if (who.is_stranger || (who.team_id !== undefined && who.team_id !== team)) return 'belongs to another workspace';
  if (who.is_restricted || who.is_ultra_restricted) return 'is a guest';
  return null;
}
