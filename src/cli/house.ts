import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks as everywhere } from '../check/index.ts';
import { cniChecks } from '../cni/checks.ts';
import type { ApprovalPolicy, House } from '../incident/index.ts';
import { compile, loadPlaybook } from '../playbook/index.ts';
import type { Complaint, Playbook } from '../playbook/index.ts';
import { probes } from '../probe/index.ts';
import { remediations } from '../remediation/index.ts';
import { stimuli } from '../stimulus/index.ts';

/** Checks that make sense everywhere, and those of one CNI. */
const checks = [...everywhere, ...cniChecks];

/** The directory of the playbooks is their registry. */
export const PLAYBOOKS = join(import.meta.dirname, '../../playbooks');

/** Order of the symptom buttons; playbooks that it does not name come before "Something else", by name. */
const FIRST = ['kubelet-unreachable', 'pods-unreachable', 'pods-cannot-get-out'];
const LAST = 'something-else';

/** Reads every playbook of a directory; complaints of all of them at once. */
export function readPlaybooks(directory: string): {
  readonly playbooks: readonly Playbook[];
  readonly complaints: readonly Complaint[];
} {
  const names = { checks: checks.map(({ id }) => id), stimuli: stimuli.map(({ id }) => id) };
  const read = readdirSync(directory)
    .filter((file) => file.endsWith('.yml'))
    .toSorted()
    .map((file) => loadPlaybook(join(directory, file), readFileSync(join(directory, file), 'utf8'), names));
  return {
    playbooks: read.flatMap((one) => ('playbook' in one ? [one.playbook] : [])),
    complaints: read.flatMap((one) => ('complaints' in one ? one.complaints : [])),
  };
}

/** `playbooks/x.yml:3:5 states.narrow: …` */
export function complaintLine({ file, line, column, says }: Complaint): string {
  return `${file}:${line}:${column} ${says}`;
}

/** Playbooks that cannot be used. */
export class BadPlaybooks extends Error {
  override readonly name = 'BadPlaybooks';
}

/** Everything that the fold may choose from. Throws BadPlaybooks with one line per mistake. */
export function buildHouse(directory: string, approval: ApprovalPolicy): House {
  const { playbooks, complaints } = readPlaybooks(directory);
  if (complaints.length > 0) throw new BadPlaybooks(complaints.map(complaintLine).join('\n'));
  const rank = ({ file }: Playbook): number =>
    file.id === LAST ? FIRST.length + 1 : FIRST.includes(file.id) ? FIRST.indexOf(file.id) : FIRST.length;
  const ordered = playbooks.toSorted((a, b) => rank(a) - rank(b));
  return Object.freeze({
    checks,
    remediations,
    playbooks: new Map(ordered.map((playbook) => [playbook.file.id, { playbook, route: compile(playbook) }])),
    cheap: probes.filter(({ cheap }) => cheap).map(({ id }) => id),
    approval,
  });
}
