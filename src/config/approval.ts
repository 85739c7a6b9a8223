import { shown } from './problem.ts';
import type { FileSettings } from './schema.ts';
import type { Missing, Readable } from './serve.ts';
import type { Need, ServeConfig } from './shape.ts';

type People = NonNullable<NonNullable<FileSettings['approval']>['people']>;

/** Who may approve, under which ids, and how their signatures are verified; says what cannot be meant. */
export function approvalSettings(
  { approval: given }: FileSettings,
  need: Need,
  readable: Readable,
  missing: Missing,
): ServeConfig['approval'] {
  if (given === undefined) {
    if (need.slack) missing('approval', 'found nothing, expected a mapping with approvers');
    return { approvers: [], expiresMinutes: 15, identities: [], signersFile: null, breakGlass: [] };
  }
  const { approvers, expiresMinutes, people = {}, breakGlass = [] } = given;
  const identities = Object.values(people).map(idsOf);
  doubled(people, missing);
  const signersFile = given.signersFile === undefined ? null : readable('approval.signersFile', given.signersFile);
  if (signersFile === null && breakGlass.length > 0)
    missing('approval.signersFile', 'found nothing, expected it beside breakGlass: approving alone needs a signature');
  for (const [at, id] of breakGlass.entries()) {
    const signers = identities.find((ids) => ids.includes(id))?.filter((one) => one.startsWith('signer:')) ?? [];
    if (signers.length === 0)
      missing(`approval.breakGlass.${at}`, `found ${shown(id)}, expected somebody in approval.people who has signers`);
  }
  return { approvers, expiresMinutes, identities, signersFile, breakGlass };
}

function idsOf({ slack, terminal, signers }: People[string]): readonly string[] {
  return [...slack, ...terminal.map((name) => `terminal:${name}`), ...signers.map((name) => `signer:${name}`)];
}

/** An id of two people would let one of them act as the other. */
function doubled(people: People, missing: Missing): void {
  const owners = new Map<string, string>();
  for (const [name, person] of Object.entries(people)) {
    for (const id of idsOf(person)) {
      const owner = owners.get(id);
      if (owner !== undefined)
        missing(
          `approval.people.${name}`,
          `found ${shown(id)}, which is ${owner === name ? 'there twice' : `that of ${owner} too`}`,
        );
      owners.set(id, name);
    }
  }
}
