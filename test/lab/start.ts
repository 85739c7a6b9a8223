import { randomBytes } from 'node:crypto';
import type { Fault } from './fault/fault.ts';
import { faults } from './fault/index.ts';
import { type Lab, labOf } from './lab-handle.ts';
import { claim, lower, sweepOrphans } from './lower.ts';
import { writePidFile } from './pid-file.ts';
import { type Place, placeOf } from './place.ts';
import { raise } from './raise.ts';
import { labFiles } from './record.ts';
import type { Topology } from './topology/spec.ts';

/** How a lab is started. */
export interface StartOptions {
  /** The same topology without the fault. */
  twin?: boolean;
  /** Behind the name of every node, as clouds have it: two labs of one topology can then be told apart. */
  domain?: string;
  /** Milliseconds until the API server's dial to a kubelet times out; 30 000 unless told, as in a real API server. */
  dialTimeoutMs?: number;
}

/** Brings a lab up under an instance name, after cleaning what an earlier one left there. Cleans up when it fails. */
export async function raiseLab(
  place: Place,
  name: string,
  options: StartOptions & { ownedByUs: boolean },
): Promise<Lab> {
  const fault = faultNamed(name);
  const twin = options.twin ?? false;
  await claim(place);
  if (options.ownedByUs) writePidFile(labFiles(place.runDir).owner, process.pid);
  try {
    const dialTimeoutMs = options.dialTimeoutMs ?? 30_000;
    const record = await raise(place, {
      name,
      twin,
      topology: within(fault.topology(twin), options.domain),
      dialTimeoutMs,
    });
    return labOf(place, record);
  } catch (error) {
    await lower(place);
    throw error;
  }
}

/** The same topology with nodes of longer names. */
function within(topology: Topology, domain: string | undefined): Topology {
  if (domain === undefined) return topology;
  return { ...topology, nodes: topology.nodes.map((node) => ({ ...node, name: `${node.name}.${domain}` })) };
}

/**
 * Starts a lab of one's own beside all others, for tests. `prefix` begins its instance name and is only there to be recognised.
 * It belongs to the calling process: when that dies without `down`, the next start removes it.
 */
export async function startLab(name: string, options: StartOptions & { prefix?: string } = {}): Promise<Lab> {
  await sweepOrphans();
  const place = placeOf(`${options.prefix ?? 'test'}-${name}-${randomBytes(4).toString('hex')}`);
  return raiseLab(place, name, { ...options, ownedByUs: true });
}

/** The fault of that name. Throws, naming those that exist. */
export function faultNamed(name: string): Fault {
  const fault = faults.find((fault) => fault.name === name);
  if (!fault) throw new Error(`there is no lab "${name}"; there are ${faults.map(({ name }) => name).join(', ')}`);
  return fault;
}
