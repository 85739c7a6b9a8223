import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadFilter, compileFilter } from '../../src/capture/index.ts';
import type { CaptureFilter, FilterTerm, PlainTerm } from '../../src/model/index.ts';
import { findTool } from '../lab/available.ts';

const tcpdump = findTool('tcpdump');

const plain: fc.Arbitrary<PlainTerm> = fc.oneof(
  fc.record({ host: fc.oneof(fc.ipV4(), fc.ipV6()) }),
  fc.record({ port: fc.integer({ min: 1, max: 65_535 }), proto: fc.constantFrom('tcp' as const, 'udp' as const) }),
  fc.record({ proto: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const, 'arp' as const) }),
);
const term: fc.Arbitrary<FilterTerm> = fc.oneof(
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: fc.record({ any: fc.array(plain, { minLength: 1, maxLength: 3 }) }) },
);
const filter: fc.Arbitrary<CaptureFilter> = fc.record({
  all: fc.array(term, { maxLength: 3 }),
  none: fc.array(term, { maxLength: 4 }),
});

describe('a filter as BPF', () => {
  test('asks for all of `all` and none of `none`', () => {
    expect(
      compileFilter({
        all: [{ host: '10.0.10.69' }, { port: 10_250, proto: 'tcp' }],
        none: [{ host: '10.0.10.1' }, { port: 22, proto: 'tcp' }],
      }),
    ).toBe('host 10.0.10.69 and tcp port 10250 and not (host 10.0.10.1 or tcp port 22)');
  });

  test('means both ICMP versions, and ARP', () => {
    expect(compileFilter({ all: [{ proto: 'icmp' }], none: [{ host: '2001:DB8::1' }] })).toBe(
      '(icmp or icmp6) and not (host 2001:db8::1)',
    );
    expect(compileFilter({ all: [{ proto: 'arp' }], none: [] })).toBe('arp');
  });

  test('takes one condition of several, and leaves out every one of several', () => {
    const some = { any: [{ port: 53, proto: 'udp' as const }, { proto: 'icmp' as const }] };
    expect(compileFilter({ all: [{ any: [{ host: '10.96.0.10' }] }, some], none: [] })).toBe(
      'host 10.96.0.10 and (udp port 53 or (icmp or icmp6))',
    );
    expect(compileFilter({ all: [{ proto: 'udp' }], none: [some] })).toBe(
      'udp and not ((udp port 53 or (icmp or icmp6)))',
    );
  });

  test('is empty when it asks for nothing', () => {
    expect(compileFilter({ all: [], none: [] })).toBe('');
  });
});

describe('a filter that is refused', () => {
  test.each([
    '-z /bin/sh',
    '10.0.0.1 or port 1',
    '10.0.0.1\n',
    '10.0.0.1\0',
    'fe80::1%eth0',
    'fe80::1%eth0 or tcp',
    '10.0.0',
    '010.0.0.1',
    'localhost',
    '10.0.0.0/8',
    '',
  ])('host %j', (host) => {
    expect(() => compileFilter({ all: [{ host }], none: [] })).toThrow(BadFilter);
    expect(() => compileFilter({ all: [], none: [{ host }] })).toThrow(BadFilter);
  });

  test.each([0, -1, 65_536, 1.5, Number.NaN, '22', null])('port %j', (port) => {
    const all = [{ port, proto: 'tcp' } as FilterTerm];
    expect(() => compileFilter({ all, none: [] })).toThrow(BadFilter);
  });

  test.each([{ proto: 'tcp or udp' }, { proto: '-i any' }, {}, { port: 1, proto: 'icmp' }, { host: ['10.0.0.1'] }])(
    'term %j',
    (unknown) => {
      expect(() => compileFilter({ all: [unknown as FilterTerm], none: [] })).toThrow(BadFilter);
    },
  );

  test('T10: more than 32 terms, or more than 512 bytes', () => {
    const none = Array.from({ length: 33 }, (_, index) => ({ port: index + 1, proto: 'tcp' as const }));
    expect(() => compileFilter({ all: [], none })).toThrow(/32 terms/);
    expect(compileFilter({ all: [], none: none.slice(1) }).length).toBeLessThanOrEqual(512);
    const long = Array.from({ length: 20 }, (_, index) => ({
      host: `2001:db8:1111:2222:3333:4444:5555:${index + 1000}`,
    }));
    expect(() => compileFilter({ all: [], none: long })).toThrow(/512 bytes/);
  });

  test('more choices than anybody asks for', () => {
    const all = Array.from({ length: 6 }, (_, group) => ({
      any: Array.from({ length: 4 }, (__, index) => ({ host: `10.0.${group}.${index}` })),
    }));
    expect(() => compileFilter({ all, none: [] })).toThrow(/1024 choices/);
  });

  test.each<CaptureFilter>([
    { all: [{ proto: 'tcp' }, { proto: 'udp' }], none: [] },
    { all: [{ port: 53, proto: 'udp' }, { proto: 'tcp' }], none: [] },
    { all: [{ host: '10.0.0.1' }, { host: '10.0.0.2' }, { host: '10.0.0.3' }], none: [] },
    { all: [{ host: '10.0.0.1' }, { host: '::1' }], none: [] },
    { all: [{ proto: 'tcp' }], none: [{ proto: 'tcp' }] },
    { all: [{ host: '10.0.0.1' }], none: [{ host: '10.0.0.1' }] },
    { all: [{ any: [] }], none: [] },
    { all: [{ proto: 'tcp' }, { any: [{ proto: 'udp' }, { port: 53, proto: 'udp' }] }], none: [] },
    { all: [{ proto: 'icmp' }], none: [{ any: [{ proto: 'arp' }, { proto: 'icmp' }] }] },
  ])('one that no packet can match: %j', (contradiction) => {
    expect(() => compileFilter(contradiction)).toThrow('No packet can match');
  });
});

test('T10: whatever the terms, the text is made of BPF words, addresses and numbers', () => {
  fc.assert(
    fc.property(filter, (any) => {
      const text = compiled(any) ?? '';
      expect(text).toMatch(/^(|[a-z(][a-z0-9.:() ]*)$/);
      expect(text.length).toBeLessThanOrEqual(512);
    }),
    { numRuns: 2000 },
  );
});

test('T10: whatever the host says, it is an address in the text or it is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `10.0.0.1${text}`),
      ),
      (host) => {
        expect(compiled({ all: [{ host }], none: [] }) ?? 'host 0').toMatch(/^host [0-9a-f.:]+$/);
      },
    ),
    { numRuns: 2000 },
  );
});

test.skipIf(tcpdump === null)(
  `tcpdump compiles every filter${tcpdump === null ? ' (skipped: tcpdump is not installed)' : ''}`,
  () => {
    fc.assert(
      fc.property(filter, (any) => {
        const text = compiled(any);
        if (text === null || tcpdump === null) return;
        expect(`${text}: ${tcpdumpSays(tcpdump, text)}`).toMatch(/ret/);
      }),
      { numRuns: 300 },
    );
  },
);

function compiled(any: CaptureFilter): string | null {
  try {
    return compileFilter(any);
  } catch (error) {
    if (error instanceof BadFilter) return null;
    throw error;
  }
}

function tcpdumpSays(program: string, text: string): string {
  try {
    return execFileSync(program, ['-d', '-y', 'EN10MB', '--', text], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}
