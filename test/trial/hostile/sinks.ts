import { spawnSync } from 'node:child_process';
import { csvLine, jsonLine } from '../../../src/adapter/journal/audit-export.ts';
import { link, START } from '../../../src/adapter/journal/audit-row.ts';
import { bare, clip, escaped, inert, inertLines, own } from '../../../src/adapter/slack/view/clean.ts';
import { quoteArgv } from '../../../src/adapter/ssh/quote.ts';
import { inert as typed, inertBytes } from '../../../src/adapter/terminal/inert.ts';
import { shown } from '../../../src/config/problem.ts';
import { redact } from '../../../src/model/secret/redact.ts';

/** Controls, and what changes the direction of a line or hides in it. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const OBEYED_IN_LINES = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** What Slack would take for a mention, a link or a special. */
const ACTIVE = /<[^<>]*>/;

const auditRow = (text: string) => link({ at: 1, incident: 'i', by: text, what: text, detail: text }, 1, START);

interface Sink {
  readonly name: string;
  readonly show: (text: string) => string;
  /** What may be nowhere in what it shows. */
  readonly never: RegExp;
}

const SINKS: readonly Sink[] = [
  { name: 'Slack, one line', show: inert, never: OBEYED },
  { name: 'Slack, several lines', show: inertLines, never: OBEYED_IN_LINES },
  { name: "Slack, netdiag's own words", show: own, never: OBEYED },
  { name: 'Slack, clipped', show: (text) => clip(text, 40, inert), never: OBEYED },
  { name: 'Slack, where mrkdwn is read', show: (text) => escaped(inert(text)), never: ACTIVE },
  { name: 'Slack, titles', show: (text) => bare(own(text)), never: ACTIVE },
  { name: 'a terminal', show: typed, never: OBEYED },
  { name: 'a terminal, bytes of a node', show: inertBytes, never: OBEYED },
  { name: "the configuration's complaints", show: shown, never: OBEYED },
  { name: 'the audit as JSON', show: (text) => jsonLine(auditRow(text)), never: OBEYED },
  { name: 'the audit as CSV', show: (text) => csvLine(auditRow(text)), never: OBEYED },
  { name: 'the audit as a spreadsheet', show: (text) => csvLine(auditRow(text)), never: /(?:^|,)"[=+\-@\t\r＝＋－＠]/ },
  {
    name: 'without secrets',
    show: (text) => String(redact(text).text.split('\n').length - text.split('\n').length),
    never: /[^0]/,
  },
];

/** No single text may hold the event loop for longer, milliseconds. */
const LONGEST_MS = 100;

/** Shows every string by every sink; what is obeyed, active, thrown or slow is a complaint. */
export function throughSinks(strings: readonly string[]): readonly string[] {
  return SINKS.flatMap(({ name, show, never }) =>
    strings.flatMap((text, at) => {
      // Of the processor: a busy machine takes other time away.
      const began = process.threadCpuUsage();
      try {
        const seen = show(text);
        const { user, system } = process.threadCpuUsage(began);
        const ms = (user + system) / 1000;
        if (ms > LONGEST_MS) return [`${name}: string ${at} took ${Math.round(ms)} ms`];
        return never.test(seen) ? [`${name}: string ${at} is shown as ${JSON.stringify(seen.slice(0, 200))}`] : [];
      } catch (error) {
        return [`${name}: string ${at} throws ${String(error)}`];
      }
    }),
  );
}

/** What a real shell hands to a program is the string itself, byte for byte; `quoteArgv` refuses what no argv can carry. */
export function throughShell(strings: readonly string[]): readonly string[] {
  const carried = strings.filter((text) => !text.includes('\0') && text.isWellFormed());
  const complaints: string[] = [];
  for (let from = 0; from < carried.length; from += 200) {
    const some = carried.slice(from, from + 200);
    const { stdout, status } = spawnSync('/bin/sh', ['-c', quoteArgv(['printf', '%s\\0', ...some])], {
      maxBuffer: 1 << 26,
    });
    const printed = stdout.toString('utf8').split('\0').slice(0, -1);
    if (status !== 0 || printed.length !== some.length)
      complaints.push(`a shell printed ${printed.length} of ${some.length} words`);
    complaints.push(
      ...some.flatMap((text, at) => (printed[at] === text ? [] : [`a shell changed ${JSON.stringify(text)}`])),
    );
  }
  return complaints;
}
