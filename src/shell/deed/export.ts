import { postMortem } from '../../incident/index.ts';
import type { IncidentState } from '../../model/index.ts';
import { bundle, bundleName } from '../bundle.ts';
import type { Ports } from '../ports.ts';

/** Puts the incident's bundle into its thread. */
export async function exportBundle(ports: Ports, state: IncidentState): Promise<void> {
  const bytes = await bundle(ports.journal, state);
  await share(ports, state, { name: bundleName(state), title: 'Everything that was seen and decided' }, bytes);
}

/** Puts a closed incident into its thread as Markdown; nothing for one that was opened again meanwhile. */
export async function exportMarkdown(ports: Ports, state: IncidentState): Promise<void> {
  const text = postMortem(state);
  if (text === null) return;
  const named = { name: bundleName(state, 'md'), title: 'The incident as Markdown, to copy' };
  await share(ports, state, named, new TextEncoder().encode(text));
}

async function share(
  ports: Ports,
  { place }: IncidentState,
  named: { readonly name: string; readonly title: string },
  bytes: Uint8Array,
): Promise<void> {
  const output = await ports.journal.keep('output', bytes);
  await ports.thread.attach(place, [{ ...named, output }], async () => bytes);
}
