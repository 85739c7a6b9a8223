import { describe, expect, test } from 'vitest';
import { probes } from '../../src/probe/index.ts';
import { read } from '../../src/probe/probe.ts';
import { recordedOutputs } from './recorded-output.ts';

describe.each(probes.map((probe) => [probe.id, probe] as const))('%s', (id, probe) => {
  const recorded = recordedOutputs(id);

  test.each(recorded.map((each) => [each.name, each] as const))(
    'reads %s as expected',
    (_, { output, shows, expected }) => {
      const reading = read(probe, output);
      const said = reading.known
        ? JSON.parse(JSON.stringify(reading.value))
        : { gap: reading.gap, detail: reading.detail };
      expect(said).toEqual(expected);
      expect(!reading.known && reading.gap === 'unparsable').toBe(shows === 'broken');
    },
  );

  test('has a healthy, a sick and a broken output', () => {
    const shown = new Set(recorded.map(({ shows }) => shows));
    expect(shown).toEqual(new Set(['healthy', 'sick', 'broken']));
  });

  test('keeps a healthy reading apart from every sick one', () => {
    const said = (shows: string) =>
      recorded.filter((each) => each.shows === shows).map(({ output }) => JSON.stringify(read(probe, output)));
    const healthy = new Set(said('healthy'));
    expect(said('sick').filter((reading) => healthy.has(reading))).toEqual([]);
  });
});
