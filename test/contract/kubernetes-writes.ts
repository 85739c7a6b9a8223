import { beforeEach, describe, expect, it } from 'vitest';

/** What an API server answered to one request. */
export interface Answered {
  readonly code: number;
  readonly body: Body;
  /** The Warning headers, joined. */
  readonly warning: string;
}

/** As much of an object or Status as is looked at. */
export interface Body {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { manager: string; operation: string; fieldsV1: unknown }[];
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly details?: { readonly causes?: readonly { reason: string; field: string }[] };
}

/** An API server with a DaemonSet, a node and a pod of its own for each test; no controller and no kubelet is at work on them. */
export interface WritesUnderTest {
  readonly ask: (
    method: string,
    path: string,
    sent?: { body?: unknown; text?: string; type?: string },
  ) => Promise<Answered>;
  /** Path of a DaemonSet like aws-node: env WARM_ENI_TARGET=1 among others, a volume `dockersock` without a type. */
  readonly daemonSet: string;
  readonly node: string;
  /** Path of a pod that is bound to a node, with a grace period of its own. */
  readonly pod: string;
}

const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';

interface DaemonSetSpec {
  readonly updateStrategy: { readonly type: string };
  readonly template: {
    readonly spec: {
      readonly containers: readonly { name: string; image: string; env: readonly { name: string; value?: string }[] }[];
      readonly volumes: readonly { name: string; hostPath?: { path: string; type: string } }[];
    };
  };
}

const specOf = (body: Body): DaemonSetSpec => body.spec as DaemonSetSpec;
const envOf = (body: Body) => specOf(body).template.spec.containers[0]?.env ?? [];
const socketOf = (body: Body) => specOf(body).template.spec.volumes.find(({ name }) => name === 'dockersock')?.hostPath;
const inContainer = (change: object) => ({
  spec: { template: { spec: { containers: [{ name: 'aws-node', ...change }] } } },
});
const withVolume = (volume: object) => ({
  spec: { template: { spec: { volumes: [{ name: 'dockersock', ...volume }] } } },
});

