import type { Json } from '../model/index.ts';

/** A part of a strategic merge patch. */
export type Part = { readonly [key: string]: Json };

/** How the DaemonSet gives a new template to its nodes; the values of a rolling update stay, so that it can be put back. */
export function strategy(type: 'OnDelete' | 'RollingUpdate'): Part {
  return { updateStrategy: { type } };
}

/** Settings of one container, merged by name; `null` takes one away. */
export function settings(env: Readonly<Record<string, string | null>>): Json {
  return Object.entries(env).map(([name, value]) => (value === null ? { name, $patch: 'delete' } : { name, value }));
}

/** The pod template's part: containers and volumes are lists that merge by name, mounts by path. */
export function template(container: Part, volumes: readonly Part[] = []): Part {
  return { template: { spec: { containers: [container], ...(volumes.length === 0 ? {} : { volumes }) } } };
}
