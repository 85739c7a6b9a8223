import { describe, expect, test } from 'vitest';
import { podWays, vethOf } from '../../src/check/pod-ways.ts';
import { endpoints, nodePorts } from '../../src/check/service-ports.ts';
import { ipRouteAll, iptablesNat, ipRule } from '../../src/probe/index.ts';
import { printed } from '../fake/scene.ts';

const nat = (...lines: readonly string[]) =>
  iptablesNat.parse(['*nat', ':PREROUTING ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n'), printed(''));
const rules = (...lines: readonly string[]) => ipRule.parse(`${lines.join('\n')}\n`, printed('')).rules;
const routes = (...lines: readonly string[]) => ipRouteAll.parse(`${lines.join('\n')}\n`, printed('')).routes;

const SEP = '-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.0.0.7:8080';

describe('ports of services', () => {
  test('a NodePort leads through its chains to every pod behind it, each once', () => {
    const table = nat(
      '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-A',
      '-A KUBE-EXT-A -s 10.0.0.0/16 -j KUBE-SVC-A',
      '-A KUBE-EXT-A -j KUBE-SVL-A',
      '-A KUBE-SVC-A -j KUBE-SEP-A',
      '-A KUBE-SVL-A -j KUBE-SEP-A',
      SEP,
    );
    expect(nodePorts(table)).toMatchObject([{ port: 30_080, endpoints: [{ address: '10.0.0.7', port: 8080 }] }]);
  });

  test('chains that lead round in a circle end', () => {
    const table = nat(
      '-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-A',
      '-A KUBE-EXT-A -j KUBE-SVC-A',
      '-A KUBE-SVC-A -j KUBE-EXT-A',
    );
    expect(nodePorts(table)).toMatchObject([{ port: 30_080, endpoints: [] }]);
  });

  test('UDP, and rules that only look like a NodePort, are none', () => {
    const table = nat(
      '-A KUBE-NODEPORTS -p udp -m udp --dport 30053 -j KUBE-EXT-A',
      '-A OTHER -p tcp -m tcp --dport 30080 -j KUBE-EXT-A',
    );
    expect(nodePorts(table)).toEqual([]);
  });

  test('an endpoint is an address and a TCP port', () => {
    const odd = ['10.0.0.8:53', '10.0.0.9', '10.0.0.1-10.0.0.9:80'].map((to, at) =>
      at === 0
        ? `-A KUBE-SEP-B -p udp -m udp -j DNAT --to-destination ${to}`
        : `-A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination ${to}`,
    );
    expect(endpoints(nat(SEP, ...odd))).toEqual([{ address: '10.0.0.7', port: 8080 }]);
  });
});

describe('ways of pods', () => {
  const RULES = rules(
    '0:\tfrom all lookup local',
    '1536:\tfrom 10.0.0.7 lookup 2',
    '1536:\tfrom 10.0.0.8 to 10.0.0.0/16 lookup 2',
    '1536:\tfrom 10.0.0.8 to 10.1.0.0/16 lookup 2',
    '1536:\tfrom 10.0.0.9 lookup 3',
    '1536:\tfrom 10.0.64.0/24 lookup 3',
    '1536:\tnot from 10.0.0.7 lookup 4',
    '1536:\tfrom 10.0.0.7 blackhole',
    '32766:\tfrom all lookup main',
  );
  const ROUTES = routes(
    'default via 10.0.0.1 dev eth0',
    '10.0.0.7 dev eni1 scope link',
    '10.0.0.8 dev eni2 scope link',
    '10.0.0.9 dev eni3 scope link',
    'default via 10.0.0.1 dev eth1 table 2',
    '10.0.0.7 dev other table 5 scope link',
  );

  test('are grouped by the table of their own rules; a table without a default leads nowhere', () => {
    const told = podWays(RULES, ROUTES).map(({ table, device, pods }) => [
      table,
      device,
      pods.map(({ address, veth, rules }) => `${address} ${veth} ${rules.length}`),
    ]);
    expect(told).toEqual([
      ['2', 'eth1', ['10.0.0.7 eni1 1', '10.0.0.8 eni2 2']],
      ['3', null, ['10.0.0.9 eni3 1']],
    ]);
  });

  test('a rule left behind by a pod that is gone counts for nothing', () => {
    expect(podWays(rules('1536:\tfrom 10.0.0.99 lookup 2'), ROUTES)).toEqual([
      { table: '2', device: 'eth1', pods: [] },
    ]);
  });

  test('a pod is routed to its device by table main alone', () => {
    expect(vethOf('10.0.0.7', ROUTES)).toBe('eni1');
    expect(vethOf('10.0.0.1', ROUTES)).toBeNull();
  });
});
