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

/** One of the settings, and how many people it lets approve. */
interface Examined {
  readonly item: Item;
  readonly able: number;
}

/** The people and user groups of the settings: whether netdiag would take an approval, or a start, from each of them. */
export async function peopleItems(
  ask: AskSlack,
  token: string,
  team: string,
  approvers: readonly string[],
  starters: readonly string[],
): Promise<readonly Item[]> {
  const examined: Examined[] = [];
  const look = (about: About & { readonly of: string }): Promise<Examined> =>
    about.of.startsWith('S') ? group(ask, token, about) : person(ask, token, team, about);
  for (const of of approvers) examined.push(await look({ id: 'slack.approver', title: 'approver', of }));
  const able = examined.reduce((sum, one) => sum + one.able, 0);
  const unknown = examined.some(({ item }) => item.health === 'unseen');
  for (const of of starters.filter((one) => !approvers.includes(one))) {
    examined.push(await look({ id: 'slack.starter', title: 'starter', of }));
  }
  const items = examined.map(({ item }) => item);
  if (able > 1 || unknown) return items;
  const about = { id: 'slack.approvers', title: 'approvers' };
  const mend = 'Name at least two people in approval.approvers: nobody approves what they started.';
  if (able === 0) return [...items, fault(about, 'nobody can approve, so nothing can be repaired', mend)];
  return [...items, warning(about, 'one person alone can approve, and not what they started themselves', mend)];
}

/** https://docs.slack.dev/reference/methods/usergroups.users.list; a group that is disabled has no members for Slack. */
async function group(ask: AskSlack, token: string, about: About & { readonly of: string }): Promise<Examined> {
  const mend = `Name people instead of ${about.of} in approval.approvers.`;
  const answer = await ask(token, 'usergroups.users.list', { usergroup: about.of });
  if (
    answer.is === 'refused' &&
    ['no_such_subteam', 'plan_upgrade_required', 'subteam_not_found'].includes(answer.code)
  ) {
    return { item: fault(about, `user group ${about.of}: ${answer.code}`, mend), able: 0 };
  }
  if (answer.is !== 'answered') return { item: not(about, answer, mendOf(answer)), able: 0 };
  const read = z.object({ users: z.array(z.string()) }).safeParse(answer.body);
  if (!read.success) {
    return { item: unseen(about, 'Slack listed the group in a form that netdiag does not know'), able: 0 };
  }
  const able = new Set(read.data.users).size;
  if (able === 0) return { item: fault(about, `user group ${about.of} has no members, or is disabled`, mend), able };
  return { item: ok(about, `user group ${about.of}, ${able === 1 ? 'one person' : `${able} people`}`), able };
}

async function person(
  ask: AskSlack,
  token: string,
  team: string,
  about: About & { readonly of: string },
): Promise<Examined> {
  const blind = (item: Item): Examined => ({ item, able: 0 });
  const setting = about.id === 'slack.approver' ? 'approval.approvers' : 'starters';
  const mend = `Name somebody else instead of ${about.of} in ${setting}.`;
  const answer = await ask(token, 'users.info', { user: about.of });
  if (answer.is === 'refused' && answer.code === 'user_not_found') {
    return blind(fault(about, `${about.of}: this workspace has no such person`, mend));
  }
  if (answer.is !== 'answered') return blind(not(about, answer, mendOf(answer)));
  const read = user.safeParse(answer.body['user']);
  if (!read.success) return blind(unseen(about, 'Slack described the person in a form that netdiag does not know'));
  const wrong = trouble(read.data, team);
  const name = read.data.name === '' ? about.of : `@${read.data.name}`;
  if (wrong !== null) return blind(fault(about, `${name} (${about.of}) ${wrong}`, mend));
  return { item: ok(about, name), able: 1 };
}

/** Why netdiag would refuse this person; `null` when it would not. */
function trouble(who: z.infer<typeof user>, team: string): string | null {
  if (who.deleted) return 'is deactivated';
  if (who.is_bot) return 'is a bot';
  if (who.is_stranger || (who.team_id !== undefined && who.team_id !== team)) return 'belongs to another workspace';
  if (who.is_restricted || who.is_ultra_restricted) return 'is a guest';
  return null;
}
