import { describe, expect, test } from 'vitest';
import { eniPodRpf } from '../../src/cni/aws-vpc/eni-pod-rpf.ts';
import type { Answer, Bound, PlanStep } from '../../src/model/index.ts';
import { runtimeSockets } from '../../src/probe/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import { eniAnswers, eniBound, HEALTHY, I4A } from '../fake/eni.ts';
import type { EniNode } from '../fake/eni.ts';
import { answered, GAPS, lost, readings } from '../fake/scene.ts';
import { drafted, fitting, found } from './draft.ts';
import { rollable, without } from './rollable.ts';
import type { RollableCase } from './rollable.ts';

const ID = 'route-replies-by-eni';
const SETTING = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';
/** An old version on Docker with the right mount: what I4 was, without I5. */
const SICK: EniNode = { ...I4A, runtime: 'docker://19.3', mount: '/var/run/docker.sock', version: '1.5.3' };
const WRONG: EniNode = { ...SICK, mount: '/run/containerd/containerd.sock' };
const CODES = ['eni-pod-request-dropped', 'eni-pod-reply-leaves-uplink'] as const;
const boundOf = (node: EniNode, change: RollableCase = {}): Bound => rollable(eniBound(node), change);
const findingOf = (node: EniNode) => found(eniBound(node), eniAnswers(node), CODES[0]);
const draftOf = (change: RollableCase = {}, node = SICK) =>
  fitting(ID, findingOf(node), boundOf(node, change), eniAnswers(node));
const refusal = (change: RollableCase = {}, node = SICK, answers: readonly Answer[] = eniAnswers(node)) =>
  drafted(ID, findingOf(node), boundOf(node, change), answers);
const patches = (steps: readonly PlanStep[]) => steps.filter((step) => step.kind === 'kubernetes-patch');
const ROLL = {
  kind: 'pod-delete',
  namespace: 'kube-system',
  name: 'aws-node-x2vlj',
  uid: 'uid-aws-node-x2vlj',
  node: 'ip-172-31-53-61',
  owner: 'DaemonSet/aws-node',
};

describe('route-replies-by-eni', () => {
  test('sets the one variable and holds the roll-out in one patch, then restarts this node alone', () => {
    expect(draftOf().steps).toEqual([
      {
        kind: 'kubernetes-patch',
        object: { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid: 'uid-daemonset', generation: 12 },
        says: `set ${SETTING} to true and keep it from rolling by itself`,
        patch: {
          spec: {
            updateStrategy: { type: 'OnDelete' },
            template: { spec: { containers: [{ name: 'aws-node', env: [{ name: SETTING, value: 'true' }] }] } },
          },
        },
      },
      ROLL,
    ]);
  });

  test.each([
    ['was not set', {}, { name: SETTING, $patch: 'delete' }],
    ['was false', { [SETTING]: 'false' }, { name: SETTING, value: 'false' }],
  ] as const)(
    'where the variable %s, the way back is that, the roll-out too, and the pod of by then',
    (_, env, entry) => {
      const [back, restart] = draftOf({ env }).undo;
      expect(patches(back === undefined ? [] : [back])[0]?.patch).toEqual({
        spec: {
          updateStrategy: { type: 'RollingUpdate' },
          template: { spec: { containers: [{ name: 'aws-node', env: [entry] }] } },
        },
      });
      expect(restart).toEqual({ ...ROLL, name: null, uid: null });
    },
  );

  test('leaves a DaemonSet that waits already as it is, there and back', () => {
    const draft = draftOf({ updateStrategy: 'OnDelete' });
    expect(JSON.stringify([draft.steps, draft.undo])).not.toContain('updateStrategy');
    expect(draft.durable.join(' ')).not.toContain('RollingUpdate');
  });

  test.each(['true', '1', 'True'])('only restarts where %s is set and this node has the older pod', (value) => {
    const draft = draftOf({ env: { [SETTING]: value } });
    expect(draft.steps).toEqual([ROLL]);
    expect(draft.undo).toEqual([]);
  });

  test('says what pods need from then on, and that the trap is one', () => {
    expect(draftOf().safety).toContain('pods need a NAT gateway to reach the internet');
    expect(draftOf().safety).toContain('Loose reverse path filtering on eth1 instead would let requests in and lose');
    expect(draftOf().rollbackSeconds).toBe(0);
  });

  test('serves the node on which the trap was tried, and no fix of either form writes rp_filter', () => {
    const tried = { ...SICK, eth1: '2' as const };
    const finding = found(eniBound(tried), eniAnswers(tried), CODES[1]);
    expect(fitting(ID, finding, boundOf(tried), eniAnswers(tried)).steps).toHaveLength(2);
    const fixes = remediations.filter((one) => CODES.some((code) => one.fixes.includes(code)));
    expect(fixes.map(({ id }) => id)).toEqual([ID]);
    expect(JSON.stringify(draftOf())).not.toContain('rp_filter=');
  });

  test('a healthy node has nothing that it would mend', () => {
    expect(eniPodRpf.judge(boundOf(HEALTHY), readings(...eniAnswers(HEALTHY))).is).toBe('clear');
  });

  test('fits a version that keeps its own record, where it has a place for it', () => {
    const newer = { ...I4A, version: '1.12.1' };
    expect(draftOf({ runtimes: null }, newer).steps).toHaveLength(2);
    expect(refusal({}, { ...newer, record: false })).toMatch(/version 1\.12\.1 keeps .* mounts no such directory/);
    expect(refusal({ cni: { hostPaths: {} } }, newer)).toMatch(/mounts no such directory/);
  });
});

