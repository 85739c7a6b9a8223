import type { KnownNode } from '../../../src/model/index.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodesNamedIn } from '../../../src/adapter/slack/find-nodes.ts';
import { fromOption, NodeList, optionValue, suggested } from '../../../src/adapter/slack/nodes.ts';
import { nodeOption } from '../../../src/adapter/slack/view/form.ts';
import { clock } from './practice.ts';

const node = (name: string, ready = true): KnownNode => ({ name, cluster: 'c', ready });
const nodes = ['ip-10-0-10-20', 'ip-10-0-10-207.ec2.internal', 'web.eu', 'web.us', 'a'].map((name) => node(name));

test.each([
  ['KubeletDown on ip-10-0-10-207.ec2.internal:10250!', ['ip-10-0-10-207.ec2.internal']],
  ['`ip-10-0-10-207` and (ip-10-0-10-20)', ['ip-10-0-10-207.ec2.internal', 'ip-10-0-10-20']],
  ['<http://x/ip-10-0-10-20|IP-10-0-10-20>', ['ip-10-0-10-20']],
  ['ip-10-0-10-2 ip-10-0-10-2070 x-ip-10-0-10-20', []],
  ['web', []],
  ['web.us.', ['web.us']],
  ['', []],
])('%j names %j', (words, names) => {
  expect(nodesNamedIn(words, nodes)).toEqual(names);
});

test('only names that a node has are ever found', () => {
  const names = nodes.map(({ name }) => name);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...names), (noise, name) => {
      expect(names).toEqual(expect.arrayContaining([...nodesNamedIn(`${noise} ${name} ${noise}`, nodes)]));
      expect(nodesNamedIn(`${noise}\n${name}\n`, nodes)).toContain(name);
    }),
  );
});

test('what begins with the typed part comes first, then what is not ready', () => {
  const list = [node('b-a'), node('a-1'), node('c-a', false), node('a-2', false)];
  expect(suggested(list, 'a').map(({ name }) => name)).toEqual(['a-2', 'a-1', 'c-a', 'b-a']);
});

test('the longest name fits into an option and comes back whole', () => {
  const long = [node(`${'a'.repeat(120)}.${'b'.repeat(120)}`, false), node('short')];
  for (const one of long) {
    const { text, value = '' } = nodeOption(one);
    expect(text.text.length).toBeLessThanOrEqual(75);
    expect(value.length).toBeLessThanOrEqual(75);
    expect(fromOption(value, long)).toBe(one.name);
  }
  expect(fromOption(optionValue('z'.repeat(100)), long)).toBeNull();
});

test('many who type at once ask the cluster once, and a failure keeps what was known', async () => {
  let asked = 0;
  let fails = false;
  let now = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve(fails ? { nodes: [], silent: ['no answer'] } : { nodes: [node('a')], silent: [] });
  };
  const list = new NodeList(ask, { ...clock, now: () => now });
  const three = await Promise.all([list.within(1000), list.within(1000), list.within(1000)]);
  expect([asked, three]).toEqual([1, [[node('a')], [node('a')], [node('a')]]]);
  now = 31_000;
  fails = true;
  expect(await list.within(1000)).toEqual([node('a')]);
  expect(asked).toBe(2);
});
