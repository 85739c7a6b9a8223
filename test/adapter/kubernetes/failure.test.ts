import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { kubernetesCluster } from '../../../src/adapter/kubernetes/index.ts';
import { recogniseCni } from '../../../src/cni/index.ts';
import type { Cluster } from '../../../src/port.ts';
import { answers, onlyNock } from './api.ts';
import { cluster, failure, JSON_TYPE, kubeconfig, patientClock, recorded, SERVER } from './practice.ts';

const NODES = '/api/v1/nodes';

describe('a refusing API server', () => {
  it.each([
    [401, 'status-401.json', 'denied', /does not accept the credentials \(401\).*cannot see which nodes/],
    [
      403,
      'status-403-anonymous.json',
      'denied',
      /allow system:anonymous the verb "list" on nodes in the whole cluster, as deploy\/rbac\.yml does/,
    ],
    [404, 'status-404-node.json', 'not-installed', /has no such thing \(404\) \("nodes "nope" not found"\)/],
    [503, 'nodes-proxy-refused.json', 'unreachable', /status 503/],
  ] as const)(
    '%i becomes one sentence that says what is unseen and what to do',
    async (status, body, gap, sentence) => {
      onlyNock();
      answers(NODES, status, recorded(body), { ...JSON_TYPE, 'audit-id': 'secret' });
      const error = await failure(cluster().nodes());
      expect(error.gap).toBe(gap);
      expect(error.message).toMatch(sentence);
    },
  );

  it('names the RBAC rule of the resource that was asked for, with its group and namespace', async () => {
    onlyNock();
    const forbidden = recorded('status-403-anonymous.json');
    answers('/apis/apps/v1/daemonsets', 403, forbidden);
    answers('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', 403, forbidden);
    expect((await failure(cluster().cni())).message).toMatch(/"list" on daemonsets\.apps in the whole cluster/);
    expect((await failure(cluster().apiServers())).message).toMatch(
      /"list" on endpointslices\.discovery\.k8s\.io in namespace default/,
    );
  });

  it('names the account from the recorded refusal of nodes/proxy', async () => {
    onlyNock();
    answers('/api/v1/nodes/a/proxy/healthz', 403, recorded('status-403-nodes-proxy.json'));
    expect((await failure(cluster().reachKubelet('a'))).message).toMatch(
      /allow system:serviceaccount:kube-system:netdoctor the verb "get" on nodes\/proxy/,
    );
  });

  it('says an internal error with the words of the server, cleaned and cut', async () => {
    onlyNock();
    const message = `etcd\u001B[31m is \u202Edown\n${'x'.repeat(5000)}`;
    answers(NODES, 500, JSON.stringify({ kind: 'Status', message, reason: 'InternalError', code: 500 }));
    const error = await failure(cluster().nodes());
    expect(error.gap).toBe('unreachable');
    expect(error.message).toMatch(/status 500 \("etcd\uFFFD\[31m is \uFFFDdown x+…"\)/);
  });

  it('takes a web page in the place of an API server for what it is', async () => {
    onlyNock();
    answers(NODES, 200, '<html>Please log in</html>', { 'content-type': 'text/html; charset=utf-8' });
    const error = await failure(cluster().nodes());
    expect(error.gap).toBe('unparsable');
    expect(error.message).toMatch(/text\/html instead of JSON, so something else answers/);
  });

  it.each([
    ['cut JSON', recorded('nodelist.json').slice(0, 4000), 'truncated', /ends early/],
    ['JSON of another kind', '{"kind":"Status","status":"Success"}', 'unparsable', /a list without items/],
    ['items that are no list', '{"kind":"NodeList","items":7}', 'unparsable', /form that netdiag does not know/],
    [
      'a node with a shell for a name',
      '{"items":[{"metadata":{"name":"$(id)"}}]}',
      'unparsable',
      /without a proper name/,
    ],
    ['null', 'null', 'unparsable', /form that netdiag does not know/],
  ] as const)('refuses %s', async (_case, body, gap, sentence) => {
    onlyNock();
    answers(NODES, 200, body);
    const error = await failure(cluster().nodes());
    expect(error.gap).toBe(gap);
    expect(error.message).toMatch(sentence);
  });

  it('follows no redirect, because the token would go along', async () => {
    onlyNock();
    answers(NODES, 302, '', { location: 'https://elsewhere.test/api/v1/nodes' });
    const elsewhere = nock('https://elsewhere.test').get(NODES).query(true).reply(200, '{"items":[]}', JSON_TYPE);
    expect((await failure(cluster().nodes())).message).toMatch(/status 302/);
    expect(elsewhere.isDone()).toBe(false);
  });
});

