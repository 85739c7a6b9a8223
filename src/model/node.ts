/** What the gate of a node said of itself. It alone decides what netdiag's keys may do there. */
export interface Gate {
  readonly version: string;
  /** Fewest distinct signers that it demands, by risk 1, 2, 3. */
  readonly approvals: readonly [number, number, number];
  /** Longest time that it lets a rollback wait, seconds. */
  readonly mostRollbackSeconds: number;
  /** Keys that may sign for this node; `null` where its list of signers is missing or not to be trusted: then nobody can. */
  readonly signers: number | null;
}

/** A node's identity: what must be equal for "the same node" to be true. */
export interface NodeIdentity {
  readonly name: string;
  /** `/etc/machine-id`; `null` when the node has none. */
  readonly machineId: string | null;
  /** `/proc/sys/kernel/random/boot_id`; a new one means the node restarted and run-time changes are gone. */
  readonly bootId: string | null;
  /** SSH host key fingerprint `SHA256:…`; `null` where the node was not reached by SSH (recordings). */
  readonly hostKey: string | null;
  /** Absent: no gate, netdiag holds a login shell. */
  readonly gate?: Gate;
}

/** One address from `node.status.addresses`, in the API's order. */
export interface NodeAddress {
  readonly type: string;
  readonly address: string;
}

/** What the Kubernetes API says of a node. */
export interface NodeFacts {
  readonly name: string;
  readonly uid: string;
  readonly addresses: readonly NodeAddress[];
  /** Ready condition: `Unknown` when the kubelet stopped posting or the condition is absent. */
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Conditions other than Ready that are not in their healthy state, e.g. `NetworkUnavailable`. */
  readonly troubles: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
  /** Node pool: the value of the first pool label known (EKS, GKE, AKS, Karpenter, kops); `null` when there is none. */
  readonly pool: string | null;
  /** What fails together: the value of `topology.kubernetes.io/zone`; absent where the node has none. */
  readonly zone?: string;
  readonly controlPlane: boolean;
  readonly unschedulable: boolean;
  readonly podCidrs: readonly string[];
  readonly machineId: string | null;
  readonly bootId: string | null;
  readonly kubelet: string;
  readonly os: string;
  readonly kernel: string;
  readonly runtime: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the Kubernetes API says of a pod. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string | null;
  /** `null` until an address is assigned. */
  readonly address: string | null;
  readonly hostNetwork: boolean;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Kind and name of the controlling owner, e.g. `DaemonSet/aws-node`; `null` for a bare pod. */
  readonly owner: string | null;
}

/** A DaemonSet as a patch must find it. */
export interface WorkloadFacts {
  readonly uid: string;
  readonly generation: number;
  /** `RollingUpdate`: a new template goes to every node by itself · `OnDelete`: to a node when its pod there is deleted. */
  readonly updateStrategy: 'RollingUpdate' | 'OnDelete';
}

/** The CNI as recognised from its DaemonSet. */
export interface CniFacts {
  /** Directory name under `src/cni`, or `unknown`. */
  readonly name: string;
  readonly version: string | null;
  readonly daemonSet: string | null;
  readonly image: string | null;
  /** Environment of the CNI's main container, plain values only; secret references are left out. */
  readonly env: Readonly<Record<string, string>>;
  /** hostPath volumes by volume name. */
  readonly hostPaths: Readonly<Record<string, string>>;
  /** Name of the CNI's main container; absent where none was recognised. */
  readonly container?: string;
  /** Volume names by the path at which that container has them; absent where not known. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Absent where the API did not give all of it; then nothing of it can be patched. */
  readonly workload?: WorkloadFacts;
}

/** A Kubernetes event about a node or one of its pods. */
export interface ClusterEvent {
  readonly about: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** Milliseconds since the epoch of the last occurrence; `null` when the API gave none. */
  readonly last: number | null;
}

/** What the Kubernetes API says of a DaemonSet: as much as recognising a CNI needs. */
export interface DaemonSetFacts {
  readonly namespace: string;
  readonly name: string;
  /** Pods that should run now; 0 for one that a migration left behind, `null` where the API gives no number. */
  readonly desired: number | null;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    /** Plain values only; references to secrets, config maps and fields are left out. */
    readonly env: Readonly<Record<string, string>>;
    /** Volume names by the path at which the container has them; absent where not known. */
    readonly mounts?: Readonly<Record<string, string>>;
  }[];
  /** hostPath volumes by volume name. */
  readonly hostPaths: Readonly<Record<string, string>>;
  /** Absent where the API did not give all of it. */
  readonly workload?: WorkloadFacts;
}
