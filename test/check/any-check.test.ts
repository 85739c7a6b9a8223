import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readingsOf } from '../../src/check/check.ts';
import { checkById, checks } from '../../src/check/index.ts';
import { questionKey } from '../../src/model/index.ts';
import type { Answer, Bound, Verdict } from '../../src/model/index.ts';
import { GAPS, I1, I3, lost, readings } from '../fake/scene.ts';
import { CASES } from './cases.ts';

function judged(check: string, bound: Bound, answers: readonly Answer[]): Verdict {
  const known = checkById(check);
  if (known === undefined) throw new RangeError(`no check is called ${check}`);
  return known.judge(bound, readings(...answers));
}

const codesOf = (verdict: Verdict): readonly string[] =>
  verdict.is === 'found' ? verdict.findings.map(({ code }) => code) : [];

describe('every check', () => {
  test.each(CASES)('$check on a node that is $node', ({ check, bound, answers, code }) => {
    const verdict = judged(check, bound, answers);
    expect(verdict.is === 'unknown' ? verdict.missing : []).toEqual([]);
    expect(codesOf(verdict)).toEqual(code === null ? [] : [code]);
  });

  test('has a healthy and a sick node here', () => {
    const has = (sick: boolean): string[] =>
      [...new Set(CASES.filter(({ code }) => (code !== null) === sick).map(({ check }) => check))].toSorted();
    const all = checks.map(({ id }) => id).toSorted();
    expect(has(false)).toEqual(all);
    expect(has(true)).toEqual(all);
  });

  test.each(checks)('$id is unknown while nothing was answered, and says of which node and why', (check) => {
    const verdict = check.judge(I1, readings());
    expect(verdict.is).toBe('unknown');
    if (verdict.is !== 'unknown') return;
    expect(verdict.missing).toHaveLength(1);
    expect(verdict.missing[0]).toMatchObject({ check: check.id, role: 'subject', node: 'ip-10-0-10-207' });
    expect(verdict.missing[0]?.detail).toMatch(/^\S/);
  });

  test.each(checks.flatMap(({ id }) => GAPS.map((gap) => [id, gap] as const)))(
    '%s is unknown where every answer of the subject is %s',
    (id, gap) => {
      const some = CASES.find(({ check }) => check === id);
      const verdict = judged(
        id,
        some?.bound ?? I1,
        (some?.answers ?? []).map((answer) => (answer.question.role === 'subject' ? lost(answer, gap) : answer)),
      );
      expect(verdict.is).toBe('unknown');
      expect(verdict.is === 'unknown' && verdict.missing[0]?.gap).toBe(gap);
    },
  );

  test('a gap may hide a verdict, it never turns one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CASES),
        fc.array(fc.option(fc.constantFrom(...GAPS), { nil: null }), { minLength: 12, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        ({ check, bound, answers }, gaps, asked) => {
          const whole = judged(check, bound, answers);
          const partly = answers
            .map((answer, at) => {
              const gap = gaps[at] ?? null;
              return gap === null ? answer : lost(answer, gap);
            })
            .filter((_, at) => asked[at] !== false);
          const verdict = judged(check, bound, partly);
          if (verdict.is === 'unknown') return;
          expect(verdict.is).toBe(whole.is);
          expect(codesOf(verdict)).toEqual(codesOf(whole));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each(CASES)('$check asks nothing new after three rounds ($node)', ({ check, bound, answers }) => {
    const known = new Map(answers.map((answer) => [questionKey(answer.question), answer]));
    const asked: Record<string, Answer> = {};
    let rounds = 0;
    for (;;) {
      const open = (checkById(check)?.needs(bound, readingsOf(asked)) ?? []).filter(
        (question) => asked[questionKey(question)] === undefined,
      );
      if (open.length === 0) break;
      rounds += 1;
      for (const question of open) {
        asked[questionKey(question)] = known.get(questionKey(question)) ?? lost({ question }, 'unreachable');
      }
      expect(rounds).toBeLessThanOrEqual(3);
    }
    expect(rounds).toBeGreaterThan(0);
    const deciding = Object.values(asked).filter(({ reading }) => reading.known);
    expect(codesOf(judged(check, bound, deciding))).toEqual(codesOf(judged(check, bound, answers)));
  });

  test.each(checks)('$id asks the peer nothing where there is none, and still judges', (check) => {
    const alone = { ...I1, peer: null };
    expect(check.needs(alone, readings()).filter(({ role }) => role === 'peer')).toEqual([]);
    expect(check.judge(alone, readings()).is).toBe('unknown');
  });

  test('clauses are distinct, and fit into a sentence', () => {
    const words = checks.flatMap(({ suspect, ruledOut }) => [suspect, ruledOut]);
    expect(new Set(words).size).toBe(words.length);
    for (const clause of words) expect(clause).toMatch(/^[a-zA-Z].*[^.]$/);
  });

  test('statements are sentences of at most two, with a line of proof beside each', () => {
    for (const { check, bound, answers, code } of CASES) {
      if (code === null) continue;
      const verdict = judged(check, bound, answers);
      if (verdict.is !== 'found') throw new Error(`${check} found nothing`);
      for (const finding of verdict.findings) {
        expect(finding.statement).toMatch(/^[A-Za-z].*\.$/);
        expect(finding.evidence.length).toBeGreaterThan(0);
        for (const { subject } of finding.evidence) {
          expect(subject.command).not.toBe('');
          expect(subject.line).not.toBe('');
        }
      }
    }
  });

  test('the node of the peer role is named in what could not be seen of it', () => {
    const bare = CASES.find(({ node }) => node === 'missing here, there on the peer');
    const verdict = judged('default-route', I3, (bare?.answers ?? []).slice(0, 1));
    expect(verdict).toMatchObject({ is: 'unknown', missing: [{ role: 'peer', node: 'dev-slave-107' }] });
  });
});
