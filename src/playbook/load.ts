import { sha256 } from '../model/hash.ts';
import { schemaComplaints, written } from './complain.ts';
import type { Complaint, Place } from './complain.ts';
import { playbookSchema, proofsOf, waysOn } from './schema.ts';
import type { PlaybookFile } from './schema.ts';
import { suggest } from './suggest.ts';

/** Names that a playbook may use. */
export interface Names {
  readonly checks: readonly string[];
  readonly stimuli: readonly string[];
}

/** A playbook that may be used: valid, every name known, every state with a way to an end. */
export interface Playbook {
  readonly file: PlaybookFile;
  /** SHA-256 of the text; an incident continues only under the digest that it began with. */
  readonly digest: string;
}

/** A playbook is data of at most this many bytes; the largest of ours has 2 KiB. */
const LARGEST = 64 * 1024;

/** Reads one playbook, or says everything that is wrong with it. */
export function loadPlaybook(
  file: string,
  text: string,
  names: Names,
): { readonly playbook: Playbook } | { readonly complaints: readonly Complaint[] } {
  if (Buffer.byteLength(text) > LARGEST)
    return { complaints: [{ file, line: 1, column: 1, says: `larger than ${LARGEST} bytes` }] };
  const read = written(file, text);
  if ('complaints' in read) return read;
  const { plain, place } = read;
  const parsed = playbookSchema.safeParse(plain);
  if (!parsed.success) return { complaints: schemaComplaints(parsed.error.issues, plain, place) };
  const complaints = unknownNames(parsed.data, names, place).concat(deadEnds(parsed.data, place));
  if (file.replace(/^.*\//, '') !== `${parsed.data.id}.yml`)
    complaints.push(place(['id'], `id: the file has to be called ${parsed.data.id}.yml`));
  return complaints.length > 0 ? { complaints } : { playbook: { file: parsed.data, digest: sha256(text) } };
}

function unknownNames(playbook: PlaybookFile, names: Names, place: Place): Complaint[] {
  const complaints: Complaint[] = [];
  const check = (kind: string, known: readonly string[], name: string, path: readonly PropertyKey[]): void => {
    if (known.includes(name)) return;
    const near = suggest(name, known);
    complaints.push(
      place(
        path,
        `${path.join('.')}: no ${kind} is called ${name}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
      ),
    );
  };
  const states = Object.keys(playbook.states);
  check('state', states, playbook.start, ['start']);
  for (const [name, state] of Object.entries(playbook.states)) {
    if ('narrow' in state)
      state.narrow.forEach((id, index) => check('check', names.checks, id, ['states', name, 'narrow', index]));
    if ('prove' in state)
      proofsOf(state).forEach(({ stimulus }, index) => {
        const path = ['states', name, 'prove', ...(Array.isArray(state.prove) ? [index] : []), 'stimulus'];
        check('stimulus', names.stimuli, stimulus, path);
      });
    for (const [event, target] of waysOn(state)) {
      check(
        'state',
        states,
        target,
        'ask' in state ? ['states', name, 'next', event, 'state'] : ['states', name, 'next', event],
      );
    }
  }
  return complaints;
}

/** States from which no end is reached, and states that nothing leads to. */
function deadEnds(playbook: PlaybookFile, place: Place): Complaint[] {
  const ways = new Map(
    Object.entries(playbook.states).map(([name, state]) => [name, waysOn(state).map(([, target]) => target)]),
  );
  const ending = new Set(
    Object.entries(playbook.states)
      .filter(([, state]) => 'end' in state)
      .map(([name]) => name),
  );
  for (let grown = true; grown;) {
    grown = false;
    for (const [name, targets] of ways) {
      if (!ending.has(name) && targets.some((target) => ending.has(target))) grown = ending.add(name).size > 0;
    }
  }
  const reached = new Set<string>();
  const queue = [playbook.start];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...(ways.get(name) ?? []));
  }
  return [...ways.keys()].flatMap((name) => [
    ...(ending.has(name) ? [] : [place(['states', name], `states.${name}: no end is reached from here`)]),
    ...(reached.has(name) ? [] : [place(['states', name], `states.${name}: nothing leads here`)]),
  ]);
}
