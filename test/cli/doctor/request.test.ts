import { expect, test } from 'vitest';
import { doctorRequest } from '../../../src/cli/doctor/request.ts';

test.each([
  [[], { nodes: [], all: false, json: false, slack: true }],
  [['a', 'b.example', 'a', '--json'], { nodes: ['a', 'b.example'], all: false, json: true, slack: true }],
  [['--all', '--no-slack'], { nodes: [], all: true, json: false, slack: false }],
])('%j is understood', (args, request) => {
  expect(doctorRequest(args)).toEqual(request);
});

test.each([
  [['a', '--all'], /not both/],
  [['$(id)'], /not a node name/],
  [['--verbose'], /Unknown option '--verbose'/],
  [Array.from({ length: 1001 }, (_, at) => `n${at}`), /at most 1000/],
])('%j is wrong, and says why', (args, sentence) => {
  expect(doctorRequest(args)).toMatch(sentence);
});
