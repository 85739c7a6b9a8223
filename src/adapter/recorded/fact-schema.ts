import { z } from 'zod';
import type { ClusterEvent, CniFacts, Gap, NodeFacts, PodFacts } from '../../model/index.ts';
import type { KubeletReach } from '../../port.ts';
import type { Rehearsal } from './recording.ts';

const text = z.string();
const texts = z.array(text);
const optionalText = text.nullable();
const named = z.record(text, text);

export const gapSchema: z.ZodType<Gap> = z.enum([
  'unreachable',
  'timed-out',
  'denied',
  'not-installed',
  'unparsable',
  'truncated',
  'not-recorded',
]);

const nodeSchema: z.ZodType<NodeFacts> = z.strictObject({
  name: text,
  uid: text,
  addresses: z.array(z.strictObject({ type: text, address: text })),
  ready: z.enum(['True', 'False', 'Unknown']),
  troubles: z.array(z.strictObject({ type: text, reason: text, message: text })),
  pool: optionalText,
  zone: text.exactOptional(),
  controlPlane: z.boolean(),
  unschedulable: z.boolean(),
  podCidrs: texts,
  machineId: optionalText,
  bootId: optionalText,
  kubelet: text,
  os: text,
  kernel: text,
  runtime: text,
  annotations: named,
});

const podSchema: z.ZodType<PodFacts> = z.strictObject({
  namespace: text,
  name: text,
  uid: text,
  node: optionalText,
  address: optionalText,
  hostNetwork: z.boolean(),
  phase: text,
  ready: z.boolean(),
  restarts: z.number(),
  owner: optionalText,
});

const eventSchema: z.ZodType<ClusterEvent> = z.strictObject({
  about: text,
  type: text,
  reason: text,
  message: text,
  count: z.number(),
  last: z.number().nullable(),
});

/** What the API may have said to each of the port's questions. */
export const factSchemas = {
  nodes: z.array(nodeSchema),
  pods: z.array(podSchema),
  events: z.array(eventSchema),
  apiServers: texts,
  cni: z.strictObject({
    name: text,
    version: optionalText,
    daemonSet: optionalText,
    image: optionalText,
    env: named,
    hostPaths: named,
    container: text.exactOptional(),
    mounts: named.exactOptional(),
    workload: z
      .strictObject({ uid: text, generation: z.int(), updateStrategy: z.enum(['RollingUpdate', 'OnDelete']) })
      .exactOptional(),
  }) satisfies z.ZodType<CniFacts>,
  kubelets: z.strictObject({
    verdict: z.enum(['answers', 'timed-out', 'refused', 'no-route', 'other']),
    said: text,
    ms: z.number(),
  }) satisfies z.ZodType<KubeletReach>,
  rehearsals: z.discriminatedUnion('is', [
    z.strictObject({ is: z.literal('would'), difference: texts }),
    z.strictObject({ is: z.literal('refused'), detail: text }),
  ]) satisfies z.ZodType<Rehearsal>,
};
