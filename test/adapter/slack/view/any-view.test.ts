import type { IncidentLine } from '../../../../src/model/index.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { homeView } from '../../../../src/adapter/slack/view/home.ts';
import { nodeForm, nodeOption, reasonForm } from '../../../../src/adapter/slack/view/form.ts';
import { listed } from '../../../../src/adapter/slack/view/list.ts';
import { checkView } from '../../../../src/sandbox/block/check-view.ts';
import { printed } from '../../../../src/sandbox/block/check-message.ts';
import { approval, bytes, person, rich, time } from './arbitrary.ts';

const unreadable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u2060]/u;

/** Every text that a reader sees. */
function texts(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return name === 'text' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
    texts(one, Array.isArray(value) ? name : key),
  );
}

function faults(view: object): string[] {
  return [
    ...printed(checkView(view)),
    ...texts(view).filter((text) => unreadable.test(text.replaceAll('\n', ''))),
    ...(JSON.stringify(view).includes('"mrkdwn"') ? ['mrkdwn'] : []),
  ];
}

const place = fc.constantFrom('CINCIDENTS', 'GPRIVATE01').map((channel) => ({ team: 'T1', channel, thread: null }));
const line: fc.Arbitrary<IncidentLine> = fc.record({
  node: bytes,
  cluster: bytes,
  by: person,
  place,
  at: time,
  title: rich,
  over: fc.boolean(),
  waiting: fc.option(approval),
});
const lines = fc.array(fc.record({ line, link: fc.option(fc.webUrl()) }), { maxLength: 10 });
const nodes = fc.array(fc.record({ name: bytes, cluster: bytes, ready: fc.boolean() }), { maxLength: 200 });

test('T11: any Home tab is within the limits of Slack and inert', () => {
  const content = fc.record({
    refusal: fc.constant(null),
    notice: fc.option(bytes),
    known: fc.constant([]),
    waiting: lines,
    open: lines,
    over: lines,
    nodes: fc.option(nodes),
    at: time,
  });
  fc.assert(
    fc.property(content, (shown) => {
      expect(faults(homeView(shown))).toEqual([]);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(bytes, (refusal) => {
      expect(faults(homeView({ refusal }))).toEqual([]);
    }),
  );
});

test('T11: any form is within the limits of Slack and inert', () => {
  const source = fc.record({ by: person, place, responseUrl: fc.constant(null) });
  const symptoms = fc.array(fc.record({ id: fc.string({ minLength: 1 }), label: bytes }), { maxLength: 120 });
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9.-]{1,253}$/), { maxLength: 120 });
  fc.assert(
    fc.property(source, fc.boolean(), symptoms, names, (asked, here, known, among) => {
      const form = nodeForm({ source: here ? asked : null, symptoms: known, among, channel: null });
      expect(faults(form)).toEqual([]);
      expect(faults(reasonForm('f'.repeat(32), asked))).toEqual([]);
    }),
  );
  fc.assert(
    fc.property(bytes, fc.boolean(), (name, ready) => {
      expect(nodeOption({ name, cluster: 'c', ready }).text.text.length).toBeLessThanOrEqual(75);
    }),
  );
});

test('any list of what is open is short', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (open) => {
      expect(listed(open.map((one) => ({ ...one, title: one.title.slice(0, 3) }))).length).toBeGreaterThan(0);
    }),
    { numRuns: 20 },
  );
});
