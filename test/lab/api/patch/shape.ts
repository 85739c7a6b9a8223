/**
 * What a value of the API is, as far as patching and checking need it: the merge keys of lists are those of the struct tags in
 * https://github.com/kubernetes/api/blob/v0.34.2/core/v1/types.go and apps/v1/types.go.
 */
export type Shape =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'integer-or-string'
  /** Anything: nothing of it is checked, and lists inside are replaced whole. */
  | 'any'
  /** Keys are free. */
  | { is: 'map'; of: Shape }
  /** Only these fields exist; `go` is what the server's own error texts call it. */
  | { is: 'object'; go: string; fields: Readonly<Record<string, Shape>> }
  /** `key`: its elements are found again by that field; `set`: scalars without repetition; else the list is one value. */
  | { is: 'list'; of: Shape; key?: string; set?: true };

const text: Shape = { is: 'map', of: 'string' };
const list = (of: Shape, key?: string): Shape => ({ is: 'list', of, ...(key === undefined ? {} : { key }) });
const object = (go: string, fields: Readonly<Record<string, Shape>>): Shape => ({ is: 'object', go, fields });
/** Fields that are there and that nobody looks into. */
const anys = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'any' as const]));

const metadata = object('ObjectMeta', {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'integer',
  creationTimestamp: 'any',
  deletionTimestamp: 'any',
  deletionGracePeriodSeconds: 'integer',
  labels: text,
  annotations: text,
  ownerReferences: list('any', 'uid'),
  finalizers: { is: 'list', of: 'string', set: true },
  managedFields: list('any'),
});

const env = object('EnvVar', { name: 'string', value: 'string', valueFrom: { is: 'map', of: 'any' } });

const container = object('Container', {
  name: 'string',
  image: 'string',
  command: list('string'),
  args: list('string'),
  workingDir: 'string',
  ports: list(
    object('ContainerPort', {
      name: 'string',
      hostPort: 'integer',
      containerPort: 'integer',
      protocol: 'string',
      hostIP: 'string',
    }),
    'containerPort',
  ),
  envFrom: list('any'),
  env: list(env, 'name'),
  volumeMounts: list(
    object('VolumeMount', {
      name: 'string',
      readOnly: 'boolean',
      recursiveReadOnly: 'string',
      mountPath: 'string',
      subPath: 'string',
      mountPropagation: 'string',
      subPathExpr: 'string',
    }),
    'mountPath',
  ),
  volumeDevices: list('any', 'devicePath'),
  terminationMessagePath: 'string',
  terminationMessagePolicy: 'string',
  imagePullPolicy: 'string',
  stdin: 'boolean',
  stdinOnce: 'boolean',
  tty: 'boolean',
  ...anys('resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe'),
  ...anys('startupProbe', 'lifecycle', 'securityContext'),
});

/** Kinds of volumes other than hostPath. */
export const volumeKinds: readonly string[] = `
  emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs persistentVolumeClaim rbd
  flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume quobyte azureDisk
  photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image
`
  .trim()
  .split(/\s+/);

const volume = object('Volume', {
  name: 'string',
  hostPath: object('HostPathVolumeSource', { path: 'string', type: 'string' }),
  ...anys(...volumeKinds),
});

const podSpec = object('PodSpec', {
  volumes: list(volume, 'name'),
  initContainers: list(container, 'name'),
  containers: list(container, 'name'),
  ephemeralContainers: list('any', 'name'),
  restartPolicy: 'string',
  terminationGracePeriodSeconds: 'integer',
  activeDeadlineSeconds: 'integer',
  dnsPolicy: 'string',
  nodeSelector: text,
  serviceAccountName: 'string',
  serviceAccount: 'string',
  automountServiceAccountToken: 'boolean',
  nodeName: 'string',
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostIPC: 'boolean',
  shareProcessNamespace: 'boolean',
  imagePullSecrets: list('any', 'name'),
  hostname: 'string',
  subdomain: 'string',
  schedulerName: 'string',
  tolerations: list('any'),
  hostAliases: list('any', 'ip'),
  priorityClassName: 'string',
  priority: 'integer',
  enableServiceLinks: 'boolean',
  preemptionPolicy: 'string',
  topologySpreadConstraints: list('any', 'topologyKey'),
  ...anys('securityContext', 'affinity', 'dnsConfig', 'readinessGates', 'runtimeClassName', 'overhead'),
  ...anys('setHostnameAsFQDN', 'os', 'hostUsers', 'schedulingGates', 'resourceClaims', 'resources', 'hostnameOverride'),
});

const template = object('PodTemplateSpec', { metadata, spec: podSpec });

const head = { kind: 'string', apiVersion: 'string', metadata } as const;

/** Shapes of the objects that can be patched, by kind. */
export const shapes: Readonly<Record<string, Shape>> = {
  DaemonSet: object('DaemonSet', {
    ...head,
    spec: object('DaemonSetSpec', {
      selector: object('LabelSelector', { matchLabels: text, matchExpressions: list('any') }),
      template,
      updateStrategy: object('DaemonSetUpdateStrategy', {
        type: 'string',
        rollingUpdate: object('RollingUpdateDaemonSet', {
          maxUnavailable: 'integer-or-string',
          maxSurge: 'integer-or-string',
        }),
      }),
      minReadySeconds: 'integer',
      revisionHistoryLimit: 'integer',
    }),
    status: 'any',
  }),
  Node: object('Node', {
    ...head,
    spec: object('NodeSpec', {
      podCIDR: 'string',
      podCIDRs: { is: 'list', of: 'string', set: true },
      providerID: 'string',
      unschedulable: 'boolean',
      taints: list('any'),
      configSource: 'any',
      externalID: 'string',
    }),
    status: object('NodeStatus', {
      conditions: list('any', 'type'),
      addresses: list('any', 'type'),
      ...anys('capacity', 'allocatable', 'phase', 'daemonEndpoints', 'nodeInfo', 'images', 'volumesInUse'),
      ...anys('volumesAttached', 'config', 'runtimeHandlers', 'features', 'declaredFeatures'),
    }),
  }),
  Pod: object('Pod', {
    ...head,
    spec: podSpec,
    status: object('PodStatus', {
      observedGeneration: 'integer',
      phase: 'string',
      conditions: list('any', 'type'),
      podIPs: list('any', 'ip'),
      hostIPs: list('any', 'ip'),
      ...anys('message', 'reason', 'nominatedNodeName', 'hostIP', 'podIP', 'startTime', 'initContainerStatuses'),
      ...anys('containerStatuses', 'qosClass', 'ephemeralContainerStatuses', 'resize', 'resourceClaimStatuses'),
    }),
  }),
};

/** The shape of a field or element; what is not known is anything. */
export function shapeOf(shape: Shape, key: string): Shape {
  if (typeof shape === 'string') return 'any';
  if (shape.is === 'map') return shape.of;
  if (shape.is === 'list') return shape.of;
  return Object.hasOwn(shape.fields, key) ? (shape.fields[key] ?? 'any') : 'any';
}
