import { describe, test, type TestContext } from 'vitest';
import { mountSocket, poolJudged } from './fault/i5.ts';
import { daemonPod, kubeCall, kubeMust, podsOnNode, replacePod } from './kube-call.ts';
import type { Lab } from './lab-handle.ts';
import { noLab, skipNote } from './skip.ts';
import { startLab, type StartOptions } from './start.ts';
import * as eni from './topology/eni.ts';
import * as fl from './topology/flannel.ts';

async function start({ onTestFinished }: TestContext, name: string, options: StartOptions = {}): Promise<Lab> {
  const lab = await startLab(name, options);
  onTestFinished(() => lab.down());
  return lab;
}

const AWS_NODE = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
const SET = 'kube-system/aws-node';
const WRONG = '/run/containerd/containerd.sock';
const annotation = 'flannel.alpha.coreos.com/backend-data';

const announced = async (lab: Lab, node: string) => {
  const { metadata } = await kubeMust(lab, 'GET', `/api/v1/nodes/${node}`);
  return (metadata['annotations'] as Record<string, string>)[annotation];
};
const rules = async (lab: Lab) => {
  const { stdout } = await lab.exec(eni.subject, ['ip', 'rule', 'show', 'priority', '1536']);
  return stdout.trim().split('\n').filter(Boolean);
};
const withSnat = (value: string) => ({
  spec: {
    updateStrategy: { type: 'OnDelete' },
    template: { spec: { containers: [{ name: 'aws-node', env: [{ name: 'AWS_VPC_K8S_CNI_EXTERNALSNAT', value }] }] } },
  },
});