describe('an API server that is too busy', () => {
  it('is asked again after the pause that it names', async () => {
    onlyNock();
    nock(SERVER)
      .get(NODES)
      .query(true)
      .reply(429, '{}', { ...JSON_TYPE, 'retry-after': '1' });
    answers(NODES, 200, recorded('nodelist.json'));
    const clock = patientClock({ pause: 5 });
    expect(await cluster({ clock }).nodes()).toHaveLength(3);
    expect(clock.pauses).toEqual([1000]);
  });

  it('is asked three times at most', async () => {
    onlyNock();
    let asked = 0;
    nock(SERVER)
      .persist()
      .get(NODES)
      .query(true)
      .reply(() => [(asked += 1) > 0 ? 429 : 500, '{}', { ...JSON_TYPE, 'retry-after': '1' }]);
    const clock = patientClock({ pause: 5 });
    const error = await failure(cluster({ clock }).nodes());
    expect(error.message).toMatch(/too busy \(429, asked 3 times\)/);
    expect(asked).toBe(3);
  });

  it.each([
    ['an hour', '3600'],
    ['nonsense', 'soon'],
    ['yesterday', '-5'],
  ])('is not waited for when it asks for %s', async (_case, pause) => {
    onlyNock();
    answers(NODES, 429, '{}', { ...JSON_TYPE, 'retry-after': pause });
    const clock = patientClock();
    expect((await failure(cluster({ clock }).nodes())).message).toMatch(/asked once/);
    expect(clock.pauses).toEqual([]);
  });
});

describe('a long list', () => {
  const page = (names: readonly string[], next?: string) =>
    JSON.stringify({
      kind: 'NodeList',
      metadata: next === undefined ? {} : { continue: next },
      items: names.map((name) => ({ metadata: { name } })),
    });
  const names = async (of: Cluster): Promise<string[]> => (await of.nodes()).map(({ name }) => name);
  const expired = JSON.stringify({ kind: 'Status', message: 'too old', reason: 'Expired', code: 410 });

  it('is read page by page', async () => {
    onlyNock();
    nock(SERVER)
      .get(NODES)
      .query({ limit: '500' })
      .reply(200, page(['a', 'b'], 'more/=&'), JSON_TYPE);
    nock(SERVER)
      .get(NODES)
      .query({ limit: '500', continue: 'more/=&' })
      .reply(200, page(['c']), JSON_TYPE);
    expect(await names(cluster())).toEqual(['a', 'b', 'c']);
  });

  it('is begun once more when its continuation expired, and has every item once', async () => {
    onlyNock();
    nock(SERVER)
      .get(NODES)
      .query({ limit: '500' })
      .twice()
      .reply(200, page(['a'], 'x'), JSON_TYPE);
    nock(SERVER).get(NODES).query({ limit: '500', continue: 'x' }).reply(410, expired, JSON_TYPE);
    nock(SERVER)
      .get(NODES)
      .query({ limit: '500', continue: 'x' })
      .reply(200, page(['b']), JSON_TYPE);
    expect(await names(cluster())).toEqual(['a', 'b']);
  });

  it('is given up when its continuation expires again', async () => {
    onlyNock();
    nock(SERVER)
      .persist()
      .get(NODES)
      .query({ limit: '500' })
      .reply(200, page(['a'], 'x'), JSON_TYPE);
    nock(SERVER).persist().get(NODES).query({ limit: '500', continue: 'x' }).reply(410, expired, JSON_TYPE);
    expect((await failure(cluster().nodes())).message).toMatch(/dropped the list twice/);
  });

  it('is refused, not cut, when it never ends', async () => {
    onlyNock();
    answers(NODES, 200, page(['a'], 'again'));
    expect((await failure(cluster().nodes())).message).toMatch(/goes on after 200 pages/);
  });
});

