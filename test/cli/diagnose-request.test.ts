import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnoseRequest } from '../../src/cli/diagnose-request.ts';

describe('the arguments of diagnose', () => {
  test('one node is enough', () => {
    expect(diagnoseRequest(['ip-10-0-10-207'])).toEqual({
      node: 'ip-10-0-10-207',
      symptom: undefined,
      answers: new Map(),
      json: false,
      bundle: undefined,
    });
  });

  test('symptom, answers, json and bundle, in any order', () => {
    expect(
      diagnoseRequest([
        '--json',
        '--answer',
        'which=node',
        'n1',
        '--answer',
        'more=all',
        '--symptom',
        'x',
        '--bundle',
        'b.zip',
      ]),
    ).toEqual({
      node: 'n1',
      symptom: 'x',
      answers: new Map([
        ['which', 'node'],
        ['more', 'all'],
      ]),
      json: true,
      bundle: 'b.zip',
    });
  });

  test('the symptom may be given as an answer; --symptom wins', () => {
    expect(diagnoseRequest(['n1', '--answer', 'symptom=a'])).toMatchObject({ symptom: 'a' });
    expect(diagnoseRequest(['n1', '--answer', 'symptom=a', '--symptom', 'b'])).toMatchObject({ symptom: 'b' });
  });

  test.each(['n', 'node-1.example.com', 'ip-10-0-10-207.eu-west-1.compute.internal', 'constructor'])(
    '%s is a node name',
    (node) => {
      expect(diagnoseRequest([node])).toMatchObject({ node });
    },
  );

  test.each([
    [[], /exactly one node/],
    [[''], /exactly one node/],
    [['  '], /exactly one node/],
    [['a', 'b'], /exactly one node/],
    [['$(id)'], /not a node name/],
    [['Node'], /not a node name/],
    [['a/b'], /not a node name/],
    [['a b'], /not a node name/],
    [['-- '], /./],
    [['--', '--help'], /not a node name/],
    [['--help'], /--help/],
    [['n', '--verbose'], /--verbose/],
    [['n', '--symptom'], /--symptom/],
    [['n', '--json=yes'], /--json/],
    [['n', '--answer', 'which'], /QUESTION=CHOICE/],
    [['n', '--answer', '=node'], /QUESTION=CHOICE/],
    [['n', '--answer', 'which='], /QUESTION=CHOICE/],
    [['n', '--answer', 'which=node=more'], /QUESTION=CHOICE/],
    [['x'.repeat(254)], /not a node name/],
  ])('%j is refused in one sentence', (args, why) => {
    const request = diagnoseRequest(args);
    expect(request).toMatch(why);
  });

  test('whatever is typed, it is a request for a plain name or one sentence', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('--json', '--answer', '--symptom', '--', '-x', 'n1', 'a=b'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        const request = diagnoseRequest(args);
        const said = typeof request === 'string' ? request : `a node: ${request.node}`;
        expect(said).toMatch(/^(a node: [a-z0-9]([a-z0-9.-]*[a-z0-9])?|[^]*[^\s][^]*)$/);
      }),
    );
  });
});
