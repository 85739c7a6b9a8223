import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imageVersion } from '../../src/cni/cni.ts';
import { cniByName, cniNorm, CNIS, recogniseCni } from '../../src/cni/index.ts';
import type { DaemonSetFacts } from '../../src/model/index.ts';
import { ipRoute } from '../../src/probe/ip-route.ts';
import { ipRule } from '../../src/probe/ip-rule.ts';
import type { Output } from '../../src/model/index.ts';

const EMPTY: Output = {
  exit: 0,
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  timedOut: false,
  truncated: false,
  ms: 1,
};

const routes = (text: string) => ipRoute.parse(text, EMPTY).routes;
const rules = (text: string) => ipRule.parse(text, EMPTY).rules;

function daemonSet(
  name: string,
  container: string,
  image: string,
  changes: Partial<DaemonSetFacts> = {},
): DaemonSetFacts {
  return {
    namespace: 'kube-system',
    name,
    desired: 3,
    containers: [{ name: container, image, env: {} }],
    hostPaths: {},
    ...changes,
  };
}

const AWS = daemonSet(
  'aws-node',
  'aws-node',
  '602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon-k8s-cni:v1.20.4-eksbuild.2',
);
const CALICO = daemonSet('calico-node', 'calico-node', 'docker.io/calico/node:v3.31.0');
const FLANNEL = daemonSet('kube-flannel-ds', 'kube-flannel', 'ghcr.io/flannel-io/flannel:v0.27.4');

