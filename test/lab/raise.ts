import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, writeSandboxes } from './agent/sandbox.ts';
import { bornUid } from './cluster/pod-object.ts';
import { clusterState, writeState } from './cluster/state.ts';
import { writeConfigFiles } from './config-files.ts';
import { startDaemon } from './daemon.ts';
import { buildFabric, type Plug } from './fabric.ts';
import { makeKeyPair, selfSigned, signedBy, type Certificate } from './keys.ts';
import type { KubeletSettings } from './kubelet.ts';
import { linksReady } from './link-ready.ts';
import { addNamespaces, inNamespace } from './namespace.ts';
import { inNode, startNode } from './node.ts';
import { livingPid } from './pid-file.ts';
import { startPodListener } from './pod-listener.ts';
import type { Place } from './place.ts';
import { labFiles, type LabNode, type LabRecord, writeRecord } from './record.ts';
import { takeSteps } from './steps.ts';
import { baseline } from './topology/baseline.ts';
import type { NodeSpec, PodSpec, Topology } from './topology/spec.ts';

/** What to raise. */
export interface Raise {
  name: string;
  twin: boolean;
  topology: Topology;
  dialTimeoutMs: number;
}

const listeners = join(import.meta.dirname);

/** Builds everything of a lab in its (existing, empty) run directory. Rejects with the first thing that failed. */
export async function raise(place: Place, what: Raise): Promise<LabRecord> {
  const { topology } = what;
  const files = labFiles(place.runDir);
  const ns = (name: string) => `${place.prefix}${name}`;
  const fabricNs = ns('fabric');
  const boxes = [...topology.nodes, ...topology.hosts, topology.controller];
  const certificates = makeCertificates(place.runDir, topology);
  certificates.catch(() => undefined);
  const [userKey] = await Promise.all([
    makeKeyPair(files.privateKey, 'netdiag'),
    addNamespaces([fabricNs, ...boxes.map(({ name }) => ns(name))]),
  ]);
  await Promise.all(topology.nodes.map(({ name }) => takeSteps([baseline], (argv) => inNamespace(ns(name), argv))));
  const plugs = boxes.flatMap(({ name, nics }) => nics.map((nic): Plug => ({ namespace: ns(name), nic })));
  const [nodes] = await Promise.all([
    Promise.all(topology.nodes.map((spec) => startLabNode(place, spec, userKey.line))),
    buildFabric(fabricNs, topology.segments, plugs),
  ]);
  await Promise.all([
    takeSteps(topology.fabricSteps, (argv) => inNamespace(fabricNs, argv)),
    ...[...topology.hosts, topology.controller].map(({ name, steps }) =>
      takeSteps(steps, (argv) => inNamespace(ns(name), argv)),
    ),
    ...topology.nodes.map(({ name, steps }) => takeSteps(steps, (argv) => inNode(join(files.nodes, name), argv))),
  ]);
  const tokens = {
    netdiag: token(),
    reader: token(),
    kubelets: Object.fromEntries(nodes.map(({ name }) => [name, token()])),
  };
  const state = clusterState(
    topology,
    { nodes: Object.fromEntries(nodes.map((node) => [node.name, node])), tokens, dialTimeoutMs: what.dialTimeoutMs },
    new Date(),
  );
  writeState(files.state, state);
  const made = await certificates;
  await startApiServer(place.runDir, topology, made);
  await Promise.all(
    topology.nodes.flatMap(({ name, pods }) => pods.map((pod) => startResolver(join(files.nodes, name), pod))),
  );
  await Promise.all(
    topology.nodes.flatMap(({ name, pods }) => pods.map((pod) => startPodListener(join(files.nodes, name), pod))),
  );
  await Promise.all(
    topology.nodes.map((spec) => startKubelet(place.runDir, spec, topology, made, tokens.kubelets[spec.name] ?? '')),
  );
  writeConfigFiles({
    runDir: place.runDir,
    cluster: `lab-${what.name}`,
    apiServer: `https://${topology.apiAddress}:6443`,
    caFile: made.authority.certFile,
    token: tokens.netdiag,
    userKey,
    nodes,
  });
  await Promise.all(nodes.map(({ directory }) => linksReady((argv) => inNode(directory, argv))));
  const record: LabRecord = {
    name: what.name,
    twin: what.twin,
    instance: place.instance,
    runDir: place.runDir,
    prefix: place.prefix,
    controllerNs: ns(topology.controller.name),
    nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
    hosts: { fabric: fabricNs, ...Object.fromEntries(topology.hosts.map(({ name }) => [name, ns(name)])) },
  };
  writeRecord(record);
  return record;
}

async function startLabNode(place: Place, spec: NodeSpec, authorizedKey: string): Promise<LabNode> {
  const namespace = `${place.prefix}${spec.name}`;
  const directory = join(labFiles(place.runDir).nodes, spec.name);
  const { name, id, version } = spec.os;
  const osRelease = `PRETTY_NAME="${name}"\nNAME="${name.replace(/ \d.*$/, '')}"\nVERSION_ID="${version}"\nID="${id}"\n`;
  const etc = { 'os-release': osRelease, ...spec.etc };
  const started = await startNode({ directory, namespace, hostname: spec.name, authorizedKey, etc });
  const mgmt = spec.mgmt === null ? {} : { mgmt: spec.mgmt };
  return { name: spec.name, ns: namespace, addresses: spec.internalIps, ...mgmt, ...started, directory };
}

