import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxesOf } from './agent/sandbox.ts';

/** A node of a lab that is up. */
export interface LabNode {
  name: string;
  /** Its network namespace, as `ip netns` knows it. */
  ns: string;
  /** Addresses in its node.status, in that order. */
  addresses: readonly string[];
  /** Address in the management network; absent where the lab has none. */
  mgmt?: string;
  bootId: string;
  machineId: string;
  /** Public host key, `ssh-ed25519 AAAA…`, and its `SHA256:…` fingerprint. */
  hostKey: string;
  fingerprint: string;
  /** Directory of its pid files and logs. */
  directory: string;
}

/** A pod with an address of its own; its network namespace is known inside its node under /run/netns. */
export interface LabPod {
  name: string;
  namespace: string;
  node: string;
  address: string;
  netns: string;
  hostVeth: string;
}

/** What `lab.json` in the run directory says: enough for another process to use the lab. */
export interface LabRecord {
  name: string;
  twin: boolean;
  instance: string;
  runDir: string;
  prefix: string;
  controllerNs: string;
  nodes: Readonly<Record<string, LabNode>>;
  /** Namespaces of hosts that are no nodes, by name (an outside client); `fabric` is the fabric's own. */
  hosts: Readonly<Record<string, string>>;
}

/** Files of a lab, by what they hold. */
export function labFiles(runDir: string) {
  return {
    record: join(runDir, 'lab.json'),
    owner: join(runDir, 'owner.pid'),
    state: join(runDir, 'cluster.json'),
    calls: join(runDir, 'calls.jsonl'),
    config: join(runDir, 'netdiag.yml'),
    kubeconfig: join(runDir, 'kubeconfig'),
    privateKey: join(runDir, 'id_ed25519'),
    knownHosts: join(runDir, 'known_hosts'),
    nodes: join(runDir, 'node'),
  };
}

/** The pods with an address of their own that run on a lab's nodes now. */
export function podsOf({ nodes }: LabRecord): LabPod[] {
  return Object.values(nodes).flatMap(({ name: node, directory }) =>
    sandboxesOf(directory).flatMap(({ name, namespace, network }) =>
      network === null ? [] : [{ name, namespace, node, ...network }],
    ),
  );
}

/** Writes the record; its presence means that the lab came up completely. */
export function writeRecord(record: LabRecord): void {
  writeFileSync(labFiles(record.runDir).record, JSON.stringify(record, null, 2));
}

/** Reads the record, or null when the lab is not (completely) up. */
export function readRecord(runDir: string): LabRecord | null {
  try {
    return JSON.parse(readFileSync(labFiles(runDir).record, 'utf8')) as LabRecord;
  } catch {
    return null;
  }
}