describe('route-replies-by-eni is refused where rolling aws-node would free ENIs in use', () => {
  const others = (runtime: string): RollableCase => ({
    runtimes: [
      { runtime: SICK.runtime, nodes: 2, examples: ['ip-172-31-53-61', 'ip-172-31-52-10'] },
      { runtime, nodes: 1, examples: ['ip-172-31-60-7'] },
    ],
  });

  test('because this node has another socket than the DaemonSet mounts', () => {
    expect(refusal({}, WRONG)).toMatch(/mounts \/run\/containerd\/containerd\.sock, and ip-172-31-53-61 runs docker/);
  });

  test('because another node runs another runtime, and names it', () => {
    expect(refusal(others('containerd://1.6'))).toMatch(
      /mounts \/var\/run\/docker\.sock, and 1 node \(ip-172-31-60-7\) run containerd/,
    );
    expect(refusal(others('docker://20'))).toHaveProperty('title');
  });

  test.each<[string, RollableCase, RegExp]>([
    [
      'the runtimes of the other nodes',
      { runtimes: null },
      /which container runtimes the other nodes have could not be seen/,
    ],
    ['any node', { runtimes: [] }, /could not be seen/],
    ['a runtime', others('rkt://1'), /does not know the socket of rkt:\/\/1, which 1 node \(ip-172-31-60-7\)/],
    ['the mounts', { cni: { hostPaths: {} } }, /mounts no socket of one that could be seen/],
  ])('because it does not know %s', (_, change, why) => {
    expect(refusal(change)).toMatch(why);
  });

  test.each(GAPS)('because which sockets this node has is %s', (gap) => {
    const answers = [...eniAnswers(SICK), lost(answered('subject', runtimeSockets, {}, ''), gap)];
    expect(refusal({}, SICK, answers)).toMatch(/which container runtime answers on ip-172-31-53-61 could not be seen/);
  });

  test('and where the DaemonSet cannot be patched or restarted safely', () => {
    const bound = boundOf(SICK);
    const said = (cni: Bound['cni'], subject: Bound['subject'] = bound.subject) =>
      drafted(ID, findingOf(SICK), { ...bound, cni, subject }, eniAnswers(SICK));
    expect(said(without(bound.cni, 'workload'))).toMatch(/did not say enough of DaemonSet kube-system\/aws-node/);
    expect(said(without(bound.cni, 'container'))).toMatch(/did not say enough/);
    expect(said(bound.cni, { ...bound.subject, cniPod: null })).toMatch(/has no pod on/);
  });
});
