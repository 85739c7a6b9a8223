import type { IncidentState } from '../../model/index.ts';
import { bundle, bundleName } from '../bundle.ts';
import type { Ports } from '../ports.ts';

/** Puts the incident's bundle into its thread. */
export async function exportBundle(ports: Ports, state: IncidentState): Promise<void> {
  const bytes = await bundle(ports.journal, state);
  const output = await ports.journal.keep('output', bytes);
  const file = { name: bundleName(state), title: 'Everything that was seen and decided', output };
  await ports.thread.attach(state.place, [file], async () => bytes);
}
