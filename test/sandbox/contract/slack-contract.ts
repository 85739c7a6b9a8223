import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { announcement } from '../../../src/sandbox/announce.ts';
import { readManifest } from '../../../src/sandbox/manifest.ts';
import { openWorkspace } from '../../../src/sandbox/server.ts';
import { compare } from './compare.ts';
import type { Answer, Call, Verdict } from './compare.ts';
import { goldens } from './golden.ts';

const SLACK = 'https://slack.com/api/';
/** A little more than one message a second. */
const PACE_MS = 1200;

const usage = 'usage: slack-contract.ts [--channel C0123456789] [--to FILE] [--practice]';

/**
 * Compares our validator with Slack's: sends every golden payload to `blocks.validate`, and with `--channel` also posts
 * (and deletes) those that we take. Wants SLACK_BOT_TOKEN with chat:write, and the app in the channel. Writes all
 * verdicts with the date to a file, and ends with 1 when Slack decides otherwise than we do. `--practice` asks our own
 * workspace instead, which tries the script and proves nothing about Slack.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { channel: { type: 'string' }, to: { type: 'string' }, practice: { type: 'boolean' } },
  });
  const { SLACK_BOT_TOKEN: token = '' } = process.env;
  if (values.practice === true) return practice(values.to);
  if (token === '') {
    process.stderr.write(`skipped: real Slack is not compared, SLACK_BOT_TOKEN is not set. ${usage}\n`);
    return 0;
  }
  const call = caller(SLACK, token);
  const { body } = await call('auth.test', {});
  if (body['ok'] !== true) throw new Error(`Slack refused the token: ${String(body['error'])}. ${usage}`);
  const verdicts = await compare(goldens(), { call, channel: values.channel, paceMs: PACE_MS });
  return report('slack.com', verdicts, values.to);
}

async function practice(to: string | undefined): Promise<number> {
  const manifest = readManifest(new URL('../manifest.yml', import.meta.url).pathname);
  const opened = await openWorkspace({ manifest });
  opened.workspace.rates.enabled = false;
  try {
    const { slackApiUrl, botToken, channel } = announcement(opened);
    const verdicts = await compare(goldens(), { call: caller(slackApiUrl, botToken), channel, paceMs: 0 });
    return report('the practice workspace', verdicts, to);
  } finally {
    await opened.close();
  }
}

function caller(api: string, token: string): Call {
  return async (method, args) => {
    const answer = await fetch(`${api}${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify(args),
    });
    const retryAfter = Number(answer.headers.get('retry-after') ?? 1);
    return { status: answer.status, retryAfter, body: (await answer.json()) as Answer['body'] };
  };
}

function report(of: string, verdicts: readonly Verdict[], wanted: string | undefined): number {
  const date = new Date().toISOString();
  const differ = verdicts.filter((one) => !one.agrees);
  const to = wanted ?? join(import.meta.dirname, 'record', `${date.slice(0, 10)}-${of.replaceAll(/\W+/g, '-')}.json`);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(
    to,
    `${JSON.stringify({ of, date, compared: verdicts.length, differ: differ.length, verdicts }, null, 2)}\n`,
  );
  for (const { name, method, ours, theirs } of differ)
    process.stdout.write(`${name}: ${method} says ${theirs}, we say ${ours.length === 0 ? 'ok' : ours.join('; ')}\n`);
  process.stdout.write(`${of}: ${verdicts.length} verdicts, ${differ.length} differ from ours; recorded in ${to}\n`);
  return differ.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (problem) {
  process.stderr.write(`The comparison ended early: ${problem instanceof Error ? problem.message : String(problem)}\n`);
  process.exitCode = 2;
}
