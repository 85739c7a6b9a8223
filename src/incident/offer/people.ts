import type { Person, Standing } from '../../model/index.ts';
import type { ApprovalPolicy } from '../house.ts';

/** Whether two ids are one person's: the same id, or configured to be. */
export function samePerson(
  one: Pick<Person, 'id'>,
  other: Pick<Person, 'id'>,
  { identities = [] }: ApprovalPolicy,
): boolean {
  return one.id === other.id || identities.some((ids) => ids.includes(one.id) && ids.includes(other.id));
}

/** Whether somebody is configured to approve, under any of their ids or by a user group that they are in now. */
export function isApprover(by: Pick<Person, 'id'>, policy: ApprovalPolicy, groups: readonly string[]): boolean {
  return policy.approvers.some((one) => groups.includes(one.id) || samePerson(one, by, policy));
}

/** Whether somebody may turn a plan down, revoke an approval and stop the incident: whoever may approve, and whoever started it. */
export function mayReject(
  by: Person,
  requester: Person,
  policy: ApprovalPolicy,
  groups: readonly string[] = [],
): boolean {
  return samePerson(by, requester, policy) || isApprover(by, policy, groups);
}

/** Whether somebody may lead the diagnosis elsewhere: whoever started it, who may start one by name, and whoever may approve. */
export function maySteer(by: Person, requester: Person, policy: ApprovalPolicy, groups: readonly string[]): boolean {
  return mayReject(by, requester, policy, groups) || named(by, policy.starters, policy);
}

/** Whether somebody may answer its questions and ask for more of it: as `maySteer`, and everybody where everybody may start one. */
export function mayAsk(by: Person, requester: Person, policy: ApprovalPolicy, groups: readonly string[]): boolean {
  return (policy.starters ?? []).length === 0 || maySteer(by, requester, policy, groups);
}

/** Whether somebody may approve alone in an emergency. */
export function mayBreakGlass(by: Person, policy: ApprovalPolicy): boolean {
  return named(by, policy.breakers, policy);
}

/** Whether it is known how somebody stands now: of a user of this machine the configuration says it, of anybody else the chat. */
export function isTold(by: Person, standing: readonly Standing[]): boolean {
  return by.id.startsWith('terminal:') || standing.some(({ id }) => id === by.id);
}

/** Whether somebody who approved before still may. */
export function stillApprover(by: Person, policy: ApprovalPolicy, standing: readonly Standing[]): boolean {
  if (by.id.startsWith('terminal:')) return isApprover(by, policy, []);
  const now = standing.find(({ id }) => id === by.id);
  return now !== undefined && now.member && isApprover(by, policy, now.groups);
}

/** People who may approve, each under the first of their ids, without one of them. */
export function approversBut(requester: Person, policy: ApprovalPolicy): readonly Person[] {
  return policy.approvers.filter(
    (one, at) =>
      !samePerson(one, requester, policy) &&
      policy.approvers.findIndex((earlier) => samePerson(earlier, one, policy)) === at,
  );
}

/** Whether the configuration says whose id that is. */
export function isNamed({ id }: Pick<Person, 'id'>, { identities = [] }: ApprovalPolicy): boolean {
  return identities.some((ids) => ids.includes(id));
}

/** Names in `approval.signersFile` under which somebody signs. */
export function signersOf(by: Pick<Person, 'id'>, { identities = [] }: ApprovalPolicy): readonly string[] {
  const own = identities.find((ids) => ids.includes(by.id)) ?? [];
  return own.flatMap((id) => (id.startsWith('signer:') ? [id.slice('signer:'.length)] : []));
}

/** `@anna or @sam`, or that nobody is configured. */
export function names(people: readonly Person[]): string {
  return people.length === 0
    ? 'nobody is configured to (approval.approvers)'
    : people.map((person) => `@${person.name}`).join(' or ');
}

function named(by: Person, ids: readonly string[] | undefined, policy: ApprovalPolicy): boolean {
  return ids?.some((id) => samePerson({ id }, by, policy)) === true;
}
