import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { KubernetesPatch } from '../../../src/model/index.ts';
import type { Cluster } from '../../../src/port.ts';
import { patchTo, WORLD } from '../../contract/cluster.ts';
import { answers, onlyNock } from './api.ts';
import { changeable } from './changeable.ts';
import { cluster, failure, JSON_TYPE, patientClock, recorded, SERVER } from './practice.ts';

const AWS_NODE = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
const POD = '/api/v1/namespaces/kube-system/pods/aws-node-a';
const NODE = '/api/v1/nodes/ip-10-0-1-11.ec2.internal';

interface Recorded {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const daemonSet = (): Recorded => JSON.parse(recorded('daemonset-aws-node.json')) as Recorded;
const quick = () => patientClock({ pause: 1 });
const stale = (detail: RegExp) => ({ is: 'refused', detail: expect.stringMatching(detail) as string });

/** Answers the patch of the recorded DaemonSet; gives how often it came. */
function patchAnswers(status: number, body: string, headers: Record<string, string> = JSON_TYPE): () => number {
  onlyNock();
  answers(AWS_NODE, 200, recorded('daemonset-aws-node.json'));
  let came = 0;
  nock(SERVER)
    .persist()
    .patch(AWS_NODE)
    .query(true)
    .reply(() => {
      came += 1;
      return [status, body, headers];
    });
  return () => came;
}

describe('a patch', () => {
  it('T21: is a strategic merge, guarded by identity and version, that bears the fix', async () => {
    onlyNock();
    const api = changeable();
    const granted = await cluster().patch(patchTo('true'), 'f1', 'effect');
    expect(granted).toEqual({
      is: 'done',
      detail: 'DaemonSet kube-system/aws-node was patched: set AWS_VPC_K8S_CNI_EXTERNALSNAT to true.',
    });
    expect(api.asked).toEqual(['PATCH aws-node by netdiag']);
    expect(api.patches).toEqual([
      {
        type: 'application/strategic-merge-patch+json',
        body: {
          ...patchTo('true').patch,
          metadata: { uid: WORLD.workload.uid, resourceVersion: '259', annotations: { 'netdiag/fix': 'f1' } },
        },
      },
    ]);
  });

  it('keeps the annotations that the plan writes beside the fix', async () => {
    onlyNock();
    const api = changeable();
    const patch = { metadata: { annotations: { 'example/why': 'because' } } };
    expect(await cluster().patch({ ...patchTo('true'), patch }, 'f1', 'effect')).toMatchObject({ is: 'done' });
    expect(api.patches[0]?.body['metadata']).toMatchObject({
      annotations: { 'example/why': 'because', 'netdiag/fix': 'f1' },
    });
  });

  it('T21: is sent again when somebody wrote what does not count, and not when they wrote what counts', async () => {
    onlyNock();
    const api = changeable();
    api.interfere(2, () => undefined);
    expect(await cluster({ clock: quick() }).patch(patchTo('true'), 'f1', 'effect')).toMatchObject({ is: 'done' });
    expect(api.asked).toHaveLength(3);
    api.interfere(1, (set) => Object.assign(set['metadata'] as object, { generation: 9 }));
    expect(await cluster({ clock: quick() }).patch(patchTo('false', 5), 'f2', 'effect')).toEqual(
      stale(/its generation was 5 and is 9\), so nothing was changed; a new diagnosis makes a new plan\.$/),
    );
    expect(api.asked).toHaveLength(4);
  });

  it('is given up when somebody always writes first', async () => {
    const came = patchAnswers(409, recorded('status-409-conflict.json'));
    const clock = quick();
    expect(await cluster({ clock }).patch(patchTo('true'), 'f1', 'effect')).toEqual(
      stale(
        /^I could not patch DaemonSet kube-system\/aws-node: .* at the same time \(409\).*; nothing was changed — /,
      ),
    );
    expect(came()).toBe(5);
    expect(clock.pauses).toEqual([200, 200, 200, 200]);
  });

  it('T21: is not sent for an object that was deleted and made again, nor for one that is gone', async () => {
    onlyNock();
    const api = changeable();
    const { object } = patchTo('true');
    const other = { ...patchTo('true'), object: { ...object, uid: 'aaaaaaaa-0000-0000-0000-000000000000' } };
    const gone = { ...patchTo('true'), object: { ...object, name: 'nope' } };
    expect(await cluster().patch(other, 'f1', 'effect')).toEqual(stale(/was deleted and made again since/));
    expect(await cluster().patch(gone, 'f1', 'effect')).toEqual(stale(/\(404\).*not found.*; nothing was changed/));
    expect(await cluster().rehearse(other)).toEqual(stale(/was deleted and made again since/));
    expect(await cluster().rehearse(gone)).toEqual(stale(/\(404\)/));
    expect(await cluster().patch(gone, 'f1', 'back')).toEqual({
      is: 'done',
      detail: 'DaemonSet kube-system/nope is not there any more, so nothing was left to take back.',
    });
    expect(api.asked).toEqual([]);
  });

  it('of a Node goes to the Node, which counts no generation', async () => {
    onlyNock();
    const { items } = JSON.parse(recorded('nodelist.json')) as { items: Recorded[] };
    const [first] = items;
    if (first === undefined) throw new Error('no node was recorded');
    const live = { ...first, kind: 'Node', apiVersion: 'v1' };
    nock(SERVER).get(NODE).reply(200, live, JSON_TYPE);
    const sent: unknown[] = [];
    nock(SERVER)
      .patch(NODE, (body) => sent.push(body) > 0)
      .query({ fieldManager: 'netdiag', fieldValidation: 'Strict' })
      .reply(200, live, JSON_TYPE);
    const step: KubernetesPatch = {
      kind: 'kubernetes-patch',
      object: {
        kind: 'Node',
        namespace: null,
        name: 'ip-10-0-1-11.ec2.internal',
        uid: String(live.metadata['uid']),
        generation: null,
      },
      says: 'cordon',
      patch: { spec: { unschedulable: true } },
    };
    expect(await cluster().patch(step, 'f1', 'effect')).toMatchObject({ is: 'done' });
    expect(sent).toMatchObject([{ spec: { unschedulable: true }, metadata: { annotations: { 'netdiag/fix': 'f1' } } }]);
    const namespaced = { ...step, object: { ...step.object, namespace: 'kube-system' } };
    expect(await cluster().patch(namespaced, 'f1', 'effect')).toMatchObject({ is: 'refused' });
  });

  it.each([
    ['status', { status: { numberReady: 9 } }],
    ['labels', { metadata: { labels: { a: 'b' } } }],
    ['its owners', { metadata: { ownerReferences: [] } }],
    ['the fix of another plan', { metadata: { annotations: { 'netdiag/fix': 'f9' } } }],
    ['annotations that are none', { metadata: { annotations: 'x' } }],
  ] as const)('that would change %s is not sent', async (_what, patch) => {
    onlyNock();
    const api = changeable();
    for (const taking of ['effect', 'back'] as const) {
      const granted = await cluster().patch({ ...patchTo('true'), patch }, 'f1', taking);
      expect(granted).toEqual(stale(/would change more than its spec and its annotations; nothing was changed\.$/));
    }
    expect(await cluster().rehearse({ ...patchTo('true'), patch })).toEqual(stale(/would change more/));
    expect(api.asked).toEqual([]);
  });

  it.each(['', '../secrets', 'A', 'a/b', '$(id)', 'a?b'])('of an object called %j is not sent', async (name) => {
    onlyNock();
    const { object } = patchTo('true');
    for (const change of [{ name }, { namespace: name }]) {
      const step = { ...patchTo('true'), object: { ...object, ...change } };
      expect(await cluster().patch(step, 'f1', 'effect')).toEqual(stale(/no object's name; nothing was changed\.$/));
      expect(await cluster().rehearse(step)).toEqual(stale(/no object's name/));
    }
  });
});

describe('a change that the API server refuses', () => {
  it.each([
    [
      403,
      recorded('status-403-patch-daemonset.json'),
      /refused \(403\).*allow system:serviceaccount:kube-system:netdoctor the verb "patch" on daemonsets\.apps in the whole cluster, as deploy\/rbac-change\.yml does\.$/,
    ],
    [
      403,
      JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'admission webhook "x" denied the request: no' }),
      /an admission rule of the cluster is against it/,
    ],
    [
      422,
      recorded('status-422-invalid.json'),
      /does not accept the change \(422\) \("DaemonSet\.apps "aws-node" is inv/,
    ],
    [
      400,
      JSON.stringify({
        kind: 'Status',
        message: 'admission webhook "x" does not support dry run',
        reason: 'BadRequest',
      }),
      /does not accept the change \(400\).*a webhook of the cluster cannot rehearse/,
    ],
    [404, recorded('status-404-daemonset.json'), /has no such thing \(404\)/],
  ] as const)('with %i changed nothing, and why is one sentence', async (status, body, sentence) => {
    const came = patchAnswers(status, body);
    for (const answer of [
      await cluster().patch(patchTo('true'), 'f1', 'effect'),
      await cluster().rehearse(patchTo('true')),
    ]) {
      expect(answer).toEqual(stale(sentence));
      expect(answer).toEqual(
        stale(/^I could not patch DaemonSet kube-system\/aws-node: [^\n]+; nothing was changed — /),
      );
    }
    expect(came()).toBe(2);
  });

  it('because it may not even be read names the rule for that', async () => {
    onlyNock();
    answers(AWS_NODE, 403, recorded('status-403-anonymous.json'));
    expect(await cluster().patch(patchTo('true'), 'f1', 'effect')).toEqual(
      stale(/allow system:anonymous the verb "get" on daemonsets\.apps .*as deploy\/rbac-change\.yml does\.$/),
    );
  });
});

describe('a change whose end is open', () => {
  it.each([
    [401, recorded('status-401.json'), JSON_TYPE, 'denied'],
    [403, '<html>blocked</html>', { 'content-type': 'text/html' }, 'denied'],
    [429, '{}', { ...JSON_TYPE, 'retry-after': '1' }, 'unreachable'],
    [500, '{"kind":"Status","message":"etcdserver: request timed out"}', JSON_TYPE, 'unreachable'],
    [503, '{"kind":"Status","message":"later"}', { ...JSON_TYPE, 'retry-after': '1' }, 'unreachable'],
    [504, '{"kind":"Status","message":"Timeout: request did not complete"}', JSON_TYPE, 'timed-out'],
    [200, recorded('daemonset-aws-node.json').slice(0, 2000), JSON_TYPE, 'truncated'],
    [200, '<html>log in</html>', { 'content-type': 'text/html' }, 'unparsable'],
    [200, '{"kind":"Status","status":"Success"}', JSON_TYPE, 'unparsable'],
  ] as const)('after %i %s is a ClusterError, and was sent once', async (status, body, headers, gap) => {
    const came = patchAnswers(status, body, headers);
    const error = await failure(cluster({ clock: quick() }).patch(patchTo('true'), 'f1', 'effect'));
    expect(error.gap).toBe(gap);
    expect(error.message).toMatch(/netdiag therefore cannot see whether it was changed — /);
    expect(came()).toBe(1);
  });
});

describe('a rehearsal', () => {
  it('is a dry-run without the annotation, and shows the leaf that would change', async () => {
    onlyNock();
    const api = changeable();
    expect(await cluster().rehearse(patchTo('true'))).toEqual({
      is: 'would',
      difference: [
        '-spec.template.spec.containers[aws-node].env[AWS_VPC_K8S_CNI_EXTERNALSNAT].value: "false"',
        '+spec.template.spec.containers[aws-node].env[AWS_VPC_K8S_CNI_EXTERNALSNAT].value: "true"',
      ],
    });
    expect(api.asked).toEqual(['PATCH aws-node by netdiag dryRun']);
    expect(api.patches[0]?.body['metadata']).toEqual({ uid: WORLD.workload.uid, resourceVersion: '259' });
  });

  it('of a patch that changes nothing is empty', async () => {
    onlyNock();
    changeable();
    expect(await cluster().rehearse(patchTo('false'))).toEqual({ is: 'would', difference: [] });
  });

  it('shows fields that the client library does not know', async () => {
    const { spec, ...rest } = daemonSet();
    patchAnswers(200, JSON.stringify({ ...rest, spec: { ...spec, rolloutOfTheFuture: { slowly: true } } }));
    expect(await cluster().rehearse(patchTo('true'))).toEqual({
      is: 'would',
      difference: ['+spec.rolloutOfTheFuture.slowly: true'],
    });
  });
});

describe('the deletion of a pod', () => {
  const pod = (changes: object = {}) => {
    const { items } = JSON.parse(recorded('podlist-kube-system.json')) as { items: Recorded[] };
    const found = items.find(({ metadata }) => metadata['uid'] === WORLD.cniPod.uid);
    return JSON.stringify({ ...found, metadata: { ...found?.metadata, ...changes } });
  };
  const deleteAnswers = (status: number, body: string): unknown[] => {
    onlyNock();
    const bodies: unknown[] = [];
    nock(SERVER)
      .delete(POD, (sent) => bodies.push(sent) > 0)
      .query(true)
      .reply(status, body, JSON_TYPE);
    return bodies;
  };
  const remove = (asked: Cluster = cluster()) => asked.deletePod(WORLD.cniPod);

  it('names the uid, so that it can hit no other', async () => {
    const bodies = deleteAnswers(200, pod());
    expect(await remove()).toEqual({ is: 'done', detail: 'The pod kube-system/aws-node-a was deleted.' });
    expect(bodies).toEqual([{ preconditions: { uid: WORLD.cniPod.uid } }]);
  });

  it('is done when there is no such pod, or another one of that name', async () => {
    const none = { is: 'done', detail: 'There is no such pod kube-system/aws-node-a any more.' };
    deleteAnswers(404, recorded('status-404-pod.json'));
    expect(await remove()).toEqual(none);
    deleteAnswers(409, recorded('status-409-conflict.json'));
    nock(SERVER)
      .get(POD)
      .reply(200, pod({ uid: 'bbbbbbbb-0000-0000-0000-000000000000' }), JSON_TYPE);
    expect(await remove()).toEqual(none);
    deleteAnswers(409, recorded('status-409-conflict.json'));
    nock(SERVER).get(POD).reply(404, recorded('status-404-pod.json'), JSON_TYPE);
    expect(await remove()).toEqual(none);
  });

  it('that the API server refuses changed nothing', async () => {
    deleteAnswers(404, '{"kind":"Status","message":"the server could not find the requested resource","code":404}');
    expect(await remove(), 'no API server of Kubernetes').toEqual(stale(/could not find.*; nothing was changed/));
    deleteAnswers(409, recorded('status-409-conflict.json'));
    nock(SERVER).get(POD).reply(200, pod(), JSON_TYPE);
    expect(await remove()).toEqual(
      stale(/^I could not delete pod kube-system\/aws-node-a: .*409.*; nothing was changed/),
    );
    deleteAnswers(403, recorded('status-403-anonymous.json'));
    expect(await remove()).toEqual(
      stale(/the verb "delete" on pods in the whole cluster, as deploy\/rbac-change\.yml/),
    );
  });

  it.each([{ namespace: '../x' }, { name: '' }, { name: 'a/../b' }, { uid: '' }, { uid: '*' }])(
    'is not asked for with %j',
    async (more) => {
      onlyNock();
      expect(await cluster().deletePod({ ...WORLD.cniPod, ...more })).toEqual(stale(/nothing was changed\.$/));
    },
  );
});

it('asks for the pods of no namespace that cannot be one', async () => {
  onlyNock();
  for (const namespace of ['', '../x', 'A']) {
    expect((await failure(cluster().podsOf(namespace, 'DaemonSet/aws-node'))).message).toMatch(
      /is not the name of a namespace.*kubectl get namespaces/,
    );
  }
});