interface Certificates {
  authority: Certificate;
  apiServer: Certificate;
  kubelet: Certificate;
}

async function makeCertificates(runDir: string, topology: Topology): Promise<Certificates> {
  const pki = join(runDir, 'pki');
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  const apiNode = topology.nodes.find(({ controlPlane }) => controlPlane);
  const apiAddresses = [...new Set([topology.apiAddress, ...(apiNode?.internalIps ?? []), '127.0.0.1'])];
  const kubelets = topology.nodes.flatMap(({ internalIps }) => internalIps);
  const [authority, kubelet] = await Promise.all([
    selfSigned(join(pki, 'ca'), 'lab-ca', [], true),
    selfSigned(join(pki, 'kubelet'), 'kubelet', kubelets),
  ]);
  const apiServer = await signedBy(authority, join(pki, 'apiserver'), 'kubernetes', apiAddresses);
  return { authority, apiServer, kubelet };
}

async function startApiServer(runDir: string, topology: Topology, { apiServer }: Certificates): Promise<void> {
  const node = topology.nodes.find(({ controlPlane }) => controlPlane);
  if (!node) throw new Error('the topology has no control plane for the API server to run on');
  const files = labFiles(runDir);
  const directory = join(files.nodes, node.name);
  const script = join(listeners, 'apiserver.ts');
  const argv = [process.execPath, script, files.state, files.calls, apiServer.certFile, apiServer.keyFile];
  await startDaemon({ name: 'apiserver', directory, argv: inNode(directory, argv, 'without-mounts') });
}

async function startKubelet(
  runDir: string,
  spec: NodeSpec,
  topology: Topology,
  { authority, kubelet }: Certificates,
  bearer: string,
): Promise<void> {
  const directory = join(labFiles(runDir).nodes, spec.name);
  const apiNode = topology.nodes.find(({ controlPlane }) => controlPlane)?.internalIps[0] ?? '';
  const settings: KubeletSettings = {
    node: spec.name,
    directory,
    hostIP: spec.internalIps[0] ?? '',
    runtime: (spec.runtime ?? 'containerd').split(':')[0] ?? '',
    cni: topology.cni,
    enis: spec.enis ?? [],
    vpc: topology.vpc ?? null,
    flannel: topology.flannelNetwork === undefined ? null : { network: topology.flannelNetwork, podCidr: spec.podCidr },
    nodePort: spec.nodePort ?? null,
    dns: topology.dns ?? null,
    programs: programsOf(topology),
    certFile: kubelet.certFile,
    keyFile: kubelet.keyFile,
    apiServer: `https://${apiNode}:6443`,
    caFile: authority.certFile,
    token: bearer,
  };
  writeSandboxes(directory, sandboxesAtBirth(spec));
  const settingsFile = join(directory, 'kubelet.json');
  writeFileSync(settingsFile, JSON.stringify(settings), { mode: 0o600 });
  const argv = [process.execPath, join(listeners, 'kubelet.ts'), settingsFile];
  await startDaemon({ name: 'kubelet', directory, argv: inNode(directory, argv, 'without-mounts') });
}

/** What the containers of this topology's pods do. */
function programsOf(topology: Topology): KubeletSettings['programs'] {
  const pods = topology.nodes.flatMap((node) => node.pods);
  return Object.fromEntries(
    pods.map(({ name, listens, serves }) => [
      containerOf(name),
      { ...(listens === undefined ? {} : { listens }), ...(serves === undefined ? {} : { serves }) },
    ]),
  );
}

function sandboxesAtBirth({ hostPods, pods }: NodeSpec): Sandbox[] {
  return [
    ...hostPods.map(({ namespace, name, container }) => ({
      uid: bornUid(namespace, name),
      namespace,
      name,
      containers: [container],
      network: null,
    })),
    ...pods.map(({ namespace, name, address, netns, hostVeth }) => ({
      uid: bornUid(namespace, name),
      namespace,
      name,
      containers: [containerOf(name)],
      network: { address, netns, hostVeth },
    })),
  ];
}

/** The container of a pod is called as the first word of its name. */
function containerOf(pod: string): string {
  return pod.split('-')[0] ?? pod;
}

/** What listens inside a pod that serves something. Its network is entered through the node's first process, from outside. */
async function startResolver(directory: string, { netns, address, serves }: PodSpec): Promise<void> {
  if (serves === undefined) return;
  const enter = ['nsenter', `--net=/proc/${livingPid(join(directory, 'init.pid'))}/root/run/netns/${netns}`, '--'];
  const argv = [process.execPath, join(listeners, 'resolver.ts'), address, serves.domain, serves.answer];
  await startDaemon({ name: 'resolver', directory, argv: inNode(directory, [...enter, ...argv], 'without-mounts') });
}

function token(): string {
  return randomBytes(24).toString('base64url');
}
