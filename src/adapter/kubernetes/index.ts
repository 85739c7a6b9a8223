import type { ClusterEvent, CniFacts, DaemonSetFacts, NodeFacts, PodFacts } from '../../model/index.ts';
import type { Clock, Cluster, KubeletReach } from '../../port.ts';
import { endpointsAddresses, sliceAddresses } from './api-servers.ts';
import { ASKS } from './ask.ts';
import { asking } from './asking.ts';
import { objectName } from './clean.ts';
import { isFrom, newestEvents } from './cluster-event.ts';
import type { Access } from './connect.ts';
import { daemonSetFacts } from './daemon-set-facts.ts';
import { changes } from './change.ts';
import { Failure } from './failure.ts';
import { reachOf } from './kubelet-reach.ts';
import { wholeList } from './list.ts';
import { nodeFacts } from './node-facts.ts';
import { podFacts } from './pod-facts.ts';

/** What the adapter needs to know. */
export interface KubernetesSettings extends Access {
  /** The cluster's name as people know it. */
  readonly name: string;
  readonly clock: Clock;
  /** Tells the CNI from the cluster's DaemonSets; given in, because adapters know no CNI. */
  readonly recogniseCni: (daemonSets: readonly DaemonSetFacts[]) => CniFacts;
}

/** Reads are answered in milliseconds; 10 s is a broken way. */
const DEADLINE_MS = 10_000;
/** The API server gives up on a silent kubelet after 30.0 s; a shorter deadline would hide what it then says. */
const KUBELET_DEADLINE_MS = 35_000;
/**
 * The API server gives up on a change after 34 s (requestTimeoutUpperBound,
 * https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go), and says so;
 * whoever waits less does not learn the end.
 */
const CHANGE_DEADLINE_MS = 36_000;

/**
 * The Kubernetes API as the port `Cluster`. Nothing is loaded, read or sent before the first question. Every failure is
 * a ClusterError of one sentence, which never holds a header, a token or a piece of the kubeconfig.
 */
export function kubernetesCluster(settings: KubernetesSettings): Cluster {
  const answer = asking(settings, settings.clock, {
    direct: { deadlineMs: DEADLINE_MS },
    change: { deadlineMs: CHANGE_DEADLINE_MS },
    passedOn: { deadlineMs: KUBELET_DEADLINE_MS, anyText: true },
  });

  return {
    name: settings.name,

    nodes: (): Promise<readonly NodeFacts[]> =>
      answer(ASKS.nodes, async ({ core }) => (await wholeList((page) => core.listNode(page))).map(nodeFacts)),

    podsOn: (node): Promise<readonly PodFacts[]> =>
      answer(ASKS.pods, async ({ core }) => {
        const fieldSelector = `spec.nodeName=${nameOf(node)}`;
        const pods = await wholeList((page) => core.listPodForAllNamespaces({ ...page, fieldSelector }));
        return pods.map(podFacts);
      }),

    podsOf: (namespace, owner): Promise<readonly PodFacts[]> =>
      answer(ASKS.podsOf, async ({ core }) => {
        const named = { namespace: nameOf(namespace, 'namespace') };
        const pods = await wholeList((page) => core.listNamespacedPod({ ...page, ...named }));
        return pods.map(podFacts).filter((pod) => pod.owner === owner);
      }),

    ...changes(answer, settings.clock),

    cni: (): Promise<CniFacts> =>
      answer(ASKS.daemonSets, async ({ apps }) => {
        const daemonSets = await wholeList((page) => apps.listDaemonSetForAllNamespaces(page));
        return settings.recogniseCni(daemonSets.map(daemonSetFacts));
      }),

    events: (node): Promise<readonly ClusterEvent[]> =>
      answer(ASKS.events, async ({ core }) => {
        const name = nameOf(node);
        const selected = (fieldSelector: string) =>
          wholeList((page) => core.listEventForAllNamespaces({ ...page, fieldSelector }));
        const [ofNode, ofPods] = await Promise.all([
          selected(`involvedObject.kind=Node,involvedObject.name=${name}`),
          selected('involvedObject.kind=Pod,type=Warning'),
        ]);
        return newestEvents([...ofNode, ...ofPods.filter(isFrom(name))]);
      }),

    apiServers: async (): Promise<readonly string[]> => {
      const slices = await answer(ASKS.endpointSlices, async ({ discovery }) => {
        const labelSelector = 'kubernetes.io/service-name=kubernetes';
        const all = wholeList((page) =>
          discovery.listNamespacedEndpointSlice({ ...page, namespace: 'default', labelSelector }),
        );
        // A server without discovery/v1 (before 1.21) has the addresses in Endpoints alone.
        return sliceAddresses(await all.catch(noneWhenUnknown));
      });
      if (slices.length > 0) return slices;
      return answer(ASKS.endpoints, async ({ core }) =>
        endpointsAddresses(await core.readNamespacedEndpoints({ name: 'kubernetes', namespace: 'default' })),
      );
    },

    reachKubelet: (node): Promise<KubeletReach> =>
      answer(ASKS.kubelet, async ({ passed }) => {
        const started = settings.clock.now();
        const ms = (): number => settings.clock.now() - started;
        try {
          await passed.connectGetNodeProxyWithPath({ name: nameOf(node), path: 'healthz' });
          return { verdict: 'answers', said: 'ok', ms: ms() };
        } catch (error) {
          const reach = error instanceof Failure ? reachOf(error.fault) : null;
          if (reach === null) throw error;
          return { ...reach, ms: ms() };
        }
      }),
  };
}

/** A name may stand in a path or a selector only when it has the shape of one. */
function nameOf(given: string, of: 'node' | 'namespace' = 'node'): string {
  const name = objectName(given);
  if (name === null) throw new Failure({ is: 'no-name', name: given, of });
  return name;
}

function noneWhenUnknown(error: unknown): readonly [] {
  if (error instanceof Failure && error.fault.is === 'status' && error.fault.code === 404) return [];
  throw error;
}
