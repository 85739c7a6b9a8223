import { describe, expect, test } from 'vitest';
import type { KubernetesPatch } from '../../src/model/index.ts';
import { patchTo, WORLD } from '../contract/cluster.ts';
import { fakeCluster, nodeNamed, podNamed, UNKNOWN_CNI } from './cluster.ts';

const CNI = {
  ...UNKNOWN_CNI,
  name: 'aws-vpc',
  daemonSet: 'kube-system/aws-node',
  env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false', OTHER: '1' },
  hostPaths: { dockersock: '/run/containerd/containerd.sock' },
  container: 'aws-node',
  workload: WORLD.workload,
};

describe('a fake cluster that is changed', () => {
  test('has the settings, mounts and way of rolling out that a patch sets, and one generation more', async () => {
    const cluster = fakeCluster({ cni: CNI });
    const patch: KubernetesPatch['patch'] = {
      spec: {
        updateStrategy: { type: 'OnDelete' },
        template: {
          spec: {
            containers: [
              {
                name: 'aws-node',
                env: [
                  { name: 'OTHER', $patch: 'delete' },
                  { name: 'NEW', value: 'x' },
                ],
              },
            ],
            volumes: [{ name: 'dockersock', hostPath: { path: '/var/run/docker.sock' } }],
          },
        },
      },
    };
    await cluster.patch({ ...patchTo('true'), patch }, 'f1', 'effect');
    expect(await cluster.cni()).toMatchObject({
      env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false', NEW: 'x' },
      hostPaths: { dockersock: '/var/run/docker.sock' },
      workload: { generation: 5, updateStrategy: 'OnDelete' },
    });
    expect((await cluster.cni()).env).not.toHaveProperty('OTHER');
    expect(cluster.asked[0]).toBe('patch aws-node f1 effect');
  });

  test('makes another pod where an owner would, and none where there is none', async () => {
    const pods = [podNamed('own-a', 'a', '10.0.0.1', { owner: 'DaemonSet/own' }), podNamed('bare', 'a', '10.0.0.2')];
    const cluster = fakeCluster({ pods });
    for (const { namespace, name, uid } of pods) await cluster.deletePod({ namespace, name, uid });
    expect((await cluster.podsOn('a')).map(({ name, uid }) => [name, uid])).toEqual([['own-a.2', 'uid-of-own-a.2']]);
  });

  test('becomes what a test says instead, or refuses with its sentence', async () => {
    const cluster = fakeCluster({ cni: CNI, pods: [podNamed('a', 'n', '10.0.0.1')] });
    cluster.onPatch((_step, taking) => (taking === 'effect' ? { apiServers: ['10.0.0.9'] } : 'No way back.'));
    cluster.onDelete(() => 'The pod stays.');
    await cluster.patch(patchTo('true'), 'f1', 'effect');
    expect(await cluster.apiServers()).toEqual(['10.0.0.9']);
    expect(await cluster.patch(patchTo('false'), 'f1', 'back')).toEqual({ is: 'refused', detail: 'No way back.' });
    const deleted = await cluster.deletePod({ namespace: 'default', name: 'a', uid: 'uid-of-a' });
    expect(deleted).toEqual({ is: 'refused', detail: 'The pod stays.' });
  });

  test('patches nodes by their uid, and nothing that is not there', async () => {
    const cluster = fakeCluster({ nodes: [nodeNamed('a', '10.0.0.1')] });
    const object = { kind: 'Node', namespace: null, name: 'a', uid: 'uid-of-a', generation: null } as const;
    const step = { ...patchTo('true'), object };
    expect(await cluster.patch(step, 'f1', 'effect')).toMatchObject({ is: 'done' });
    expect(await cluster.patch({ ...step, object: { ...object, uid: 'x' } }, 'f2', 'effect')).toMatchObject({
      is: 'refused',
    });
    expect(await cluster.rehearse(patchTo('true'))).toMatchObject({ is: 'refused' });
  });
});
