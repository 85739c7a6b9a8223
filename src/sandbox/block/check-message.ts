import { characters } from '../characters.ts';
import { isObject, textOf } from '../json.ts';
import { messageBlocks } from './index.ts';
import { checkMarkdownCharacters } from './markdown.ts';
import { byType, list } from './rule.ts';
import type { Rule, Tell } from './rule.ts';
import { checkFiles } from './slack-file.ts';
import type { KnowsFile } from './slack-file.ts';
import { checkTableCharacters } from './table.ts';

/** One fault: Slack's sentence and the JSON pointer of the place. */
export interface Fault {
  readonly at: string;
  readonly sentence: string;
}

/** What a check may be told about the workspace. */
export interface Surroundings {
  readonly knowsFile?: KnowsFile;
  /** Block types to treat as unknown. */
  readonly refused?: readonly string[];
}

/** Characters over all blocks of a message above which `msg_blocks_too_long` has been seen (slackapi/bolt-js#2509). */
export const blockCharacters = 13_200;

/** Every fault of a message's blocks, in Slack's words; empty when Slack would take them. */
export function checkMessage(blocks: unknown, around: Surroundings = {}): Fault[] {
  const { faults, tell } = collector();
  list(byType(without(messageBlocks, around.refused)), 50)(blocks, '/blocks', tell);
  if (!Array.isArray(blocks)) return faults;
  checkBlockIds(blocks, '/blocks', tell);
  checkTableCharacters(blocks, '/blocks', tell);
  checkMarkdownCharacters(blocks, '/blocks', tell);
  if (around.knowsFile) checkFiles(blocks, '/blocks', around.knowsFile, tell);
  return faults;
}

/** All text characters of a message's blocks. */
export function countCharacters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, entry: unknown) => sum + countCharacters(entry), 0);
  if (!isObject(value)) return 0;
  let sum = 0;
  for (const [name, entry] of Object.entries(value)) {
    if (name === 'text' && typeof entry === 'string') sum += characters(entry);
    else if (typeof entry === 'object') sum += countCharacters(entry);
  }
  return sum;
}

/** Faults as Slack prints them: sentence and pointer. */
export function printed(faults: readonly Fault[]): string[] {
  return faults.map((fault) => `${fault.sentence} [json-pointer:${fault.at}]`);
}

/** A list that fills while rules tell. */
export function collector(): { readonly faults: Fault[]; readonly tell: Tell } {
  const faults: Fault[] = [];
  return { faults, tell: (at, sentence) => void faults.push({ at, sentence }) };
}

/** Tells each block_id that an earlier block already has. */
export function checkBlockIds(blocks: readonly unknown[], at: string, tell: Tell): void {
  const seen = new Set<unknown>();
  blocks.forEach((block, i) => {
    const id = textOf(block, 'block_id');
    if (id !== undefined && seen.has(id)) tell(`${at}/${i}/block_id`, `\`block_id\` "${id}" already exists`);
    seen.add(id);
  });
}

/** The table of rules without the refused types. */
export function without(rules: Readonly<Record<string, Rule>>, refused: readonly string[] = []): Record<string, Rule> {
  return Object.fromEntries(Object.entries(rules).filter(([type]) => !refused.includes(type)));
}