describe('no API server', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', /refuses connections \(ECONNREFUSED\)/],
    ['ENOTFOUND', 'unreachable', /name that cannot be resolved/],
    ['EHOSTUNREACH', 'unreachable', /check the route/],
    ['ETIMEDOUT', 'timed-out', /did not take the connection/],
    ['UND_ERR_CONNECT_TIMEOUT', 'timed-out', /did not take the connection in time/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable', /certificate that the configured CA did not sign/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'unreachable', /cannot be spoken to over TLS \(ERR_SSL_WRONG_VERSION_NUMBER\)/],
    ['EWEIRD', 'unreachable', /could not be reached \(EWEIRD\)/],
  ] as const)('%s is told in words', async (code, gap, sentence) => {
    onlyNock();
    nock(SERVER)
      .persist()
      .get(NODES)
      .query(true)
      .replyWithError(Object.assign(new Error('no\nroad'), { code }));
    const error = await failure(cluster().nodes());
    expect(error.gap).toBe(gap);
    expect(error.message).toMatch(sentence);
  });
});

describe('cluster settings that cannot be used', () => {
  it('say which kubeconfig is missing', async () => {
    expect((await failure(cluster({ path: '/nowhere/config' }).nodes())).message).toMatch(
      /was not asked, because the kubeconfig \/nowhere\/config does not exist/,
    );
  });

  it('never quote the kubeconfig', async () => {
    const path = kubeconfig();
    writeFileSync(path, 'token: sesame-token\n\t- [');
    expect((await failure(cluster({ path }).nodes())).message).toMatch(/is not a kubeconfig/);
  });

  it('say which contexts there are instead', async () => {
    expect((await failure(cluster({ context: 'prod' }).nodes())).message).toMatch(
      /has no context "prod" \(it has practice\)/,
    );
  });

  it('say that the context has no user, instead of asking as nobody without a CA', async () => {
    const path = kubeconfig();
    writeFileSync(
      path,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: SERVER } }],
        users: [],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'gone' } }],
        'current-context': 'x',
      }),
    );
    expect((await failure(cluster({ path }).nodes())).message).toMatch(/names a cluster or user that/);
  });

  it('say that netdiag is in no pod', async () => {
    const asked = kubernetesCluster({ name: 'x', inCluster: true, clock: patientClock(), recogniseCni });
    expect((await failure(asked.nodes())).message).toMatch(/give no API server address/);
  });

  it('refuse plain HTTP', async () => {
    expect((await failure(cluster({ path: kubeconfig({ server: 'http://api.test:80' }) }).nodes())).message).toMatch(
      /begins with http:\/\//,
    );
  });

  it('are read again for the next question', async () => {
    onlyNock();
    answers(NODES, 200, recorded('nodelist.json'));
    const path = kubeconfig();
    const good = kubeconfig();
    rmSync(path);
    const asked = cluster({ path });
    await failure(asked.nodes());
    copyFileSync(good, path);
    expect(await asked.nodes()).toHaveLength(3);
  });

  it('say that the credential plugin fails or hangs', async () => {
    const plugin = (command: string, ...args: string[]) =>
      kubeconfig({ user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args } } });
    expect((await failure(cluster({ path: plugin('/nowhere/aws') }).nodes())).message).toMatch(
      /credentials that the cluster settings name cannot be read \(ENOENT\)/,
    );
    expect(
      (await failure(cluster({ path: plugin('sleep', '2'), clock: patientClock({ deadline: 20 }) }).nodes())).message,
    ).toMatch(/credential plugin did not answer in time/);
  });

  it.each(['$(id)', '../pods', 'a,metadata.name=b', '', 'A b', '-x'])(
    'ask nothing about a node named %j',
    async (name) => {
      onlyNock();
      expect((await failure(cluster().podsOn(name))).message).toMatch(/is not the name of a node.*kubectl get nodes/);
      expect((await failure(cluster().reachKubelet(name))).message).toMatch(
        /is not the name of a node.*kubectl get nodes/,
      );
    },
  );

  it('may be several kubeconfigs, joined as in KUBECONFIG', async () => {
    onlyNock();
    nock(SERVER).get('/api/v1/nodes').query(true).reply(200, recorded('nodelist.json'), JSON_TYPE);
    const first = kubeconfig();
    const second = kubeconfig({ server: 'https://other.test' });
    writeFileSync(second, readFileSync(second, 'utf8').replaceAll('practice', 'second').replaceAll('reader', 'other'));
    expect(await cluster({ path: `${first}:${second}` }).nodes()).toHaveLength(3);
  });
});
