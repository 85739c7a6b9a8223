import nock from 'nock';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '../../../src/adapter/kubernetes/clean.ts';
import { ClusterError } from '../../../src/port.ts';
import { patchTo, WORLD } from '../../contract/cluster.ts';
import { answers, onlyNock } from './api.ts';
import { cluster, failure, JSON_TYPE, recorded, SERVER } from './practice.ts';

const NODES = '/api/v1/nodes';
const PODS = '/api/v1/pods';
const list = (...items: readonly unknown[]): string => JSON.stringify({ kind: 'List', metadata: {}, items });

describe('a node', () => {
  it('is told as a real kubelet describes it', async () => {
    onlyNock();
    answers(NODES, 200, list(JSON.parse(recorded('node-real-kubelet.json'))));
    expect(await cluster().nodes()).toEqual([
      {
        name: 'node-1',
        uid: '8eb11510-9179-40f2-8983-33cd3effb747',
        addresses: [
          { type: 'InternalIP', address: '10.99.0.11' },
          { type: 'Hostname', address: 'node-1' },
        ],
        ready: 'True',
        troubles: [],
        pool: null,
        controlPlane: false,
        unschedulable: false,
        podCidrs: [],
        machineId: '3d1219c7c4c5404aaa1f6d2a48adfda4',
        bootId: '12992bb0-3dc5-4f54-9afe-e0329fb849c8',
        kubelet: 'v1.36.2',
        os: 'Debian GNU/Linux 12 (bookworm)',
        kernel: '6.18.44-fc-v657',
        runtime: 'containerd://2.1.9+unknown',
        annotations: {
          'node.alpha.kubernetes.io/ttl': '0',
          'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        },
      },
    ]);
  });

  it.each([
    ['eks.amazonaws.com/nodegroup', 'cloud.google.com/gke-nodepool'],
    ['cloud.google.com/gke-nodepool', 'kubernetes.azure.com/agentpool'],
    ['kubernetes.azure.com/agentpool', 'agentpool'],
    ['agentpool', 'karpenter.sh/nodepool'],
    ['karpenter.sh/nodepool', 'karpenter.sh/provisioner-name'],
    ['kops.k8s.io/instancegroup', 'alpha.eksctl.io/nodegroup-name'],
    ['alpha.eksctl.io/nodegroup-name', 'something.else/pool'],
  ])('belongs to the pool that %s names, before %s', async (label, other) => {
    onlyNock();
    answers(NODES, 200, list({ metadata: { name: 'a', labels: { [other]: 'other', [label]: 'workers' } } }));
    expect((await cluster().nodes())[0]?.pool).toBe('workers');
  });

  it('is in trouble by its conditions, each read by its own healthy state', async () => {
    onlyNock();
    const conditions = [
      ['Ready', 'Maybe'],
      ['NetworkUnavailable', 'True'],
      ['MemoryPressure', 'Unknown'],
      ['DiskPressure', 'False'],
      ['NetworkingReady', 'False'],
      ['KernelReady', 'True'],
      ['EtcdIsVoter', 'True'],
    ].map(([type, status]) => ({ type, status, reason: 'R', message: 'two\nlines' }));
    answers(NODES, 200, list({ metadata: { name: 'a' }, spec: { unschedulable: true }, status: { conditions } }));
    const [node] = await cluster().nodes();
    expect(node?.ready).toBe('Unknown');
    expect(node?.unschedulable).toBe(true);
    expect(node?.troubles.map(({ type }) => type)).toEqual(['NetworkUnavailable', 'MemoryPressure', 'NetworkingReady']);
    expect(node?.troubles[0]?.message).toBe('two lines');
  });

  it('is of the control plane by its role label', async () => {
    onlyNock();
    const labels = { 'node-role.kubernetes.io/control-plane': '' };
    answers(NODES, 200, list({ metadata: { name: 'a', labels } }, { metadata: { name: 'b', labels: {} } }));
    expect((await cluster().nodes()).map(({ controlPlane }) => controlPlane)).toEqual([true, false]);
  });

  it('cannot put anything but addresses, ids and plain words into its facts', async () => {
    onlyNock();
    answers(
      NODES,
      200,
      list({
        metadata: { name: 'a', annotations: { long: 'x'.repeat(3000), odd: '\u202Etxt\u0007', n: 5 } },
        status: {
          addresses: [
            { type: 'InternalIP', address: '$(reboot)' },
            { type: 'InternalIP', address: '010.0.0.1' },
            { type: 'InternalIP', address: '10.0.0.1' },
            { type: 'Hostname', address: '--proxy-command=id' },
            { type: 'InternalIP', address: 'fe80::1%eth0' },
            { type: 'InternalIP', address: 7 },
          ],
          nodeInfo: { machineID: '../../etc', bootID: 'x; id', kernelVersion: '<!channel>\u001B[2J', osImage: 12 },
        },
      }),
    );
    const [node] = await cluster().nodes();
    expect(node?.addresses).toEqual([{ type: 'InternalIP', address: '10.0.0.1' }]);
    expect([node?.machineId, node?.bootId, node?.kernel, node?.os]).toEqual([null, null, '<!channel>\uFFFD[2J', '']);
    expect(node?.annotations).toEqual({ odd: '\uFFFDtxt\uFFFD' });
  });
});

describe('a pod', () => {
  it('is told with its owner, restarts and network', async () => {
    onlyNock();
    answers(PODS, 200, recorded('podlist-kube-system.json'));
    const [pod] = await cluster().podsOn('ip-10-0-1-11.ec2.internal');
    expect(pod).toMatchObject({ name: 'aws-node-a', owner: 'DaemonSet/aws-node', hostNetwork: true, restarts: 0 });
  });

  it('without an address yet, or with one that is none, has no address', async () => {
    onlyNock();
    const named = (name: string) => ({ name, namespace: 'default' });
    answers(PODS, 200, list({ metadata: named('a') }, { metadata: named('b'), status: { podIP: '10.0.0.1;id' } }));
    expect((await cluster().podsOn('n')).map(({ address }) => address)).toEqual([null, null]);
  });

  it('that is being deleted is not ready, whatever its condition says', async () => {
    onlyNock();
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    const named = (name: string, more = {}) => ({ metadata: { name, namespace: 'default', ...more }, status });
    answers(PODS, 200, list(named('a'), named('b', { deletionTimestamp: '2026-11-20T16:01:21Z' })));
    expect((await cluster().podsOn('n')).map(({ ready }) => ready)).toEqual([true, false]);
  });

  it('without a namespace is refused', async () => {
    onlyNock();
    answers(PODS, 200, list({ metadata: { name: 'a' } }));
    expect((await failure(cluster().podsOn('n'))).message).toMatch(/a pod without a proper name/);
  });
});

describe("a CNI's DaemonSet", () => {
  const served = (change: (item: { metadata: object; spec: object }) => void) => {
    onlyNock();
    const all = JSON.parse(recorded('daemonsetlist.json')) as { items: { metadata: object; spec: object }[] };
    for (const item of all.items) change(item);
    answers('/apis/apps/v1/daemonsets', 200, JSON.stringify(all));
    return cluster().cni();
  };

  it('is known as a patch must find it, with the container that is the CNI', async () => {
    expect(await served(() => undefined)).toMatchObject({ container: 'aws-node', workload: WORLD.workload });
  });

  it('is known to wait for its pods to be deleted', async () => {
    const onDelete = await served(({ spec }) => Object.assign(spec, { updateStrategy: { type: 'OnDelete' } }));
    expect(onDelete.workload?.updateStrategy).toBe('OnDelete');
  });

  it.each([
    ['uid', (item: { metadata: object }) => Object.assign(item.metadata, { uid: '../x' })],
    ['generation', (item: { metadata: object }) => Object.assign(item.metadata, { generation: undefined })],
    ['whole generation', (item: { metadata: object }) => Object.assign(item.metadata, { generation: 1.5 })],
    [
      'known way to roll out',
      (item: { spec: object }) => Object.assign(item.spec, { updateStrategy: { type: 'New' } }),
    ],
  ])('without a %s cannot be patched, and is known all the same', async (_what, change) => {
    const cni = await served(change);
    expect(cni).toMatchObject({ name: 'aws-vpc', container: 'aws-node' });
    expect(cni.workload).toBeUndefined();
  });
});

describe("a node's events", () => {
  it('are those about it and the warnings that its kubelet wrote about pods, newest first', async () => {
    onlyNock();
    const all = JSON.parse(recorded('events-cni-plugin-missing.json')) as { items: EventItem[] };
    eventsServed(all.items);
    const events = await cluster().events('node-1');
    expect(events.map(({ last }) => last)).toEqual(
      events.map(({ last }) => last).toSorted((a, b) => (b ?? 0) - (a ?? 0)),
    );
    expect(events.find(({ reason }) => reason === 'FailedCreatePodSandBox')?.about).toBe('Pod/default/web-5w9cc');
    expect(events.some(({ reason }) => reason === 'NodeNotReady')).toBe(true);
    expect(events.some(({ reason }) => reason === 'Scheduled')).toBe(false);
  });

  it("leave out other nodes' pods", async () => {
    onlyNock();
    const about = (host: string) => ({
      involvedObject: { kind: 'Pod', namespace: 'default', name: `on-${host}` },
      type: 'Warning',
      reason: 'BackOff',
      source: { host },
      metadata: {},
    });
    eventsServed([about('a'), about('b')]);
    expect((await cluster().events('a')).map((event) => event.about)).toEqual(['Pod/default/on-a']);
  });

  it('are the newest 50, by whichever time the event has', async () => {
    onlyNock();
    const at = (minute: number) => `2026-11-20T16:${String(minute).padStart(2, '0')}:00.000000Z`;
    eventsServed(
      Array.from({ length: 59 }, (_, minute) => ({
        metadata: {},
        involvedObject: { kind: 'Node', name: 'a' },
        type: 'Normal',
        reason: `R${minute}`,
        ...[
          { lastTimestamp: at(minute), eventTime: null },
          { eventTime: at(minute), lastTimestamp: null },
          { series: { count: 7, lastObservedTime: at(minute) }, eventTime: at(0) },
        ][minute % 3],
      })),
    );
    const events = await cluster().events('a');
    expect(events.map(({ reason }) => reason)).toEqual(Array.from({ length: 50 }, (_, index) => `R${58 - index}`));
    expect(events.find(({ reason }) => reason === 'R56')?.count).toBe(7);
  });

  it('without a time come last, and say so', async () => {
    onlyNock();
    const event = { metadata: {}, involvedObject: { kind: 'Node', name: 'a' }, type: 'Normal' };
    eventsServed([
      { ...event, reason: 'Never', lastTimestamp: 'soon' },
      { ...event, reason: 'Old', lastTimestamp: '2020-01-01T00:00:00Z' },
    ]);
    expect((await cluster().events('a')).map(({ reason, last }) => [reason, last === null])).toEqual([
      ['Old', false],
      ['Never', true],
    ]);
  });
});

interface EventItem {
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly type: string;
  readonly reason: string;
  readonly lastTimestamp?: string | null;
}

/** Serves events as the API server's field selectors would. */
function eventsServed(items: readonly EventItem[]): void {
  nock(SERVER)
    .persist()
    .get('/api/v1/events')
    .query(true)
    .reply((request: Request) => {
      const selector = new URL(request.url).searchParams.get('fieldSelector') ?? '';
      const wanted = items.filter(({ involvedObject: { kind, name }, type }) =>
        [
          `involvedObject.kind=${kind},involvedObject.name=${name}`,
          `involvedObject.kind=${kind},type=${type}`,
        ].includes(selector),
      );
      return [200, list(...wanted), JSON_TYPE];
    });
}

describe('the API servers', () => {
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const endpoints = '/api/v1/namespaces/default/endpoints/kubernetes';

  it.each([
    ['the cluster has no EndpointSlices', 404, '404 page not found', 'text/plain'],
    ['the slices are empty', 200, '{"items":[]}', 'application/json'],
  ])('come from Endpoints where %s', async (_case, status, body, type) => {
    onlyNock();
    answers(slices, status, body, { 'content-type': type });
    answers(endpoints, 200, recorded('endpoints.json'));
    expect(await cluster().apiServers()).toEqual(['10.0.10.69', '10.0.11.70']);
  });

  it('are not looked for elsewhere when the slices are refused', async () => {
    onlyNock();
    answers(slices, 403, recorded('status-403-anonymous.json'));
    answers(endpoints, 200, recorded('endpoints.json'));
    expect((await failure(cluster().apiServers())).gap).toBe('denied');
  });
});

describe('the way to the kubelet', () => {
  const status = (code: number, message: string) => JSON.stringify({ kind: 'Status', message, code });
  const dial = 'error trying to reach service: dial tcp 10.0.10.207:10250:';

  it.each([
    [503, 'timed-out', recorded('nodes-proxy-timeout.json')],
    [503, 'refused', recorded('nodes-proxy-refused.json')],
    [503, 'no-route', recorded('nodes-proxy-no-route.json')],
    [400, 'other', recorded('nodes-proxy-loopback.json')],
    [503, 'no-route', status(503, `${dial} connect: network is unreachable`)],
    [503, 'timed-out', status(503, `${dial} connect: connection timed out`)],
    [500, 'other', status(500, 'error trying to reach service: tls: failed to verify certificate')],
    [500, 'other', status(500, 'no preferred addresses found; known addresses: []')],
    [503, 'timed-out', status(503, 'error trying to reach service: dial tcp [fd00::7]:10250: i/o timeout')],
  ])('is told from the words of status %i: %s', async (code, verdict, body) => {
    onlyNock();
    answers('/api/v1/nodes/a/proxy/healthz', code, body);
    const reach = await cluster().reachKubelet('a');
    expect(reach.verdict).toBe(verdict);
    expect(reach.said).toMatch(/\S/);
  });

  it.each([
    [200, 'ok'],
    [401, 'Unauthorized'],
    [403, 'Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy)'],
    [500, '[+]ping ok [-]syncloop failed'],
  ])("is open when the kubelet's own words come back: %i %s", async (code, body) => {
    onlyNock();
    answers('/api/v1/nodes/a/proxy/healthz', code, body, { 'content-type': 'text/plain; charset=utf-8' });
    expect((await cluster().reachKubelet('a')).verdict).toBe('answers');
  });

  it.each([
    [404, 'not-installed', recorded('status-404-node.json'), 'application/json'],
    [503, 'unreachable', status(503, 'the server is currently unable to handle the request'), 'application/json'],
    [502, 'unreachable', '<html>Bad Gateway</html>', 'text/html'],
    [
      504,
      'timed-out',
      status(504, 'Timeout: request did not complete within the allotted duration'),
      'application/json',
    ],
    [200, 'unparsable', '<html>login</html>', 'text/html'],
  ])('is unknown when the API server itself is in trouble: %i %s', async (code, gap, body, type) => {
    onlyNock();
    answers('/api/v1/nodes/a/proxy/healthz', code, body, { 'content-type': type });
    expect((await failure(cluster().reachKubelet('a'))).gap).toBe(gap);
  });
});

describe('whatever JSON an API server sends', () => {
  it('becomes facts or a ClusterError, never another error', async () => {
    onlyNock();
    let body = '';
    nock(SERVER)
      .persist()
      .get(() => true)
      .reply(() => [200, body, JSON_TYPE])
      .patch(() => true)
      .reply(() => [200, body, JSON_TYPE])
      .delete(() => true)
      .reply(() => [200, body, JSON_TYPE]);
    const asked = cluster();
    const part = fc.oneof(
      fc.jsonValue(),
      fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue(), status: fc.jsonValue() }),
    );
    const { uid } = WORLD.workload;
    const known = fc.record({
      kind: fc.constant('DaemonSet'),
      metadata: fc.record({
        uid: fc.constant(uid),
        resourceVersion: fc.constant('1'),
        generation: fc.oneof(fc.constant(4), fc.jsonValue()),
        annotations: fc.jsonValue(),
      }),
      spec: fc.jsonValue(),
    });
    const answer = fc.oneof(
      part,
      known,
      fc.record({ items: fc.oneof(part, fc.array(part)), metadata: fc.jsonValue() }),
    );
    await fc.assert(
      fc.asyncProperty(answer, async (value) => {
        body = JSON.stringify(value);
        const questions = [
          asked.nodes(),
          asked.podsOn('a'),
          asked.cni(),
          asked.events('a'),
          asked.apiServers(),
          asked.podsOf('a', 'DaemonSet/a'),
          asked.rehearse(patchTo('true')),
          asked.patch(patchTo('true'), 'f1', 'effect'),
          asked.deletePod(WORLD.cniPod),
        ];
        const thrown = (await Promise.allSettled(questions)).filter((one) => one.status === 'rejected');
        for (const { reason } of thrown) expect(reason).toBeInstanceOf(ClusterError);
      }),
      { numRuns: 60 },
    );
  });

  it('is cleaned to one bounded line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), fc.integer({ min: 1, max: 400 }), (text, most) => {
        const line = clean(text, most);
        expect(line.length).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });
});
