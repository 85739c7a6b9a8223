import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { run, type Ran, type RunOptions } from './command.ts';
import type { Call } from './api/server.ts';
import type { ClusterState } from './cluster/state.ts';
import { updateState } from './cluster/store.ts';
import { faults } from './fault/index.ts';
import type { Fault, Observation } from './fault/fault.ts';
import { lower } from './lower.ts';
import { inNamespace } from './namespace.ts';
import { inNode } from './node.ts';
import { nodeState } from './node-state.ts';
import { type Place, placeOf } from './place.ts';
import { labFiles, type LabNode, type LabPod, type LabRecord, podsOf, readRecord } from './record.ts';

/** A lab that is up. */
export interface Lab {
  name: string;
  twin: boolean;
  runDir: string;
  controllerNs: string;
  /** netdiag's own configuration (`NETDIAG_CONFIG`). */
  configFile: string;
  kubeconfig: string;
  privateKeyFile: string;
  knownHostsFile: string;
  nodes: Readonly<Record<string, LabNode>>;
  /** Other namespaces by name: `fabric`, outside hosts. */
  hosts: Readonly<Record<string, string>>;
  /** The pods that run now. */
  readonly pods: readonly LabPod[];
  /** The environment in which netdiag finds this lab, without any Slack token. */
  env: NodeJS.ProcessEnv;
  /** Runs argv inside all namespaces of a node, or in the network namespace of a pod, a host, or `controller`. By name or address. */
  exec(where: string, argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** argv that does the same; for callers who spawn by themselves. */
  enter(where: string, argv: readonly string[]): string[];
  /** Starts a process in the controller's namespace with the lab's environment; its pid is the command's own. */
  spawnInController(argv: readonly string[], options?: { env?: NodeJS.ProcessEnv; cwd?: string }): ChildProcess;
  /** True only when the incident's symptom really shows. */
  symptom(): Promise<boolean>;
  /** True only when everything that the incident broke works. */
  healthy(): Promise<boolean>;
  /** Like `symptom` and `healthy`, with what was seen in sentences. */
  observe(what: 'symptom' | 'healthy'): Promise<Observation>;
  /** The manual repair of the incident's write-up. */
  fix(): Promise<void>;
  down(): Promise<void>;
  /** Canonical text of the node's network state and of the named files, for comparison before and after. */
  nodeState(node: string, files?: readonly string[]): Promise<string>;
  /** Changes what the API server serves: objects, chaos, dial timeout. */
  changeCluster(change: (state: ClusterState) => ClusterState): void;
  /** Every call that reached the API server so far, kubelets' heartbeats left out. */
  apiCalls(): Call[];
}

/** The lab of an instance that is up, or null. */
export function openLab(instance: string): Lab | null {
  const place = placeOf(instance);
  const record = readRecord(place.runDir);
  return record && labOf(place, record);
}

/** The handle of a lab whose record is known. */
export function labOf(place: Place, record: LabRecord): Lab {
  const files = labFiles(place.runDir);
  const fault: Fault | undefined = faults.find(({ name }) => name === record.name);
  if (!fault) throw new Error(`${place.runDir} belongs to a lab "${record.name}" that this version does not know`);
  const enter = (where: string, argv: readonly string[]) => entry(record, where, argv);
  const env: NodeJS.ProcessEnv = { ...withoutSlack(process.env), NETDIAG_CONFIG: files.config };
  const lab: Lab = {
    name: record.name,
    twin: record.twin,
    runDir: record.runDir,
    controllerNs: record.controllerNs,
    configFile: files.config,
    kubeconfig: files.kubeconfig,
    privateKeyFile: files.privateKey,
    knownHostsFile: files.knownHosts,
    nodes: record.nodes,
    hosts: record.hosts,
    get pods() {
      return podsOf(record);
    },
    env,
    enter,
    exec: (where, argv, options) => run(enter(where, argv), options),
    spawnInController(argv, options = {}) {
      const [program = '', ...rest] = enter('controller', argv);
      return spawn(program, rest, { stdio: 'pipe', env: { ...env, ...options.env }, cwd: options.cwd });
    },
    observe: (what) => fault[what](lab),
    symptom: async () => (await fault.symptom(lab)).holds,
    healthy: async () => (await fault.healthy(lab)).holds,
    fix: () => fault.fix(lab),
    down: () => lower(place),
    nodeState: (node, files) => nodeState((argv) => enter(node, argv), files),
    changeCluster: (change) => void updateState(files.state, change),
    apiCalls: () => readCalls(files.calls).filter(({ user }) => !user.startsWith('system:node:')),
  };
  return lab;
}

function entry(record: LabRecord, where: string, argv: readonly string[]): string[] {
  if (where === 'controller' || where === record.controllerNs) return inNamespace(record.controllerNs, argv);
  const host = record.hosts[where];
  if (host !== undefined) return inNamespace(host, argv);
  const node = Object.values(record.nodes).find(({ name, ns }) => name === where || ns === where);
  if (node) return inNode(node.directory, argv);
  const pods = podsOf(record);
  const pod = pods.find(({ name, address }) => name === where || address === where);
  const podNode = pod && record.nodes[pod.node];
  if (podNode) return inNode(podNode.directory, ['nsenter', `--net=/run/netns/${pod.netns}`, '--', ...argv]);
  const known = [
    'controller',
    ...Object.keys(record.hosts),
    ...Object.keys(record.nodes),
    ...pods.map(({ name }) => name),
  ];
  throw new Error(`lab ${record.name} has no "${where}"; it has ${known.join(', ')}`);
}

function withoutSlack(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('SLACK_') && key !== 'KUBECONFIG'));
}

function readCalls(file: string): Call[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Call);
}
