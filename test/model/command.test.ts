import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandOf, meaningOf, typedLines } from '../../src/model/command.ts';
import type { KubernetesPatch, NodeCommand, PodDelete } from '../../src/model/index.ts';

const patch: KubernetesPatch = {
  kind: 'kubernetes-patch',
  object: { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid: 'u', generation: 1 },
  says: 'set A to true',
  patch: { spec: { updateStrategy: { type: 'OnDelete' } } },
};
const pod: PodDelete = {
  kind: 'pod-delete',
  namespace: 'kube-system',
  name: 'aws-node-x2vlj',
  uid: 'u',
  node: 'n1',
  owner: 'DaemonSet/aws-node',
};
const write = (stdin: string): NodeCommand => ({ kind: 'node-command', node: 'n1', argv: ['cat'], stdin });

describe('a step as a command', () => {
  test('of the node is its argv', () => {
    expect(commandOf({ kind: 'node-command', node: 'n1', argv: ['ip', 'rule'] })).toEqual(['ip', 'rule']);
  });

  test('is a strategic patch of the object, at the cluster scope without a namespace', () => {
    const words = ['--type', 'strategic', '-p', '{"spec":{"updateStrategy":{"type":"OnDelete"}}}'];
    expect(commandOf(patch)).toEqual(['kubectl', '-n', 'kube-system', 'patch', 'daemonset', 'aws-node', ...words]);
    const node: KubernetesPatch = { ...patch, object: { ...patch.object, kind: 'Node', namespace: null, name: 'n1' } };
    expect(commandOf(node)).toEqual(['kubectl', 'patch', 'node', 'n1', ...words]);
  });

  test('deletes one pod by name, and none where its name is not known yet', () => {
    expect(commandOf(pod).slice(-3)).toEqual(['delete', 'pod', 'aws-node-x2vlj']);
    expect(commandOf({ ...pod, name: null, uid: null }).at(-1)).toBe('<the pod of DaemonSet/aws-node on n1>');
  });

  test('says what it means', () => {
    expect(meaningOf(patch)).toBe('DaemonSet kube-system/aws-node: set A to true');
    expect(meaningOf(pod)).toBe('DaemonSet/aws-node makes another pod on n1; done when that one is Ready');
    expect(meaningOf({ ...pod, owner: 'ReplicaSet/web' })).toContain('ReplicaSet/web makes another pod where it fits');
  });
});

describe('a step as it is typed', () => {
  test('is one line, quoted, and more only where it reads a text', () => {
    expect(typedLines(patch)).toHaveLength(1);
    expect(typedLines(patch)[0]).toContain(`-p '{"spec"`);
    expect(typedLines(write('a\nb\n'))).toEqual([`cat <<'EOF'`, 'a', 'b', 'EOF']);
  });

  test('gives the command the very text, in a real shell', () => {
    const line = fc.oneof(
      fc.constantFrom('EOF', '$(id)', '`id`', '', "it's", '\\'),
      fc.string({ unit: 'grapheme-ascii' }),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        expect(execFileSync('bash', ['-c', typedLines(write(text)).join('\n')], { encoding: 'utf8' })).toBe(text);
      }),
      { numRuns: 40 },
    );
  });
});
