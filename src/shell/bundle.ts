import type { Digest, IncidentState } from '../model/index.ts';
import { redact } from '../model/secret/redact.ts';
import type { Journal } from '../port.ts';

/** Bytes as text where they are valid UTF-8, otherwise in base64. */
type Kept = { readonly text: string } | { readonly base64: string };

/**
 * Everything that is known of an incident, as one JSON document: events in order, audit, decisions and questions in the
 * state, and every raw output and capture under its SHA-256. Absent bytes are absent from `bytes`; what buttons are known by, and the
 * bits that it is derived from, are left out.
 */
export async function bundle(journal: Journal, state: IncidentState): Promise<Uint8Array> {
  const digests = new Set<Digest>([
    ...Object.values(state.answers).flatMap(({ output }) => (output === null ? [] : [output])),
    ...state.watches.flatMap(({ captures }) => captures.map(({ output }) => output)),
    ...state.watches.flatMap(({ counters }) => counters.flatMap(({ output }) => (output === null ? [] : [output]))),
  ]);
  for (const change of [...state.past, state.change]) {
    const before = change?.cluster?.before ?? null;
    if (before !== null) digests.add(before);
  }
  const bytes: Record<Digest, Kept> = {};
  for (const digest of [...digests].toSorted()) {
    const kept = await journal.bytes(digest);
    if (kept !== null) bytes[digest] = readable(kept);
  }
  const document = {
    netdiag: 'bundle',
    version: 1,
    state: { ...state, buttons: {} },
    events: (await journal.events(state.id)).map((event) => ({ ...event, seed: '' })),
    audit: await journal.audit(state.id),
    bytes,
  };
  return new TextEncoder().encode(`${JSON.stringify(document, unsecret, 1)}\n`);
}

/** What is kept was without secrets when it came in; a file leaves the house, so it is looked at once more. */
function unsecret(name: string, value: unknown): unknown {
  if (name === 'token' || name === 'tokens') return undefined;
  return typeof value === 'string' ? redact(value).text : value;
}

function readable(kept: Uint8Array): Kept {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(kept) };
  } catch {
    return { base64: Buffer.from(kept).toString('base64') };
  }
}

/** File name of a bundle: the node's name is a DNS name, checked when the incident was opened. */
export function bundleName({ node, id }: IncidentState, ending: 'json' | 'md' = 'json'): string {
  return `netdiag-${node}-${id.slice(0, 8)}.${ending}`;
}
