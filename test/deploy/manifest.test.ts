import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { manifest, type Manifest, manifests } from './manifest.ts';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly volumeMounts: readonly Mount[];
  readonly securityContext: object;
  readonly command?: readonly string[];
}

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly strategy: { readonly type: string };
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly securityContext: { readonly runAsNonRoot: boolean };
        readonly containers: readonly [Container];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

const top = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('the Deployment', () => {
  const { spec } = manifest('Deployment') as Manifest & Deployment;
  const pod = spec.template.spec;
  const [container] = pod.containers;

  it('gives the configuration in the ConfigMap all that it names, and it is accepted', () => {
    const { data } = manifest('ConfigMap') as Manifest & { data: Record<string, string> };
    const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    const tokens = { SLACK_BOT_TOKEN: 'xoxb-1234567890', SLACK_APP_TOKEN: 'xapp-1234567890' };
    expect(Object.keys(tokens).every((name) => name in env && env[name] === undefined)).toBe(true);
    const config = readConfig({ ...env, ...tokens, KUBERNETES_SERVICE_HOST: '10.96.0.1' }, (path) => {
      const mount = container.volumeMounts.find(
        ({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`),
      );
      if (mount?.name === 'config') return data[mount.subPath ?? ''] ?? '';
      if (mount?.name === 'ssh') return '';
      throw Object.assign(new Error('not mounted'), { code: 'ENOENT' });
    });
    expect(config).toMatchObject({ mode: 'serve', cluster: { inCluster: true } });
    const journal = container.volumeMounts.find(({ name }) => name === 'journal');
    expect(JSON.stringify(config)).toContain(`sqlite:${journal?.mountPath}/`);
    expect(journal?.readOnly).toBeUndefined();
  });

  it('mounts every volume that it has, and only those', () => {
    expect(container.volumeMounts.map(({ name }) => name).toSorted()).toEqual(
      pod.volumes.map(({ name }) => name).toSorted(),
    );
  });

  it('is one writer without privileges', () => {
    expect([spec.replicas, spec.strategy.type]).toEqual([1, 'Recreate']);
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.command).toBeUndefined();
  });

  it('runs as the account that rbac.yml allows something', () => {
    expect(manifest('ServiceAccount').metadata).toEqual({ name: pod.serviceAccountName, namespace: 'netdiag' });
  });
});

it('no manifest holds a secret', () => {
  expect(manifests().filter(({ kind }) => kind === 'Secret')).toEqual([]);
});

describe('the image', () => {
  const dockerfile = top('Dockerfile');
  const steps = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));

  it('ends as a user without privileges, and serves', () => {
    expect(steps.slice(-2)).toEqual(['USER node', 'CMD ["node", "src/main.ts", "serve"]']);
  });

  it('copies only what .dockerignore lets through and what there is', () => {
    const through = top('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = steps
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect([...new Set(copied)].toSorted()).toEqual(through.toSorted());
    expect(copied.filter((name) => !existsSync(new URL(`../../${name}`, import.meta.url)))).toEqual([]);
  });

  it('is built on the Node that package.json asks for', () => {
    const { engines } = JSON.parse(top('package.json')) as { engines: { node: string } };
    expect(steps.filter((line) => line.startsWith('FROM ')).every((line) => line.includes('node:24-'))).toBe(true);
    expect(engines.node).toBe('>=24.12');
  });
});
