import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPlaybook } from '../../src/playbook/index.ts';

const NAMES = { checks: ['return-path', 'forwarding'], stimuli: ['tcp-syn', 'icmp-echo'] };
const GOOD = `id: x
version: 1
button: Press me
symptom: Something is wrong.
far-end: node
start: look
states:
  look:
    narrow: [return-path, forwarding]
    next: { suspected: ask, cleared: ask, unseen: prove }
  ask:
    ask: Which one?
    next:
      this: { button: This one, state: prove }
      that: { button: That one, state: none }
  prove:
    prove: { stimulus: tcp-syn, target: kubelet }
    next: { proven: cause, likely: cause, cleared: none, unseen: none }
  cause: { end: cause }
  none: { end: nothing }
`;

/** `LINE:COLUMN what` of every complaint; nothing where the playbook may be used. */
function complaints(text: string, file = 'playbooks/x.yml'): string[] {
  const read = loadPlaybook(file, text, NAMES);
  return 'complaints' in read ? read.complaints.map(({ line, column, says }) => `${line}:${column} ${says}`) : [];
}

/** The good playbook with one thing changed; throws where there is nothing to change. */
function but(text: string, other: string): string {
  if (!GOOD.includes(text)) throw new RangeError(`the good playbook has no ${text}`);
  return GOOD.replace(text, () => other);
}

