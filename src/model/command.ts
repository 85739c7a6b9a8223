import type { Json } from './json.ts';
import type { ClusterStep, PlanStep } from './plan.ts';
import { quoted } from './quoted.ts';

/**
 * A step as the argv that a person would type for it. For reading, never for running: what a plan cannot name yet — the pod that an
 * owner has by then — stands in angle brackets, which no object's name can hold.
 */
export function commandOf(step: PlanStep): readonly string[] {
  switch (step.kind) {
    case 'node-command':
      return step.argv;
    case 'kubernetes-patch': {
      const { kind, namespace, name } = step.object;
      const object = [kind.toLowerCase(), name, '--type', 'strategic', '-p', json(step.patch)];
      return ['kubectl', ...scope(namespace), 'patch', ...object];
    }
    case 'pod-delete':
      return [
        'kubectl',
        ...scope(step.namespace),
        'delete',
        'pod',
        step.name ?? `<the pod of ${step.owner} on ${step.node}>`,
      ];
  }
}

/** What a step of the API server does and to which object, one clause. */
export function meaningOf(step: ClusterStep): string {
  if (step.kind === 'kubernetes-patch') {
    const { kind, namespace, name } = step.object;
    return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}: ${step.says}`;
  }
  return `${step.owner} makes another pod ${step.owner.startsWith('DaemonSet/') ? `on ${step.node}` : 'where it fits'}; done when that one is Ready`;
}

/** The lines that a person would type for a step: the command, and below it what it reads, as a here-document of bash. */
export function typedLines(step: PlanStep): readonly string[] {
  const command = quoted(commandOf(step));
  if (step.kind !== 'node-command' || step.stdin === undefined) return [command];
  const lines = step.stdin.replace(/\n$/, '').split('\n');
  const end = lines.includes('EOF') ? 'END-OF-FILE' : 'EOF';
  return [`${command} <<'${end}'`, ...lines, end];
}

function scope(namespace: string | null): readonly string[] {
  return namespace === null ? [] : ['-n', namespace];
}

function json(patch: { readonly [key: string]: Json }): string {
  return JSON.stringify(patch);
}
