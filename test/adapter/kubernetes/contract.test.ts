import nock from 'nock';
import { clusterContract, type ClusterUnderTest, type ReadingQuestion, WORLD } from '../../contract/cluster.ts';
import { type ClusterFacts, fakeCluster, nodeNamed, podNamed } from '../../fake/cluster.ts';
import { onlyNock, recordedList } from './api.ts';
import { changeable, type Changeable } from './changeable.ts';
import { cluster, recorded, SERVER } from './practice.ts';

const PATHS: Readonly<Record<ReadingQuestion, RegExp>> = {
  nodes: /^\/api\/v1\/nodes\?/,
  podsOn: /^\/api\/v1\/pods\?/,
  cni: /^\/apis\/apps\/v1\/daemonsets\?/,
  events: /^\/api\/v1\/events\?/,
  apiServers: /^\/apis\/discovery\.k8s\.io\/v1\/namespaces\/default\/endpointslices\?/,
  reachKubelet: /^\/api\/v1\/nodes\/[^/]+\/proxy\/healthz$/,
  podsOf: /^\/api\/v1\/namespaces\/[^/]+\/pods\?/,
};

function overNock(): ClusterUnderTest {
  onlyNock();
  const denied = new Set<ReadingQuestion>();
  const now = changeable();
  nock(SERVER)
    .persist()
    .get(() => true)
    .reply((request: Request) => {
      const url = new URL(request.url);
      const refused = [...denied].find((question) => PATHS[question].test(url.pathname + url.search));
      if (refused !== undefined)
        return [403, recorded('status-403-nodes-proxy.json'), { 'content-type': 'application/json' }];
      const [status, body, type] = answerTo(url, now);
      return [status, body, { 'content-type': type ?? 'application/json' }];
    });
  return { cluster: cluster(), deny: (question) => denied.add(question) };
}

/** What the recorded API server says. */
function answerTo({ pathname, searchParams }: URL, now: Changeable): [number, string, string?] {
  const selector = searchParams.get('fieldSelector') ?? '';
  switch (pathname) {
    case '/api/v1/nodes':
      return [200, recorded('nodelist.json')];
    case '/api/v1/pods':
      return [200, recordedList('podlist-default.json', ({ spec }) => `spec.nodeName=${spec?.nodeName}` === selector)];
    case '/apis/apps/v1/daemonsets':
      return [200, now.daemonSets()];
    case '/api/v1/namespaces/kube-system/pods':
      return [200, now.pods()];
    case '/api/v1/namespaces/default/pods':
      return [200, recorded('podlist-default.json')];
    case '/api/v1/events':
      return [
        200,
        recordedList('events-default.json', ({ involvedObject, type }) =>
          [
            `involvedObject.kind=${involvedObject?.kind},involvedObject.name=${involvedObject?.name}`,
            `involvedObject.kind=${involvedObject?.kind},type=${type}`,
          ].includes(selector),
        ),
      ];
    case '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices':
      return [200, recorded('endpointslices.json')];
    case `/api/v1/nodes/${WORLD.healthy}/proxy/healthz`:
      return [200, 'ok', 'text/plain; charset=utf-8'];
    case `/api/v1/nodes/${WORLD.refusing}/proxy/healthz`:
      return [503, recorded('nodes-proxy-refused.json')];
    case `/api/v1/nodes/${WORLD.silent}/proxy/healthz`:
      return [503, recorded('nodes-proxy-timeout.json')];
    default:
      return [404, '404 page not found', 'text/plain; charset=utf-8'];
  }
}

const FACTS: ClusterFacts = {
  nodes: [
    nodeNamed(WORLD.healthy, '127.0.0.11', { pool: 'ng-1' }),
    nodeNamed(WORLD.refusing, '127.0.0.12', { pool: 'ng-1' }),
    nodeNamed(WORLD.silent, '127.0.0.13', { pool: 'ng-1', ready: 'Unknown' }),
  ],
  pods: [
    podNamed('web-a', WORLD.healthy, '10.244.0.10'),
    podNamed('web-b', WORLD.refusing, '10.244.1.10'),
    podNamed('aws-node-a', WORLD.healthy, '127.0.0.11', {
      ...WORLD.cniPod,
      owner: 'DaemonSet/aws-node',
      hostNetwork: true,
    }),
  ],
  cni: {
    name: 'aws-vpc',
    version: '1.20.4',
    daemonSet: 'kube-system/aws-node',
    image: 'amazon-k8s-cni:v1.20.4',
    env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false' },
    hostPaths: {},
    container: 'aws-node',
    workload: WORLD.workload,
  },
  events: {
    [WORLD.silent]: [
      {
        about: `Node/${WORLD.silent}`,
        type: 'Normal',
        reason: 'NodeNotReady',
        message: 'Node is now: NodeNotReady',
        count: 1,
        last: Date.UTC(2026, 10, 20, 16, 1, 21),
      },
    ],
  },
  apiServers: ['10.0.10.69', '10.0.11.70'],
  kubelets: {
    [WORLD.refusing]: { verdict: 'refused', said: 'dial tcp 10.99.0.12:10250: connect: connection refused', ms: 8 },
    [WORLD.silent]: { verdict: 'timed-out', said: 'dial tcp 10.99.0.15:10250: i/o timeout', ms: 30_004 },
  },
};

function inMemory(): ClusterUnderTest {
  const fake = fakeCluster(FACTS);
  return {
    cluster: fake,
    deny: (question) => fake.fail(question, 'denied', 'The API server refuses; allow the verb "list" on nodes.'),
  };
}

clusterContract('the Kubernetes adapter', overNock);
clusterContract('the fake', inMemory);
