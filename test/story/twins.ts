import { join } from 'node:path';
import type { Lab } from '../lab/index.ts';
import { startLab } from '../lab/index.ts';
import { clears, difference, leftOn } from './node.ts';
import type { Ended } from './often.ts';
import type { Script } from './play.ts';
import { inController } from './run.ts';
import { WAYS } from './take.ts';

const OFTEN = join(import.meta.dirname, 'often.ts');

/** Every lab whose fault can be left out, and the node that would have it. */
export const TWINS: Readonly<Record<string, string>> = {
  i1: 'ip-10-0-10-207',
  'i1-strict': 'ip-10-0-10-207',
  'i1-one-door': 'ip-10-0-10-207',
  'i2-mac': 'kylin-19',
  'i2-local': 'kylin-19',
  i3: 'dev-slave-110',
  'i3-uplink': 'dev-slave-110',
  i4a: 'ip-172-31-53-61',
  i4b: 'ip-172-31-53-61',
  i5: 'ip-172-31-53-61',
};

/** What one diagnosis may take on a machine that has other work, milliseconds. */
const MOST_MS = 10_000;

/** How a diagnosis of a healthy node ends. */
export const HEALTHY: Ended = { outcome: 'nothing-found', findings: [], offers: 0, troubles: [] };

/** Diagnoses a node that often, every symptom in turn, several at once. */
export async function often(lab: Lab, node: string, times: number): Promise<readonly Ended[]> {
  const scripts: Script[] = Array.from({ length: times }, (_, turn) => ({ node, ...WAYS[turn % WAYS.length]! }));
  const argv = [process.execPath, OFTEN, JSON.stringify(scripts)];
  const { stdout, stderr } = await inController(lab, argv, {}, 60_000 + times * MOST_MS);
  if (stdout === '') throw new Error(`${times} diagnoses of ${node} came to no end: ${stderr}`);
  return JSON.parse(stdout) as readonly Ended[];
}

/** Diagnoses the healthy twin of a lab that often. Gives what is wrong: nothing, where it was found healthy and left as it was. */
export async function twin(name: string, times: number): Promise<readonly string[]> {
  const node = TWINS[name];
  if (node === undefined) throw new Error(`there is no twin "${name}"; there are ${Object.keys(TWINS).join(', ')}`);
  const lab = await startLab(name, { prefix: 'twin', twin: true, dialTimeoutMs: 2000 });
  try {
    const [before, clean] = [await lab.nodeState(node), await leftOn(lab, node)];
    const ended = await often(lab, node, times);
    const strange = ended.filter((one) => JSON.stringify(one) !== JSON.stringify(HEALTHY));
    const complaints = strange.map((one) => `not found healthy: ${JSON.stringify(one)}`);
    if (ended.length !== times) complaints.push(`${ended.length} of ${times} diagnoses came to an end`);
    await clears(lab, node, clean).catch((error: unknown) => complaints.push(String(error)));
    return [...complaints, ...difference(before, await lab.nodeState(node)).map((line) => `node state: ${line}`)];
  } finally {
    await lab.down();
  }
}
