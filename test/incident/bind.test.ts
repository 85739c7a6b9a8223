import { describe, expect, test } from 'vitest';
import { bind, type ClusterView } from '../../src/incident/index.ts';
import type { NodeFacts } from '../../src/model/index.ts';
import { CNI, nodeFacts } from '../fake/scene.ts';

const SUBJECT = nodeFacts('ip-172-31-53-61', '172.31.53.61');
const PEER = nodeFacts('ip-172-31-52-10', '172.31.52.10');

function outside(...others: readonly NodeFacts[]): string | undefined {
  const view: ClusterView = {
    cluster: 'prod',
    nodes: [SUBJECT, PEER, ...others],
    pods: new Map(),
    cni: CNI,
    apiServers: [],
  };
  const end = bind(view, SUBJECT, PEER).farEnds.outside;
  return end?.sender?.name;
}

describe('the far end outside', () => {
  test('is a Ready node of another network, where neighbours never show the fault', () => {
    expect(outside(nodeFacts('control-plane', '10.20.0.10'))).toBe('control-plane');
  });

  test.each([
    ['there is none', []],
    ['it is not Ready', [nodeFacts('control-plane', '10.20.0.10', { ready: 'Unknown' })]],
    ['it is in the same 16 bits', [nodeFacts('control-plane', '172.31.200.9')]],
    ['it has IPv6 alone', [nodeFacts('control-plane', 'fd00::9')]],
  ] as const)('is the peer where %s', (_, others) => {
    expect(outside(...others)).toBe(PEER.name);
  });
});