describe('recognising a CNI', () => {
  it.each([
    ['aws-vpc', '1.20.4', AWS],
    ['calico', '3.31.0', CALICO],
    ['flannel', '0.27.4', FLANNEL],
    ['calico', '3.31.0', daemonSet('renamed', 'x', 'registry.local:5000/mirror/calico/node:v3.31.0@sha256:abc')],
    ['aws-vpc', null, daemonSet('aws-node', 'aws-node', 'my-own-build@sha256:abc')],
  ] as const)('%s %s', (name, version, found) => {
    expect(recogniseCni([daemonSet('kube-proxy', 'kube-proxy', 'kube-proxy:v1.34.2'), found])).toMatchObject({
      name,
      version,
      daemonSet: `kube-system/${found.name}`,
    });
  });

  it.each([
    ['nothing', []],
    ['another DaemonSet', [daemonSet('node-exporter', 'node-exporter', 'prom/node-exporter:v1.9')]],
    [
      'one that a migration left without pods',
      [daemonSet('calico-node', 'calico-node', 'calico/node:v3.31.0', { desired: 0 })],
    ],
    ['an image that only ends like one', [daemonSet('x', 'x', 'example.com/not-calico/nodes:v3.31.0')]],
    ['the name on another container', [daemonSet('aws-node', 'sidecar', 'busybox:1')]],
  ] as const)('is not fooled by %s', (_case, found) => {
    expect(recogniseCni(found)).toEqual({
      name: 'unknown',
      version: null,
      daemonSet: null,
      image: null,
      env: {},
      hostPaths: {},
    });
  });

  it('takes the one that carries the pods when Calico only adds policy, whatever the order', () => {
    expect(recogniseCni([CALICO, AWS]).name).toBe('aws-vpc');
    expect(recogniseCni([FLANNEL, CALICO]).name).toBe('calico');
  });

  it('takes one without a number of pods', () => {
    expect(recogniseCni([{ ...CALICO, desired: null }]).name).toBe('calico');
  });

  it('keeps the settings of the CNI container, not of its sidecars', () => {
    const env = { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' };
    const found = daemonSet('aws-node', 'aws-node', '', {
      containers: [
        { name: 'aws-eks-nodeagent', image: 'amazon/aws-network-policy-agent:v1.2.7', env: { OTHER: '1' } },
        { name: 'aws-node', image: 'amazon-k8s-cni:v1.20.4', env },
      ],
      hostPaths: { 'run-dir': '/var/run/aws-node' },
    });
    expect(recogniseCni([found])).toMatchObject({ env, hostPaths: { 'run-dir': '/var/run/aws-node' } });
  });

  it('knows which container a patch is for, and of which DaemonSet, where the API said it', () => {
    const workload = { uid: 'aaaaaaaa-0000', generation: 4, updateStrategy: 'OnDelete' } as const;
    expect(recogniseCni([{ ...AWS, workload }])).toMatchObject({ container: 'aws-node', workload });
    expect(recogniseCni([AWS])).not.toHaveProperty('workload');
    expect(recogniseCni([daemonSet('renamed', 'cni', 'amazon-k8s-cni:v1.20.4')]).container).toBe('cni');
  });

  it.each([
    ['a:v1.20.4-eksbuild.2', '1.20.4'],
    ['host:5000/a:3.31', '3.31'],
    ['host:5000/a', null],
    ['a:latest', null],
    ['a:v1.2.3$(id)', null],
    ['', null],
  ])('reads the version of %j as %s', (image, version) => {
    expect(imageVersion(image)).toBe(version);
  });
});

describe('what is normal with aws-vpc', () => {
  const norm = cniByName('aws-vpc');

  it.each([
    '512:	from all to 172.31.56.137 lookup main',
    '1024:	from all fwmark 0x80/0x80 lookup main',
    '1024:	not from all to 172.31.0.0/16 lookup main',
    '1536:	from 172.31.56.137 to 172.31.0.0/16 lookup 2',
    '1536:	from 172.31.56.137 lookup 3',
    '20:	from all lookup local',
    '10:	from all iif vlan.eth.1 lookup 101',
  ])('is the rule %s', (line) => {
    expect(rules(`${line}\n`).map((rule) => norm?.normalRule(rule))).toEqual([true]);
  });

  it.each([
    '0:	from all lookup local',
    '100:	from 10.0.10.207 lookup 100',
    '512:	from all to 172.31.56.137 lookup 2',
    '1536:	from 172.31.56.137 lookup main',
    '1536:	from 172.31.56.137 blackhole',
    '30400:	from 172.31.56.1 lookup 30400',
  ])('is not the rule %s', (line) => {
    expect(rules(`${line}\n`).map((rule) => norm?.normalRule(rule))).toEqual([false]);
  });

  it.each([
    '172.31.56.137 dev eni5e8a1c2f3b4 scope link',
    'default via 172.31.48.1 dev eth1 table 2',
    '172.31.48.1 dev eth1 table 2 scope link',
  ])('is the route %s', (line) => {
    expect(routes(`${line}\n`).map((route) => norm?.normalRoute(route))).toEqual([true]);
  });

  it.each([
    '10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190',
    '172.31.56.137 via 172.31.48.1 dev eni5e8a1c2f3b4',
    'blackhole 172.31.56.137 table 2',
    'default via 172.31.48.1 dev eth0',
  ])('is not the route %s', (line) => {
    expect(routes(`${line}\n`).map((route) => norm?.normalRoute(route))).toEqual([false]);
  });

  it('is loose RPF on the uplink, and forwarding by ip_forward alone', () => {
    expect(norm).toMatchObject({ uplinkRpf: 'loose', forwardsPodDevices: false, podDevicePrefixes: ['eni', 'vlan'] });
  });
});

describe('what is normal with calico', () => {
  const norm = cniByName('calico');

  it.each([
    '192.168.4.25 dev calidc7f3a1b60c scope link',
    'blackhole 10.244.1.0/26 proto 80',
    'blackhole 192.168.4.0/26 proto bird',
    '10.244.2.0/26 via 10.0.0.2 dev tunl0 proto bird onlink',
    '10.244.3.0/26 via 10.244.3.0 dev vxlan.calico onlink',
    '10.244.4.0/26 via 10.0.0.4 dev eth0 proto bird',
  ])('is the route %s', (line) => {
    expect(routes(`${line}\n`).map((route) => norm?.normalRoute(route))).toEqual([true]);
  });

  it.each([
    'blackhole 10.244.1.0/26',
    'blackhole 10.244.1.7 proto 80',
    'unreachable 10.244.1.0/26 proto 80',
    '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1',
    '192.168.4.0/24 dev calidc7f3a1b60c scope link',
  ])('is not the route %s', (line) => {
    expect(routes(`${line}\n`).map((route) => norm?.normalRoute(route))).toEqual([false]);
  });

  it('is forwarding on its own devices whatever ip_forward says', () => {
    expect(norm?.forwardsPodDevices).toBe(true);
    expect(norm?.isPodDevice('calidc7f3a1b60c')).toBe(true);
    expect(['eth0', 'tunl0', 'vxlan.calico', 'wireguard.cali'].filter((name) => norm?.isPodDevice(name))).toEqual([]);
  });

  it('is no policy rule but that of WireGuard', () => {
    const [wireguard, source] = rules(
      '99:	not from all fwmark 0x200000/0x200000 lookup 1\n100:	from 10.0.0.1 lookup 100\n',
    );
    expect([wireguard, source].map((rule) => rule && norm?.normalRule(rule))).toEqual([true, false]);
  });
});

describe('what is normal with flannel', () => {
  const norm = cniByName('flannel');

  it.each([
    '10.187.1.0/24 via 10.187.1.0 dev flannel.1 onlink',
    '10.187.0.0/24 dev cni0 proto kernel scope link src 10.187.0.1',
    'local 10.187.0.0 dev flannel.1 proto kernel scope host src 10.187.0.0',
    'broadcast 10.187.0.255 dev cni0 proto kernel scope link src 10.187.0.1',
  ])('is the route %s', (line) => {
    expect(routes(`${line}\n`).map((route) => norm?.normalRoute(route))).toEqual([true]);
  });

  it.each([
    '10.187.1.0/24 via 10.0.0.2 dev eth0',
    'blackhole 10.187.1.0/24',
    '10.187.0.0/24 via 10.0.0.1 dev cni0',
    'local 10.0.0.1 dev eth0 proto kernel scope host src 10.0.0.1',
  ])('is not the route %s', (line) => {
    expect(routes(`${line}\n`).map((route) => norm?.normalRoute(route))).toEqual([false]);
  });

  it('is no policy rule', () => {
    expect(rules('100:	from 10.0.0.1 lookup 100\n').map((rule) => norm?.normalRule(rule))).toEqual([false]);
  });
});

describe("a cluster's own settings", () => {
  const facts = (name: string, env: Record<string, string>) => ({
    name,
    version: null,
    daemonSet: null,
    image: null,
    env,
    hostPaths: {},
  });

  it('may give pod devices another prefix', () => {
    const norm = cniNorm(facts('calico', { FELIX_INTERFACEPREFIX: 'tap,azv' }));
    expect(norm?.podDevicePrefixes).toEqual(['tap', 'azv']);
    expect(norm?.isPodDevice('azv12')).toBe(true);
    expect(norm?.isPodDevice('cali12')).toBe(false);
  });

  it.each([{}, { FELIX_INTERFACEPREFIX: '' }, { FELIX_INTERFACEPREFIX: '-; id' }])(
    'that say nothing usable change nothing: %j',
    (env) => {
      expect(cniNorm(facts('calico', env))?.podDevicePrefixes).toEqual(['cali']);
    },
  );

  it('of an unknown CNI have no norm', () => {
    expect(cniNorm(facts('unknown', {}))).toBeNull();
    expect(cniByName('__proto__')).toBeNull();
  });
});

describe('the registry', () => {
  const directory = new URL('../../src/cni/', import.meta.url);

  it('equals the directory', () => {
    const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(CNIS.map(({ name }) => name).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });

  it.each(CNIS.map(({ name }) => name))('says on top of %s why it is so, with a link', (name) => {
    const text = readFileSync(new URL(`${name}/index.ts`, directory), 'utf8');
    expect(text).toMatch(/^\/\/ [^\n]+\n(?:\/\/ [^\n]+\n)*\/\/ https:\/\//);
  });
});
