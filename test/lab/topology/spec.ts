/** A cable from a namespace to a segment of the fabric. */
export interface Nic {
  segment: string;
  /** Interface name inside the node, for example `eth0`. */
  name: string;
  mac: string;
  /** The addresses that the fabric knows behind this interface: it answers ARP for them and lets only them be source. */
  owns: readonly string[];
  mtu?: number;
}

/** A broadcast domain: one bridge in the fabric's namespace. */
export interface Segment {
  name: string;
  /** The router's address with prefix length, or null when the segment has no router. */
  gateway: { address: string; mac: string } | null;
  /**
   * True: like a cloud's network. The fabric itself answers ARP, and drops silently what leaves an interface with a source
   * that does not belong to it. False: a plain switch.
   */
  sourceCheck: boolean;
}

/** One thing to do inside a namespace while it is built, in order. */
export type Step =
  | { do: 'ip'; lines: readonly string[] }
  | { do: 'bridge'; lines: readonly string[] }
  | { do: 'file'; path: string; text: string }
  | { do: 'unix-socket'; path: string }
  | { do: 'sysctl'; settings: readonly (readonly [key: string, value: string])[] }
  | { do: 'iptables'; rules: string }
  | { do: 'ipset'; lines: readonly string[] }
  | { do: 'pod-ip'; pod: string; lines: readonly string[] };

/** A pod: an inner network namespace of its node, known there under /run/netns by `netns`. */
export interface PodSpec {
  name: string;
  namespace: string;
  address: string;
  netns: string;
  hostVeth: string;
  /** TCP port on which it accepts connections; absent: none. */
  listens?: number;
  /** Names that it resolves, over UDP and TCP: every name of the domain has the one address. Absent: it serves nothing. */
  serves?: { domain: string; answer: string };
}

/** A network interface of the cloud that is attached to a node, with the addresses that pods may have on it. */
export interface Eni {
  id: string;
  /** Its interface on the node. */
  device: string;
  mac: string;
  address: string;
  /** The subnet, `172.31.48.0/20`. */
  prefix: string;
  gateway: string;
  /** The table of its routes; null for the primary one, whose routes are in main. */
  table: number | null;
  addresses: readonly string[];
}

/** An object of the Kubernetes API that runs on a node without a namespace of its own (hostNetwork). */
export interface HostPodSpec {
  name: string;
  namespace: string;
  container: string;
  owner: string;
}

/** What a node says it runs: in /etc/os-release and in its node.status. */
export interface OperatingSystem {
  name: string;
  id: string;
  version: string;
}

export interface NodeSpec {
  name: string;
  nics: readonly Nic[];
  /** Address in the management network, null for a node that has none. */
  mgmt: string | null;
  /** What node.status.addresses says, InternalIPs in order. */
  internalIps: readonly string[];
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  podCidr: string;
  /** As the cloud names the machine (`aws:///ZONE/i-…`); empty without a cloud. */
  providerId: string;
  os: OperatingSystem;
  controlPlane: boolean;
  /** What node.status says it runs containers with; absent: containerd. */
  runtime?: string;
  /** True when the kubelet noticed a new boot id when it came up. */
  rebooted: boolean;
  /** Files under the node's own /etc, by path relative to it. */
  etc: Readonly<Record<string, string>>;
  steps: readonly Step[];
  pods: readonly PodSpec[];
  hostPods: readonly HostPodSpec[];
  /** What the cloud has attached to it, primary first; absent: it is in no cloud, or nobody manages its addresses. */
  enis?: readonly Eni[];
  /** A NodePort that leads to those of its own pods which listen on `to`. */
  nodePort?: { from: number; to: number };
}

/** A namespace that is no node: an outside host, or the controller from which netdiag runs. */
export interface HostSpec {
  name: string;
  nics: readonly Nic[];
  steps: readonly Step[];
}

export interface Topology {
  segments: readonly Segment[];
  /** Further things to do in the fabric's namespace, after its bridges and ports exist. */
  fabricSteps: readonly Step[];
  nodes: readonly NodeSpec[];
  hosts: readonly HostSpec[];
  controller: HostSpec;
  cni: 'aws-vpc' | 'calico' | 'flannel';
  /** The cloud's network in which ENIs are. */
  vpc?: { cidr: string; gateway: string };
  /** The service of the cluster DNS as kube-proxy translates it on every node of the lab; absent: it does not. */
  dns?: { address: string; ports: readonly (readonly ['tcp' | 'udp', number])[] };
  /** The range that flannel divides among the nodes. */
  flannelNetwork?: string;
  /** Address of the service of the cluster DNS; absent where the lab has none. */
  dnsService?: string;
  /** How its aws-node DaemonSet differs from the ordinary one; a mount that is `null` is not there. */
  awsNode?: {
    version: string;
    env: Readonly<Record<string, string>>;
    mounts: Readonly<Record<string, string | null>>;
    /** Where a mount is in the container; absent: at the node's own path. */
    inContainer?: Readonly<Record<string, string>>;
  };
  /** The address under which the controller reaches the API server. */
  apiAddress: string;
}
