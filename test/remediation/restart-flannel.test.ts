import { describe, expect, test } from 'vitest';
import type { Bound } from '../../src/model/index.ts';
import { I2, I2_CAPTURED, I2_HEALTHY, I2_STALE, i2Answers } from '../fake/flannel.ts';
import { readings } from '../fake/scene.ts';
import { vtepMac } from '../../src/cni/flannel/vtep-mac.ts';
import { drafted, fitting, found } from './draft.ts';
import { cniPod, rollable, without } from './rollable.ts';

const ID = 'restart-flannel';
const FLANNEL: Bound = { ...I2, cni: { ...I2.cni, daemonSet: 'kube-flannel/kube-flannel-ds' } };
const BOUND = rollable(FLANNEL);
const SICK = i2Answers(I2_STALE);
const GONE = i2Answers({ ...I2_HEALTHY, mac: null });
const STALE = found(BOUND, SICK, 'vtep-mac-not-announced');
const MISSING = found(BOUND, GONE, 'vtep-missing');

describe('restart-flannel', () => {
  test.each([
    ['another MAC than announced', STALE, SICK, /keeps flannel\.1 and announces the MAC that it has now/],
    ['no tunnel', MISSING, GONE, /makes flannel\.1 again and announces its MAC/],
  ] as const)(
    'deletes this node’s own flannel pod where there is %s, and says what that does',
    (_, finding, answers, says) => {
      const draft = fitting(ID, finding, BOUND, answers);
      expect(draft.steps).toEqual([
        {
          kind: 'pod-delete',
          namespace: 'kube-flannel',
          name: 'kube-flannel-ds-x2vlj',
          uid: 'uid-kube-flannel-ds-x2vlj',
          node: 'kylin-19',
          owner: 'DaemonSet/kube-flannel-ds',
        },
      ]);
      expect(draft.undo).toEqual([]);
      expect(draft.safety).toMatch(says);
      expect(draft.verify).toEqual(['vtep-mac']);
    },
  );

  test('promises no rollback by the node, and shows what the restart changed there', () => {
    const draft = fitting(ID, STALE, BOUND, SICK);
    expect(draft.rollbackSeconds).toBe(0);
    expect(draft.safety).toContain('I save the network state of kylin-19 before it and show afterwards what differs');
    expect(draft.safety).toContain('Restarting NetworkManager instead does not mend it');
  });

  test('waits while a tunnel address of another node is taken for our own: flannel could not make its way there again', () => {
    const both = i2Answers({ ...I2_STALE, captured: I2_CAPTURED.captured });
    expect(drafted(ID, found(BOUND, both, 'vtep-mac-not-announced'), BOUND, both)).toMatch(/given back to the tunnel/);
    expect(drafted('release-remote-vtep', found(BOUND, both, 'remote-vtep-is-local'), BOUND, both)).toHaveProperty(
      'steps',
    );
  });

  test('a healthy node has nothing that it would mend', () => {
    expect(vtepMac.judge(BOUND, readings(...i2Answers(I2_HEALTHY))).is).toBe('clear');
  });

  const owned = (change: Parameters<typeof cniPod>[3]): Bound =>
    rollable(FLANNEL, { cniPod: cniPod('kube-flannel', 'kube-flannel-ds', 'kylin-19', change) });
  test.each<[string, Bound, RegExp]>([
    ['its pod there is not known', { ...BOUND, subject: without(BOUND.subject, 'cniPod') }, /not known which pod/],
    ['it has no pod there', rollable(FLANNEL, { cniPod: null }), /has no pod on kylin-19/],
    ['the pod is bare', owned({ owner: null }), /nobody would make it again/],
    ['the pod is of another DaemonSet', owned({ owner: 'DaemonSet/kube-flannel-ds-arm' }), /does not belong to/],
    ['the pod is of another namespace', owned({ namespace: 'other' }), /pod other\/.* does not belong to/],
    ['the DaemonSet is not known', { ...BOUND, cni: { ...BOUND.cni, daemonSet: null } }, /was not recognised/],
  ])('does not fit where %s', (_, bound, why) => {
    expect(drafted(ID, STALE, bound, SICK)).toMatch(why);
  });
});
