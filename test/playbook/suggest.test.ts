import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { suggest } from '../../src/playbook/index.ts';

const NODES = ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-11-207', 'gpu-a', 'gpu-b', 'db'];

describe('did you mean', () => {
  test.each([
    ['a digit too few', 'ip-10-0-10-20', 'ip-10-0-10-207'],
    ['a digit too many', 'ip-10-0-10-2077', 'ip-10-0-10-207'],
    ['neighbours swapped', 'ip-10-0-10-270', 'ip-10-0-10-207'],
    ['another case', 'IP-10-0-10-207', 'ip-10-0-10-207'],
    ['a part', '0-10-115', 'ip-10-0-10-115'],
    ['a domain too many', 'ip-10-0-10-115.internal', 'ip-10-0-10-115'],
  ])('%s', (_, typed, meant) => {
    expect(suggest(typed, NODES)[0]).toBe(meant);
  });

  test.each(['storage-7', '', 'x', '$(id)', '--help'])('nothing is like %j', (typed) => {
    expect(suggest(typed, NODES)).toEqual([]);
  });

  test('at most three, the closest first, equals by name', () => {
    expect(suggest('gpu', ['gpu-d', 'gpu-c', 'gpu-b', 'gpu-a'])).toEqual(['gpu-a', 'gpu-b', 'gpu-c']);
    expect(suggest('gpu-a', NODES, 1)).toEqual(['gpu-a']);
  });

  test('a short name is not suggested for every long one that holds it', () => {
    expect(suggest('feedback-service', ['db', 'a', 'ac'])).toEqual([]);
  });

  const name = fc.string({
    minLength: 1,
    maxLength: 30,
    unit: fc.constantFrom('a', 'b', 'c', '-', '0', '1', '9', '.'),
  });

  test('whoever is suggested for a name of the same length suggests it back', () => {
    const same = fc.integer({ min: 4, max: 12 }).chain((length) => {
      const word = fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom('a', 'b', '1') });
      return fc.tuple(word, word);
    });
    fc.assert(
      fc.property(same, ([one, other]) => {
        expect(suggest(one, [other]).length).toBe(suggest(other, [one]).length);
      }),
    );
  });

  test('a name suggests itself first, and only names that exist are suggested', () => {
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 20 }), (typed, names) => {
        const near = suggest(typed, [...names, typed]);
        expect(near.every((one) => [...names, typed].includes(one))).toBe(true);
        expect(near.length).toBeLessThanOrEqual(3);
        expect(suggest(typed, [typed])).toEqual([typed]);
      }),
    );
  });

  test('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (typed, names) => {
        expect(suggest(typed, names).length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 50 },
    );
  });

  test('ten thousand letters against five thousand nodes are answered', () => {
    const nodes = Array.from(
      { length: 5000 },
      (_, index) => `ip-10-0-${index >> 8}-${index & 255}.eu-west-1.compute.internal`,
    );
    expect(suggest('x'.repeat(10_000), nodes)).toEqual([]);
    expect(suggest(`${nodes[4711] ?? ''}${'x'.repeat(10_000)}`, nodes)).toEqual([nodes[4711]]);
  });
});