/** What every API server does with the writes that a repair needs. `open` gives untouched objects each time. */
export function kubernetesWrites(name: string, open: () => Promise<WritesUnderTest>): void {
  describe(`writes to ${name}`, () => {
    let under: WritesUnderTest;
    let before: Body;
    beforeEach(async () => {
      under = await open();
      before = (await under.ask('GET', under.daemonSet)).body;
    });
    const patch = (body: unknown, { type = STRATEGIC, query = '', path = under.daemonSet } = {}) =>
      under.ask('PATCH', `${path}${query}`, { body, type });
    const now = async (path = under.daemonSet) => (await under.ask('GET', path)).body;

    describe('a strategic merge patch', () => {
      it('changes the one env entry that it names, and counts a generation', async () => {
        const { code, body } = await patch(inContainer({ env: [{ name: 'WARM_ENI_TARGET', value: '2' }] }));
        expect(code).toBe(200);
        const wanted = envOf(before).map((one) => (one.name === 'WARM_ENI_TARGET' ? { ...one, value: '2' } : one));
        expect(envOf(body)).toEqual(wanted);
        expect(body.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1);
        expect(body.metadata?.resourceVersion).not.toBe(before.metadata?.resourceVersion);
        expect(body.metadata?.uid).toBe(before.metadata?.uid);
        expect(await now()).toEqual(body);
      });

      it('puts a new env entry first, removes one on demand, and leaves the rest in order', async () => {
        const entries = [
          { name: 'NEW', value: '1' },
          { name: 'WARM_ENI_TARGET', $patch: 'delete' },
        ];
        const { body } = await patch(inContainer({ env: entries }));
        const names = envOf(before).map((one) => one.name);
        expect(envOf(body).map((one) => one.name)).toEqual([
          'NEW',
          ...names.filter((one) => one !== 'WARM_ENI_TARGET'),
        ]);
      });

      it('corrects the path of a volume and keeps the type', async () => {
        const { body } = await patch(withVolume({ hostPath: { path: '/run/containerd/containerd.sock' } }));
        expect(socketOf(body)).toEqual({ path: '/run/containerd/containerd.sock', type: '' });
        expect(specOf(body).template.spec.volumes).toHaveLength(specOf(before).template.spec.volumes.length);
      });

      it('is taken back by its inverse: the spec is as it was', async () => {
        const there = {
          spec: {
            updateStrategy: { type: 'OnDelete' },
            ...inContainer({
              env: [
                { name: 'WARM_ENI_TARGET', value: '2' },
                { name: 'ADDED', value: 'x' },
              ],
            }).spec,
          },
        };
        const { type } = specOf(before).updateStrategy;
        const back = {
          spec: {
            updateStrategy: { type },
            ...inContainer({
              env: [
                { name: 'WARM_ENI_TARGET', value: '1' },
                { name: 'ADDED', $patch: 'delete' },
              ],
            }).spec,
          },
        };
        expect(specOf((await patch(there)).body).updateStrategy.type).toBe('OnDelete');
        expect((await patch(back)).body.spec).toEqual(before.spec);
        expect((await now()).metadata?.generation).toBe((before.metadata?.generation ?? 0) + 2);
      });

      it('that changes nothing leaves resource version and generation alone', async () => {
        const { code, body } = await patch(inContainer({ env: [{ name: 'WARM_ENI_TARGET', value: '1' }] }));
        expect(code).toBe(200);
        expect(body.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
        expect(body.metadata?.generation).toBe(before.metadata?.generation);
      });

      it('of an annotation counts no generation, and of the status does nothing', async () => {
        const changed = { metadata: { annotations: { 'netdiag/fix': 'f1' } }, status: { numberReady: 77 } };
        const { body } = await patch(changed);
        expect(body.metadata?.annotations).toMatchObject({ 'netdiag/fix': 'f1' });
        expect(body.metadata?.generation).toBe(before.metadata?.generation);
        expect(body.metadata?.resourceVersion).not.toBe(before.metadata?.resourceVersion);
        expect(body.status).toEqual(before.status);
        const { body: without } = await patch({ metadata: { annotations: { 'netdiag/fix': null } } });
        expect(without.metadata?.annotations).toEqual(before.metadata?.annotations);
      });
    });

    describe('other kinds of patch', () => {
      it('JSON merge patch replaces a list whole', async () => {
        const [container] = specOf(before).template.spec.containers;
        const only = { name: 'aws-node', image: container?.image, env: [{ name: 'ONLY', value: '1' }] };
        const { code, body } = await patch({ spec: { template: { spec: { containers: [only] } } } }, { type: MERGE });
        expect(code).toBe(200);
        expect(envOf(body)).toEqual([{ name: 'ONLY', value: '1' }]);
      });

      it('JSON Patch changes what is as tested', async () => {
        const operations = [
          { op: 'test', path: '/metadata/resourceVersion', value: before.metadata?.resourceVersion },
          { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: 'other' },
        ];
        const { code, body } = await patch(operations, { type: JSON_PATCH });
        expect(code).toBe(200);
        expect(envOf(body)[0]?.value).toBe('other');
      });

      it('JSON Patch does nothing when a test fails, and says no more than that', async () => {
        const operations = [
          { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: 'other' },
          { op: 'test', path: '/metadata/resourceVersion', value: '1' },
        ];
        const { code, body } = await patch(operations, { type: JSON_PATCH });
        expect(code).toBe(422);
        expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid' });
        expect(await now()).toEqual(before);
      });
    });

    describe('a dry run', () => {
      it('answers as the patch would and stores nothing', async () => {
        const change = inContainer({ env: [{ name: 'WARM_ENI_TARGET', value: '2' }] });
        const { code, body } = await patch(change, { query: '?dryRun=All' });
        expect(code).toBe(200);
        expect(envOf(body)).toContainEqual({ name: 'WARM_ENI_TARGET', value: '2' });
        expect(body.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1);
        expect(await now()).toEqual(before);
      });

      it('is refused like the patch itself', async () => {
        expect((await patch(inContainer({ image: '' }), { query: '?dryRun=All' })).code).toBe(422);
      });

      it('of another kind there is none', async () => {
        const { code, body } = await patch({}, { query: '?dryRun=Some' });
        expect(code).toBe(422);
        expect(body).toMatchObject({ reason: 'Invalid', details: { causes: [{ field: 'dryRun' }] } });
      });
    });

    describe('conditions', () => {
      const change = { annotations: { seen: 'yes' } };

      it.each([STRATEGIC, MERGE])('the resource version that it was made for is accepted: %s', async (type) => {
        const { resourceVersion } = before.metadata ?? {};
        expect((await patch({ metadata: { ...change, resourceVersion } }, { type })).code).toBe(200);
      });

      it.each([STRATEGIC, MERGE])('an older resource version is a conflict: %s', async (type) => {
        const { resourceVersion } = before.metadata ?? {};
        await patch({ metadata: { annotations: { other: 'change' } } });
        const { code, body } = await patch({ metadata: { ...change, resourceVersion } }, { type });
        expect(code).toBe(409);
        const named = before.metadata?.name ?? '';
        expect(body).toEqual({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: `Operation cannot be fulfilled on daemonsets.apps "${named}": the object has been modified; please apply your changes to the latest version and try again`,
          reason: 'Conflict',
          details: { name: named, group: 'apps', kind: 'daemonsets' },
          code: 409,
        });
        expect((await now()).metadata?.annotations).not.toHaveProperty('seen');
      });

      it('the right uid is accepted, another one is invalid: the server reads it as an attempt to change it', async () => {
        expect((await patch({ metadata: { ...change, uid: before.metadata?.uid } })).code).toBe(200);
        const other = { ...change, uid: '00000000-0000-4000-8000-000000000000' };
        const { code, body } = await patch({ metadata: other });
        expect([code, body.reason]).toEqual([422, 'Invalid']);
        expect(body.details?.causes?.map(({ field }) => field)).toEqual(['metadata.uid']);
      });

      it('another name is a bad request, an object that is not there is not found', async () => {
        expect((await patch({ metadata: { name: 'another' } })).code).toBe(400);
        const { code, body } = await patch({}, { path: `${under.daemonSet}-nope` });
        expect([code, body.reason]).toEqual([404, 'NotFound']);
      });
    });

    describe('what cannot be read', () => {
      it.each([
        ['no kind of patch', 'application/json', '{}', 415, 'UnsupportedMediaType'],
        ['no JSON', STRATEGIC, '{"spec":', 400, 'BadRequest'],
        ['no JSON either', MERGE, '{"spec":', 400, 'BadRequest'],
        ['no list of operations', JSON_PATCH, '{"spec":{}}', 400, 'BadRequest'],
      ])('is refused: %s', async (_, type, text, wanted, reason) => {
        const { code, body } = await under.ask('PATCH', under.daemonSet, { text, type });
        expect([code, body.reason]).toEqual([wanted, reason]);
        expect(await now()).toEqual(before);
      });
    });

    describe('what is not valid', () => {
      it.each<[string, object, string]>([
        ['a number as env value', inContainer({ env: [{ name: 'WARM_ENI_TARGET', value: 2 }] }), 'patch'],
        ['a number as path', withVolume({ hostPath: { path: 7 } }), 'patch'],
        ['a text as hostPath', withVolume({ hostPath: '/run/x.sock' }), 'patch'],
        ['no image', inContainer({ image: null }), 'spec.template.spec.containers[0].image'],
        ['no path', withVolume({ hostPath: { path: '' } }), 'spec.template.spec.volumes[N].hostPath.path'],
        [
          'a type there is not',
          withVolume({ hostPath: { type: 'Sock' } }),
          'spec.template.spec.volumes[N].hostPath.type',
        ],
        ['two kinds of one volume', withVolume({ emptyDir: {} }), 'spec.template.spec.volumes[N].'],
        ['a strategy there is not', { spec: { updateStrategy: { type: 'Sometimes' } } }, 'spec.updateStrategy'],
        [
          'a roll-out of none at once',
          { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } } },
          'spec.updateStrategy.rollingUpdate',
        ],
        ['another selector', { spec: { selector: { matchLabels: { other: 'one' } } } }, 'spec.selector'],
      ])('is refused with its field: %s', async (_, change, field) => {
        const { code, body } = await patch(change);
        expect([code, body.reason]).toEqual([422, 'Invalid']);
        const fields = (body.details?.causes ?? []).map((cause) => cause.field.replace(/volumes\[\d+\]/, 'volumes[N]'));
        expect(fields.filter((one) => one.startsWith(field))).not.toEqual([]);
        expect(await now()).toEqual(before);
      });

      it('a field that does not exist is dropped with a warning, and with Strict the patch is refused', async () => {
        const change = inContainer({ colour: 'red' });
        const { code, body, warning } = await patch(change);
        expect(code).toBe(200);
        expect(body.spec).toEqual(before.spec);
        expect(warning).toContain('unknown field');
        expect((await patch(change, { query: '?fieldValidation=Strict' })).code).toBe(422);
      });
    });

    it('writes down which manager changed which fields', async () => {
      const change = inContainer({ env: [{ name: 'WARM_ENI_TARGET', value: '2' }] });
      const { body } = await patch(change, { query: '?fieldManager=netdiag' });
      const line = body.metadata?.managedFields?.find(({ manager }) => manager === 'netdiag');
      expect(line).toMatchObject({
        operation: 'Update',
        fieldsV1: {
          'f:spec': {
            'f:template': {
              'f:spec': {
                'f:containers': {
                  'k:{"name":"aws-node"}': { 'f:env': { 'k:{"name":"WARM_ENI_TARGET"}': { 'f:value': {} } } },
                },
              },
            },
          },
        },
      });
      expect(JSON.stringify(line)).not.toContain('LOGLEVEL');
    });

    it('a node is cordoned and uncordoned', async () => {
      const was = await now(under.node);
      const { code, body } = await patch({ spec: { unschedulable: true } }, { path: under.node });
      expect(code).toBe(200);
      expect(body.spec).toEqual({ ...(was.spec as object), unschedulable: true });
      expect((await patch({ spec: { unschedulable: null } }, { path: under.node })).body.spec).toEqual(was.spec);
    });

    describe('deleting a pod', () => {
      const end = (body?: unknown, query = '') =>
        under.ask('DELETE', `${under.pod}${query}`, {
          ...(body === undefined ? {} : { body }),
          type: 'application/json',
        });

      it('marks it, and without a grace period it is gone', async () => {
        const { code, body } = await end({ preconditions: { uid: (await now(under.pod)).metadata?.uid } });
        expect(code).toBe(200);
        expect(body).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 10 } });
        expect((await now(under.pod)).metadata?.deletionTimestamp).toBeDefined();
        expect((await end({ gracePeriodSeconds: 0 })).code).toBe(200);
        expect((await under.ask('GET', under.pod)).code).toBe(404);
        expect(await end()).toMatchObject({ code: 404, body: { kind: 'Status', reason: 'NotFound' } });
      });

      it('of another uid is a conflict that names both', async () => {
        const was = await now(under.pod);
        const other = '00000000-0000-4000-8000-000000000000';
        const { code, body } = await end({ preconditions: { uid: other } });
        expect([code, body.reason]).toEqual([409, 'Conflict']);
        expect(body.message).toContain(other);
        expect(body.message).toContain(was.metadata?.uid);
        expect(await now(under.pod)).toEqual(was);
      });

      it('only gets less time when it is asked for again', async () => {
        expect((await end({ gracePeriodSeconds: 7 })).body.metadata?.deletionGracePeriodSeconds).toBe(7);
        expect((await end({ gracePeriodSeconds: 9 })).body.metadata?.deletionGracePeriodSeconds).toBe(7);
        expect((await end({ gracePeriodSeconds: 3 })).body.metadata?.deletionGracePeriodSeconds).toBe(3);
      });

      it('as a dry run does nothing', async () => {
        const was = await now(under.pod);
        expect((await end(undefined, '?dryRun=All')).code).toBe(200);
        expect(await now(under.pod)).toEqual(was);
      });
    });
  });
}
