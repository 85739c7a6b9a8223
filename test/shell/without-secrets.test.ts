import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inert, inertLines, own } from '../../src/adapter/slack/view/clean.ts';
import { inert as typed, inertBytes } from '../../src/adapter/terminal/inert.ts';
import { plainLog } from '../../src/cli/log.ts';
import type { Output } from '../../src/model/index.ts';
import { withoutSecrets } from '../../src/shell/without-secrets.ts';
import { CORPUS } from '../model/secret/corpus.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const output = (stdout: string, stderr: string): Output => ({
  exit: 0,
  stdout: bytes(stdout),
  stderr: bytes(stderr),
  timedOut: false,
  truncated: false,
  ms: 1,
});
const planted = fc.oneof(...CORPUS.map(([, one]) => one));

/** Each way by which words leave netdiag. */
const SINKS: readonly (readonly [string, (text: string) => string])[] = [
  [
    'the answer of a node, on either stream',
    (text) =>
      withoutSecrets([output(text, text)])
        .map((one) => Buffer.concat([one.stdout, one.stderr]).toString())
        .join(),
  ],
  ['Slack, one line', inert],
  ['Slack, several lines', inertLines],
  ["Slack, netdiag's own words", own],
  ['a terminal', typed],
  ['a terminal, bytes', inertBytes],
  [
    'the log',
    (text) => {
      const lines: string[] = [];
      plainLog((line) => lines.push(line))('error', text);
      return lines.join('');
    },
  ],
];

test.each(SINKS)('T13: no secret of the corpus leaves by %s', (_name, sink) => {
  fc.assert(
    fc.property(planted, ({ text, secrets }) => {
      const shown = sink(`10.0.0.1 dev eth0\n${text}\n10.0.0.2 dev eth0`);
      for (const secret of secrets) expect(shown).not.toContain(secret);
      expect(shown).toContain('[cut: ');
      expect(shown).toContain('10.0.0.1 dev eth0');
      expect(shown).toContain('10.0.0.2 dev eth0');
    }),
    { numRuns: 200 },
  );
});

test('an answer without a secret is the very bytes that came', () => {
  const came = output('10.0.0.0/24 dev eth0 \u00e9\n', 'RTNETLINK answers: Permission denied\n');
  expect(withoutSecrets([came])).toEqual([came]);
});