describe('a playbook', () => {
  test('is read with every kind of state', () => {
    const read = loadPlaybook('x.yml', GOOD, NAMES);
    expect('playbook' in read && Object.keys(read.playbook.file.states)).toEqual([
      'look',
      'ask',
      'prove',
      'cause',
      'none',
    ]);
  });

  test('has a digest that follows every byte', () => {
    const digest = (text: string): string | null => {
      const read = loadPlaybook('x.yml', text, NAMES);
      return 'playbook' in read ? read.playbook.digest : null;
    };
    expect(digest(GOOD)).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(GOOD)).toBe(digest(GOOD));
    expect(digest(`${GOOD}# a remark\n`)).not.toBe(digest(GOOD));
  });

  test.each([
    ['with Windows line ends', GOOD.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${GOOD}`],
    ['with an anchor that nobody uses', but('narrow: [return-path', 'narrow: &suspects [return-path')],
    [
      'with a state that leads to itself and on',
      but('this: { button: This one, state: prove }', 'this: { button: This one, state: ask }'),
    ],
  ])('may be written %s', (_, text) => {
    expect(complaints(text)).toEqual([]);
  });
});

describe('a complaint stands at its line and column', () => {
  test.each([
    [
      'an unknown check',
      but('return-path', 'retrun-path'),
      '9:14 states.look.narrow.0: no check is called retrun-path; did you mean return-path?',
    ],
    ['a check like no other', but('return-path', 'weather'), '9:14 states.look.narrow.0: no check is called weather'],
    [
      'an unknown stimulus',
      but('tcp-syn', 'tcp-sin'),
      '17:14 states.prove.prove.stimulus: no stimulus is called tcp-sin; did you mean tcp-syn?',
    ],
    [
      'an unknown state',
      but('unseen: prove', 'unseen: proof'),
      '10:43 states.look.next.unseen: no state is called proof; did you mean prove?',
    ],
    [
      'an unknown state of a button',
      but('state: none', 'state: nonne'),
      '15:33 states.ask.next.that.state: no state is called nonne; did you mean none?',
    ],
    ['an unknown key', but('version: 1', 'version: 1\ncolour: red'), '3:1 colour: no such key'],
    [
      'an unknown key of a state',
      but('ask: Which one?', 'ask: Which one?\n    hint: none'),
      '13:5 states.ask.hint: no such key',
    ],
    [
      'a missing way on',
      but('cleared: ask, ', ''),
      '10:5 states.look.next.cleared: Invalid input: expected string, received undefined',
    ],
    [
      'a wrong end',
      but('end: cause', 'end: because'),
      '19:12 states.cause.end: Invalid option: expected one of "cause"|"nothing"|"unseen"',
    ],
    [
      'a state of no kind',
      but('{ end: cause }', '{ ends: cause }'),
      '19:3 states.cause: a state wants one of narrow, prove, ask, end',
    ],
    ['a state of two kinds', but('{ end: cause }', '{ end: cause, ask: Why? }'), '19:24 states.cause.ask: no such key'],
    [
      'a state of two kinds, neither of them whole',
      but('{ end: cause }', '{ ask: Why?, narrow: [return-path] }'),
      '19:3 states.cause: a state is one of narrow, ask, not several',
    ],
    [
      'a state that is no mapping',
      but('{ end: cause }', '[end]'),
      '19:3 states.cause: a state wants one of narrow, prove, ask, end',
    ],
    ['a name with capitals', but('  cause: {', '  Cause: {'), '19:3 states.Cause: lower-case words joined by hyphens'],
    ['another version', but('version: 1', 'version: 2'), '2:1 version: Invalid input: expected 1'],
    [
      'another far end',
      but('far-end: node', 'far-end: moon'),
      '5:1 far-end: Invalid option: expected one of "api-server"|"node"|"outside"',
    ],
    ['a file called otherwise', but('id: x', 'id: xx'), '1:1 id: the file has to be called xx.yml'],
    [
      'a button longer than Slack allows',
      but('Press me', 'p'.repeat(76)),
      '3:1 button: Too big: expected string to have <=75 characters',
    ],
    ['a key given twice', `${GOOD}id: x\n`, '21:1 Map keys must be unique'],
    ['a state given twice', `${GOOD}  none: { end: cause }\n`, '21:3 Map keys must be unique'],
    [
      'an alias',
      but('narrow: [return-path', 'narrow: &a [return-path').replace('end: cause', 'end: *a'),
      '19:17 *a: aliases are not allowed',
    ],
    [
      'an alias as a key',
      but('id: x', 'id: &a x').replace('button: Press', '*a : Press'),
      '3:1 a key has to be a word',
    ],
    ['a tag', but('Press me', '!!js/function "Press me"'), '3:9 Unresolved tag: tag:yaml.org,2002:js/function'],
    [
      'a second document',
      `${GOOD}---\nid: y\n`,
      '21:1 Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    [
      'a bracket that does not close',
      `${GOOD}x: [1,\n`,
      '22:1 Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['__proto__ among the keys', `${GOOD}__proto__: { polluted: true }\n`, '21:1 __proto__: no such key'],
    [
      '__proto__ among the states',
      but('  cause: {', '  __proto__: { end: cause }\n  cause: {'),
      '19:3 __proto__: no such key',
    ],
    [
      '__proto__ within a state',
      but('{ end: cause }', '{ end: cause, __proto__: { ask: x } }'),
      '19:24 __proto__: no such key',
    ],
    [
      'a key of two lines',
      but('  cause: {', '  ? "a\\nb"\n  : { end: cause }\n  cause: {'),
      '19:5 a key has to be a word',
    ],
    [
      'a key that is a list',
      but('  cause: {', '  ? [a, b]\n  : { end: cause }\n  cause: {'),
      '19:5 a key has to be a word',
    ],
    ['no text at all', '', '1:1 playbook: Invalid input: expected object, received null'],
    ['a list', '- x\n', '1:1 playbook: Invalid input: expected object, received array'],
  ])('%s', (_, text, first) => {
    expect(complaints(text)[0]).toBe(first);
  });

  test('all of them at once', () => {
    expect(
      complaints(but('return-path', 'a').replace('tcp-syn', 'b').replace('unseen: prove', 'unseen: c')),
    ).toHaveLength(3);
  });

  test('names of what every object has are only names', () => {
    expect(complaints(but('start: look', 'start: constructor'))[0]).toBe('6:1 start: no state is called constructor');
    expect(complaints(GOOD.replaceAll('cause', 'constructor').replace('end: constructor', 'end: cause'))).toEqual([]);
  });
});

describe('a way through a playbook', () => {
  test('a state from which no end is reached', () => {
    const circle = but('that: { button: That one, state: none }', 'that: { button: That one, state: ask }').replace(
      'this: { button: This one, state: prove }',
      'this: { button: This one, state: ask }',
    );
    expect(complaints(circle)).toEqual(['11:3 states.ask: no end is reached from here']);
  });

  test('two that only lead to each other', () => {
    const pair = GOOD.replace('state: prove }', 'state: round }').replace(
      '  prove:\n',
      '  round:\n    ask: Again?\n    next: { yes: { button: Yes, state: round-again } }\n  round-again:\n    ask: Once more?\n    next: { yes: { button: Yes, state: round } }\n  prove:\n',
    );
    expect(complaints(pair)).toEqual([
      '16:3 states.round: no end is reached from here',
      '19:3 states.round-again: no end is reached from here',
    ]);
  });

  test('a state that nothing leads to', () => {
    expect(complaints(`${GOOD}  alone: { end: unseen }\n`)).toEqual(['21:3 states.alone: nothing leads here']);
  });

  test('a question without answers leads nowhere', () => {
    const mute = GOOD.replace(/    next:\n.*\n.*\n/, '    next: {}\n');
    expect(complaints(mute)).toContain('11:3 states.ask: no end is reached from here');
  });
});

describe('a hostile text', () => {
  test('T23: larger than 64 KiB is not even parsed; one of 64 KiB is', () => {
    const room = 64 * 1024 - Buffer.byteLength(GOOD);
    expect(complaints(`${GOOD}#${' '.repeat(room)}`)).toEqual(['1:1 larger than 65536 bytes']);
    expect(complaints(`${GOOD}#${' '.repeat(room - 1)}`)).toEqual([]);
    expect(complaints(`${GOOD}#${'é'.repeat(room)}`)).toEqual(['1:1 larger than 65536 bytes']);
  });

  test('T23: that explodes by aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 0; i < 30; i += 1) bomb.push(`b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`}, `.repeat(9)}]`);
    const found = complaints(bomb.join('\n'));
    expect(found).toHaveLength(20);
    expect(found[0]).toBe('2:10 *a: aliases are not allowed');
  });

  test('T23: that is nested deeper than any stack', () => {
    expect(complaints('['.repeat(60_000))).toEqual([expect.stringMatching(/^1:\d+ nested too deeply$/)]);
    expect(complaints('{a: '.repeat(15_000))).toEqual([expect.stringMatching(/^1:\d+ nested too deeply$/)]);
  });

  test('T23: that pollutes leaves no trace', () => {
    complaints(`${GOOD}__proto__: { polluted: true }\n`);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('whatever it is, it ends in a playbook or in complaints at a place', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'id: x\n',
        '  ',
        '- ',
        ': ',
        '&a ',
        '*a',
        '!!int ',
        '{',
        '}',
        '[',
        ']',
        '? ',
        '<<: ',
        '"',
        "'",
        '|\n',
        '---\n',
        '\t',
        '\0',
        '%YAML 1.1\n',
      ),
      fc.constantFrom(...GOOD.split('\n').map((line) => `${line}\n`)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const read = loadPlaybook('x.yml', pieces.join(''), NAMES);
        const places = 'complaints' in read ? read.complaints : [{ line: 1, column: 1, says: 'good' }];
        expect(places.length).toBeGreaterThan(0);
        for (const { line, column, says } of places) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(says).toMatch(/^[^\n]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the good one with any line taken out or doubled never throws', () => {
    const lines = GOOD.split('\n');
    for (const [at] of lines.entries()) {
      expect(() => complaints(lines.toSpliced(at, 1).join('\n'))).not.toThrow();
      expect(() => complaints(lines.toSpliced(at, 0, lines[at] ?? '').join('\n'))).not.toThrow();
    }
  });
});
