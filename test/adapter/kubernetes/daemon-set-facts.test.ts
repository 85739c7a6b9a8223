import type { V1DaemonSet } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { daemonSetFacts } from '../../../src/adapter/kubernetes/daemon-set-facts.ts';

const daemonSet = (mounts: { mountPath: string; name: string }[] | undefined): V1DaemonSet => ({
  metadata: { name: 'aws-node', namespace: 'kube-system', uid: '2a25dea1-16aa-4b21-a126-b9a75c46d6a8', generation: 1 },
  spec: {
    selector: {},
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      spec: {
        containers: [
          {
            name: 'aws-node',
            image: 'amazon-k8s-cni:v1.5.3',
            ...(mounts === undefined ? {} : { volumeMounts: mounts }),
          },
        ],
        volumes: [{ name: 'dockersock', hostPath: { path: '/run/docker.sock' } }],
      },
    },
  },
});

describe('where a container has the volumes of its DaemonSet', () => {
  test('is told by the path inside the container', () => {
    const { containers, hostPaths } = daemonSetFacts(
      daemonSet([{ mountPath: '/var/run/docker.sock', name: 'dockersock' }]),
    );
    expect(containers[0]?.mounts).toEqual({ '/var/run/docker.sock': 'dockersock' });
    expect(hostPaths).toEqual({ dockersock: '/run/docker.sock' });
  });

  test('is nowhere when it mounts none', () => {
    expect(daemonSetFacts(daemonSet(undefined)).containers[0]?.mounts).toEqual({});
  });

  test('is told without control characters', () => {
    const { containers } = daemonSetFacts(daemonSet([{ mountPath: '/run/\u001b[31mx', name: 'sock' }]));
    expect(JSON.stringify(containers[0]?.mounts)).not.toContain('u001b');
  });
});
