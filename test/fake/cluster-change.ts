import type { CniFacts, Json, KubernetesPatch, PodFacts } from '../../src/model/index.ts';

type Tree = Readonly<Record<string, Json>>;

/** The facts of a CNI after a patch of its DaemonSet: settings, hostPaths, the way of rolling out, and one generation more. */
export function patchedCni(cni: CniFacts, { object, patch }: KubernetesPatch): CniFacts {
  const { workload, daemonSet } = cni;
  if (object.kind !== 'DaemonSet' || workload === undefined || `${object.namespace}/${object.name}` !== daemonSet)
    return cni;
  const spec = tree(patch['spec']);
  const pod = tree(tree(spec['template'])['spec']);
  const own = members(pod['containers']).find(({ name }) => name === (cni.container ?? name)) ?? {};
  const type = tree(spec['updateStrategy'])['type'];
  const gone = members(own['env']).filter((entry) => entry['$patch'] === 'delete');
  const env = { ...cni.env, ...pairs(members(own['env']), ({ value }) => value) };
  return {
    ...cni,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !gone.some((entry) => entry['name'] === name))),
    hostPaths: { ...cni.hostPaths, ...pairs(members(pod['volumes']), ({ hostPath }) => tree(hostPath)['path']) },
    workload: {
      ...workload,
      generation: workload.generation + 1,
      ...(type === 'OnDelete' || type === 'RollingUpdate' ? { updateStrategy: type } : {}),
    },
  };
}

/** What a dry-run would say of a patch, without what was there before: one line for each value that it sets. */
export function additions(value: Json | undefined, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    return members(value).flatMap((one) =>
      additions(one, `${path}[${typeof one['name'] === 'string' ? one['name'] : ''}]`),
    );
  }
  if (typeof value !== 'object' || value === null) return [`+${path}: ${String(value)}`];
  return Object.entries(value).flatMap(([name, member]) => additions(member, path === '' ? name : `${path}.${name}`));
}

/** The pod that an owner makes after this one was deleted. */
export function recreated(pod: PodFacts): PodFacts {
  const [, stem = pod.uid, count = '1'] = /^(.*)\.(\d+)$/.exec(pod.uid) ?? [];
  const next = Number(count) + 1;
  return {
    ...pod,
    uid: `${stem}.${next}`,
    name: `${pod.name.replace(/\.\d+$/, '')}.${next}`,
    ready: true,
    restarts: 0,
  };
}

function tree(value: Json | undefined): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

function members(value: Json | undefined): readonly Tree[] {
  return Array.isArray(value) ? value.map(tree) : [];
}

function pairs(all: readonly Tree[], pick: (one: Tree) => Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    all.flatMap((one) => {
      const picked = pick(one);
      return typeof one['name'] === 'string' && typeof picked === 'string' ? [[one['name'], picked]] : [];
    }),
  );
}