describe.concurrent(
  `Kubernetes changes do in the lab what they do in a cluster${skipNote}`,
  { timeout: 60_000 },
  () => {
    test.skipIf(noLab)('i2-mac: a new flannel announces the real MAC, and the others follow', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i2-mac');
      const old = await daemonPod(lab, 'kube-flannel/kube-flannel-ds', fl.subject);
      const [made] = await replacePod(lab, old);
      expect(made?.metadata.uid).not.toBe(old.metadata.uid);
      expect(made?.metadata.labels).toEqual(old.metadata.labels);
      expect(await announced(lab, fl.subject)).toBe('{"VNI":1,"VtepMAC":"b6:9b:ed:b0:37:74"}');
      await expect.poll(() => lab.healthy(), { timeout: 10_000 }).toBe(true);
      for (const node of [fl.peer, fl.controlPlane]) {
        const neighbours = await lab.exec(node, ['ip', 'neigh', 'show', 'dev', 'flannel.1']);
        expect(neighbours.stdout).toContain('10.187.0.0 lladdr b6:9b:ed:b0:37:74 PERMANENT');
        const fdb = await lab.exec(node, ['bridge', 'fdb', 'show', 'dev', 'flannel.1']);
        expect(fdb.stdout).toContain('b6:9b:ed:b0:37:74 dst 172.31.159.19');
      }
    });

    test.skipIf(noLab)("i2-mac: a new flannel of another node does not mend the subject's", async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i2-mac');
      await replacePod(lab, await daemonPod(lab, 'kube-flannel/kube-flannel-ds', fl.peer));
      expect(await announced(lab, fl.subject)).toBe('{"VNI":1,"VtepMAC":"ea:77:37:86:ee:bf"}');
      expect(await lab.healthy()).toBe(false);
    });

    test.skipIf(noLab)('a new flannel makes again what somebody took away', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i2-mac', { twin: true });
      await lab.exec(fl.subject, ['ip', 'route', 'flush', 'dev', 'flannel.1']);
      expect(await lab.healthy()).toBe(false);
      await replacePod(lab, await daemonPod(lab, 'kube-flannel/kube-flannel-ds', fl.subject));
      await expect.poll(() => lab.healthy(), { timeout: 10_000 }).toBe(true);
    });

    test.skipIf(noLab)(
      'a flannel that is rolled where nothing is wrong changes nothing on its node',
      async (context) => {
        const { expect } = context;
        const lab = await start(context, 'i2-mac', { twin: true });
        const before = await lab.nodeState(fl.subject);
        await replacePod(lab, await daemonPod(lab, 'kube-flannel/kube-flannel-ds', fl.subject));
        expect(await lab.nodeState(fl.subject)).toBe(before);
      },
    );

    test.skipIf(noLab)('the cluster DNS is found again when its pod is another one', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i2-mac', { twin: true });
      const pods = await podsOnNode(lab, 'kube-system', fl.peer);
      const old = pods.find(({ metadata }) => metadata.name.startsWith('coredns'));
      if (old === undefined) throw new Error('the peer has no coredns');
      await replacePod(lab, old);
      expect(lab.pods.map(({ name }) => name)).not.toContain(old.metadata.name);
      await expect.poll(() => lab.healthy(), { timeout: 10_000 }).toBe(true);
    });

    test.skipIf(noLab)(
      'i4a: env changed and one node rolled; taken back, the node is as sick as before',
      async (context) => {
        const { expect } = context;
        const lab = await start(context, 'i4a');
        const [before, sick] = [await kubeMust(lab, 'GET', AWS_NODE), await rules(lab)];
        await kubeMust(lab, 'PATCH', AWS_NODE, { body: withSnat('true') });
        expect(await lab.healthy()).toBe(false);
        const peerPod = await daemonPod(lab, SET, eni.peer);
        await replacePod(lab, await daemonPod(lab, SET, eni.subject));
        expect(await rules(lab)).toEqual(eni.podsOn('eth1').map((address) => `1536:\tfrom ${address} lookup 2`));
        expect((await lab.exec(eni.subject, ['iptables-save', '-t', 'nat'])).stdout).not.toContain('-j SNAT');
        expect(await lab.healthy()).toBe(true);
        expect((await daemonPod(lab, SET, eni.peer)).metadata.uid).toBe(peerPod.metadata.uid);

        const back = withSnat('false');
        await kubeMust(lab, 'PATCH', AWS_NODE, {
          body: { spec: { ...back.spec, updateStrategy: { type: 'RollingUpdate' } } },
        });
        expect((await kubeMust(lab, 'GET', AWS_NODE))['spec']).toEqual(before['spec']);
        await expect.poll(async () => (await rules(lab)).toSorted(), { timeout: 15_000 }).toEqual(sick.toSorted());
        expect(await lab.symptom()).toBe(true);
      },
    );

    test.skipIf(noLab)(
      'i5: the mount corrected, one node rolled, the orphans made again one by one',
      async (context) => {
        const { expect } = context;
        const lab = await start(context, 'i5');
        const before = await kubeMust(lab, 'GET', AWS_NODE);
        const cordon = (unschedulable: boolean | null) =>
          kubeMust(lab, 'PATCH', `/api/v1/nodes/${eni.subject}`, { body: { spec: { unschedulable } } });
        await cordon(true);
        await mountSocket(lab, '/var/run/docker.sock');
        await replacePod(lab, await daemonPod(lab, SET, eni.subject));
        const log = await poolJudged(lab, 1);
        expect(log.match(/Recovered AddNetwork for Pod web-/g)).toHaveLength(9);
        expect(log).not.toContain('Skipping Pod');
        expect(log).not.toContain('freed ENI');
        expect(await lab.symptom()).toBe(true);
        const orphaned = (await podsOnNode(lab, 'default', eni.subject)).filter((pod) =>
          eni.podsOn('eth1').includes((pod['status'] as { podIP: string }).podIP),
        );
        await cordon(null);
        for (const orphan of orphaned) await replacePod(lab, orphan);
        expect(lab.pods.map(({ address }) => address)).not.toEqual(expect.arrayContaining(eni.podsOn('eth1')));
        expect(await lab.healthy()).toBe(true);
        expect(await rules(lab)).toEqual([]);

        const volumes = [{ name: 'dockersock', hostPath: { path: WRONG } }];
        const back = { spec: { updateStrategy: { type: 'RollingUpdate' }, template: { spec: { volumes } } } };
        const undone = await kubeMust(lab, 'PATCH', `${AWS_NODE}?dryRun=All`, { body: back });
        expect(undone['spec']).toEqual(before['spec']);
        expect(await lab.healthy()).toBe(true);
      },
    );

    test.skipIf(noLab)(
      'i5 is made: on a healthy node with the mount made wrong, a rolled ipamd frees the ENI',
      async (context) => {
        const { expect } = context;
        const lab = await start(context, 'i5', { twin: true });
        await mountSocket(lab, WRONG);
        expect(await lab.healthy()).toBe(true);
        await replacePod(lab, await daemonPod(lab, SET, eni.subject));
        const log = await poolJudged(lab, 1);
        expect(log.match(/Not able to get local containers yet/g)).toHaveLength(5);
        expect(log.match(/due to no matching container/g)).toHaveLength(9);
        expect(log).toContain('used = 0');
        expect(log).toContain('Successfully freed ENI: eni-08bafec9495ebc6df');
        expect(await lab.symptom()).toBe(true);
        expect((await lab.exec(eni.subject, ['ip', 'route', 'show', 'table', '2'])).stdout.trim()).toBe('');
      },
    );

    test.skipIf(noLab)('the same change with RollingUpdate does it on one node after the other', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i5', { twin: true });
      const template = { spec: { volumes: [{ name: 'dockersock', hostPath: { path: WRONG } }] } };
      await kubeMust(lab, 'PATCH', AWS_NODE, { body: { spec: { template } } });
      const enisLost = async () => {
        const links = await Promise.all(
          [eni.subject, eni.peer].map((node) => lab.exec(node, ['ip', 'link', 'show', 'eth1'])),
        );
        return links.filter(({ exit }) => exit !== 0).length;
      };
      await expect.poll(enisLost, { timeout: 20_000 }).toBe(2);
      const rolled = async () => (await kubeMust(lab, 'GET', AWS_NODE))['status'];
      await expect
        .poll(rolled, { timeout: 20_000 })
        .toMatchObject({ updatedNumberScheduled: 3, numberReady: 3, observedGeneration: 2 });
    });

    test.skipIf(noLab)('with a higher WARM_ENI_TARGET the same ipamd keeps it', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i5', { twin: true });
      await mountSocket(lab, WRONG);
      const env = [{ name: 'WARM_ENI_TARGET', value: '2' }];
      const template = { spec: { containers: [{ name: 'aws-node', env }] } };
      await kubeMust(lab, 'PATCH', AWS_NODE, { body: { spec: { template } } });
      await replacePod(lab, await daemonPod(lab, SET, eni.subject));
      const log = await poolJudged(lab, 1);
      expect(log).toContain('used = 0');
      expect(log).not.toContain('freed ENI');
      expect(await lab.healthy()).toBe(true);
    });

    test.skipIf(noLab)(
      'i4a with the mount made wrong: rolled with the right setting, it loses its ENI all the same',
      async (context) => {
        const { expect } = context;
        const lab = await start(context, 'i4a');
        const volumes = [{ name: 'dockershim', hostPath: { path: WRONG } }];
        const { spec } = withSnat('true');
        const template = { spec: { ...spec.template.spec, volumes } };
        await kubeMust(lab, 'PATCH', AWS_NODE, { body: { spec: { ...spec, template } } });
        await replacePod(lab, await daemonPod(lab, SET, eni.subject));
        const gone = async () => (await lab.exec(eni.subject, ['ip', 'link', 'show', 'eth1'])).exit !== 0;
        await expect.poll(gone, { timeout: 10_000 }).toBe(true);
        expect(await rules(lab)).toHaveLength(6);
        expect((await rules(lab))[0]).toContain(`to ${eni.vpcCidr} lookup 2`);
      },
    );

    test.skipIf(noLab)('a healthy ipamd is rolled without any harm, and its node keeps its state', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i5', { twin: true });
      const before = await lab.nodeState(eni.subject);
      await replacePod(lab, await daemonPod(lab, SET, eni.subject));
      expect(await poolJudged(lab, 1)).toContain('used = 9');
      expect(await lab.nodeState(eni.subject)).toBe(before);
    });

    test.skipIf(noLab)('the NodePort leads to the pod that took the place of another', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i4b', { twin: true });
      const [pod] = await podsOnNode(lab, 'default', eni.subject);
      if (pod === undefined) throw new Error('the subject has no pods');
      const [made] = await replacePod(lab, pod);
      if (made === undefined) throw new Error('no pod took its place');
      const address = (made['status'] as { podIP: string }).podIP;
      const nat = await lab.exec(eni.subject, ['iptables-save', '-t', 'nat']);
      expect(nat.stdout).toContain(`--to-destination ${address}:8080`);
      expect(nat.stdout).not.toContain(`--to-destination ${(pod['status'] as { podIP: string }).podIP}:8080`);
      expect(await lab.healthy()).toBe(true);
    });

    test.skipIf(noLab)('a deletion meant for another pod changes nothing', async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i5', { twin: true });
      const pod = await daemonPod(lab, SET, eni.subject);
      const path = `/api/v1/namespaces/kube-system/pods/${pod.metadata.name}`;
      const body = { preconditions: { uid: '00000000-0000-4000-8000-000000000000' } };
      expect(await kubeCall(lab, 'DELETE', path, { body, type: 'application/json' })).toMatchObject({ code: 409 });
      expect((await daemonPod(lab, SET, eni.subject)).metadata.uid).toBe(pod.metadata.uid);
    });
  },
);
