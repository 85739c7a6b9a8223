import { array, assert, constantFrom, nat, property, record, string, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probes } from '../../src/probe/index.ts';
import { read } from '../../src/probe/probe.ts';
import { outputOf, recordedOutputs } from './recorded-output.ts';

/** Changes as a node might make them: cut, doubled, with a foreign word, a foreign line or a flipped byte. */
const change = record({
  kind: constantFrom('cut', 'double', 'word', 'line', 'byte', 'drop'),
  at: nat(),
  text: string({ unit: 'binary', maxLength: 12 }),
});

function changed(original: Uint8Array, { kind, at, text }: { kind: string; at: number; text: string }): Uint8Array {
  const place = original.length === 0 ? 0 : at % original.length;
  const [before, after] = [original.slice(0, place), original.slice(place)];
  const put = new TextEncoder().encode(text);
  const space = Uint8Array.of(kind === 'line' ? 10 : 32);
  if (kind === 'cut') return before;
  if (kind === 'double') return Buffer.concat([original, original]);
  if (kind === 'word' || kind === 'line') return Buffer.concat([before, space, put, space, after]);
  if (kind === 'drop') return Buffer.concat([before, after.slice(1 + (at % 7))]);
  return Buffer.concat([before, Uint8Array.of(at % 256), after.slice(1)]);
}

describe.each(probes.map((probe) => [probe.id, probe] as const))('%s', (id, probe) => {
  // `read` lets everything but Unparsable through, so a parser that fails in another way ends the test.
  test('T31: reads or refuses any bytes', () => {
    const statuses = constantFrom(...(probe.exits ?? [0]));
    assert(
      property(uint8Array({ maxLength: 400 }), uint8Array({ maxLength: 80 }), statuses, (stdout, stderr, exit) => {
        const reading = read(probe, { ...outputOf(stdout, exit), stderr });
        expect(JSON.stringify(reading)).toEqual(expect.any(String));
      }),
      { numRuns: 15 },
    );
  });

  test('T31: reads or refuses its own outputs after any change', () => {
    const outputs = recordedOutputs(id).filter(({ output }) => output.stdout.length < 20_000);
    assert(
      property(constantFrom(...outputs), array(change, { minLength: 1, maxLength: 3 }), ({ output }, changes) => {
        const stdout = changes.reduce(changed, output.stdout);
        const reading = read(probe, { ...output, stdout });
        expect(reading.known || reading.detail.length < 2000).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test.each([' ', '\\', '"', '1 ', 'a:1:', '\n', '-A "', 'nexthop ', 'x=', 'priority ', '    RX: ', '\\    '])(
  'a quarter of a megabyte of %j is refused or read in one go',
  (filler) => {
    const flood = filler.repeat(Math.ceil((1 << 18) / filler.length));
    const lines = [`${flood}x`, `    RX: ${flood}!`, `\t\ttype filter hook x ${flood};`, `2: eth0: <UP> mtu ${flood}x`];
    const known = probes.flatMap((probe) => lines.map((line) => read(probe, outputOf(`${line}\n`)).known));
    expect(known).toHaveLength(probes.length * lines.length);
  },
  60_000,
);
