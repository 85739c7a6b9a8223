import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headersOnly } from '../../src/capture/index.ts';
import { eachPacket } from '../../src/capture/pcap.ts';
import { launchChrome, noChrome, skipNote } from './chrome.ts';
import { bo, sam, signIn } from './person.ts';
import { Practice } from './practice.ts';
import { liveMessage, openThread, say, task } from './thread.ts';

/** What is told apart in the two incidents. */
interface Incident {
  readonly node: string;
  readonly peer: string;
  readonly symptom: string;
  readonly cause: RegExp;
  readonly counted: RegExp;
  readonly broken: string;
  readonly healthy: string;
  /** What the picture says to who does not see it. */
  readonly drawn: RegExp;
  readonly captures: readonly (readonly [string, number])[];
  readonly fix: string;
  readonly durable: RegExp;
}

const I1: Incident = {
  node: 'ip-10-0-10-207',
  peer: 'ip-10-0-10-115',
  symptom: 'kubectl logs/exec fails',
  cause: /^Replies from 10\.0\.10\.207 leave through the wrong interface\./,
  counted: /Proven · 14 of 14 SYNs arrived on eth0; all 14 SYN-ACKs left by eth1, none by eth0\./,
  broken: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0',
  healthy: '10.0.10.69 from 10.0.10.115 dev eth0 uid 0',
  drawn: /^Packet ladder\. Answered elsewhere\. 14 of 14 SYNs arrived on eth0; all 14 SYN-ACKs left by eth1, /,
  captures: [
    ['capture-eth0.pcap', 7],
    ['capture-eth1.pcap', 7],
  ],
  fix: 'ip -4 route del 10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190',
  durable: /It will come back: .*eth1/,
};

const I3: Incident = {
  node: 'dev-slave-110',
  peer: 'dev-slave-107',
  symptom: 'Pods unreachable',
  cause: /^Forwarding is switched off on this node: /,
  counted: /Proven · 14 of 14 echo requests arrived on eth0, none went on to cali\w+; no echo reply was seen\./,
  broken: 'net.ipv4.ip_forward = 0',
  healthy: 'net.ipv4.ip_forward = 1',
  drawn: /^Packet ladder\. Not forwarded\. 14 of 14 echo requests arrived on eth0, none went on to cali/,
  captures: [
    ['capture-eth0.pcap', 7],
    ['capture-cali', 0],
  ],
  fix: 'sysctl -w net/ipv4/ip_forward=1',
  durable: /90-hardening\.conf/,
};

describe.skipIf(noChrome).concurrent(`practice in a browser, from the command to the repaired node${skipNote}`, () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchChrome()), 60_000);
  afterAll(() => browser?.close());

  test.each([
    ['I1', I1],
    ['I3', I3],
  ])('%s', { timeout: 90_000 }, async (_name, incident) => {
    await using practice = await Practice.start(browser);
    expect(practice.printed).toContain('no cluster, kubeconfig or SSH key is read');
    const page = await practice.window();
    await say(page, `/netdiag ${incident.node}`);
    const thread = await openThread(page, incident.node);
    const live = liveMessage(page, incident.node);
    await task(live, `Looked at the node and at its healthy peer ${incident.peer}`, 'complete').waitFor();

    await thread.getByRole('button', { name: incident.symptom }).click();
    await thread.getByText(`✓ ${incident.symptom} — @Ona On-Call`).waitFor();
    expect(await thread.getByRole('button', { name: 'Something else' }).count()).toBe(0);
    await thread.getByRole('button', { name: 'Approve Fix A' }).waitFor();
    await proof(thread, incident);
    await picture(page, thread, incident.drawn);
    for (const [file, least] of incident.captures) await capture(page, thread, file, least);

    await refusals(practice, page, thread);
    await approval(practice, incident);
    await thread.getByText(/^Approved by @Sam Second \(USECOND01\), \d\d:\d\d:\d\d · plan/).waitFor();
    await thread.getByText(/^Repaired in \d+ s of machine time · /).waitFor();
    for (const done of ['Rollback armed', 'Verified over a new connection', 'Rollback disarmed'])
      await task(live, done, 'complete').waitFor();
    await live.getByRole('region', { name: 'Repaired' }).waitFor();

    const summary = thread.getByRole('article').filter({ hasText: 'machine time' });
    await summary.getByText('Seen afterwards: 7 of 7 marked packets are answered.').waitFor();
    await summary.getByText(incident.durable).waitFor();
    await summary.getByText('Timeline').click();
    const timeline = await summary.getByRole('listitem').allInnerTexts();
    for (const once of [/@Sam Second approved Fix A$/, / Fix A applied;/, / Rollback disarmed/])
      expect(timeline.filter((line) => once.test(line))).toHaveLength(1);
    expect(await page.getByRole('button', { name: /^(Approve|Reject|Show)/ }).count()).toBe(0);
    expect(await practice.faults()).toEqual([]);
  });

  test('both at once, in one channel', { timeout: 90_000 }, async () => {
    await using practice = await Practice.start(browser);
    const page = await practice.window();
    for (const { node } of [I1, I3]) await say(page, `/netdiag ${node}`);
    for (const { node, symptom } of [I1, I3])
      await (await openThread(page, node)).getByRole('button', { name: symptom }).click();
    await say(page, `/netdiag ${I1.node}`);
    await page.getByText(`${I1.node} is being looked at already, started by`).waitFor();
    await signIn(page, sam);
    for (const { node, cause } of [I1, I3]) {
      const thread = await openThread(page, node);
      await thread.getByRole('button', { name: 'Approve Fix A' }).click();
      await thread.getByText(cause).waitFor();
    }
    for (const { node } of [I1, I3]) await liveMessage(page, node).getByRole('region', { name: 'Repaired' }).waitFor();
    expect(await practice.faults()).toEqual([]);
  });
});

/** The finding: the claim, what was counted, this node beside a healthy one, and a ladder that no line wraps. */
async function proof(thread: Locator, { cause, counted, broken, healthy, node, peer }: Incident): Promise<void> {
  const finding = thread.getByRole('article').filter({ hasText: counted });
  await finding.getByText(cause).waitFor();
  const table = finding.getByRole('region', { name: 'Table' });
  expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['What', node, `${peer} (healthy)`]);
  expect((await table.getByRole('row').filter({ hasText: broken }).innerText()).replaceAll('\n', ' ')).toContain(
    healthy,
  );
  const ladder = finding.locator('pre').filter({ hasText: '►' });
  const heights = await ladder.evaluate((node) => {
    const asShown = node.offsetHeight;
    node.style.whiteSpace = 'pre';
    return [asShown, node.offsetHeight];
  });
  expect(heights[0]).toBe(heights[1]);
  expect(await table.evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
}

/** The picture is there, twice as sharp as it is wide on a phone, and makes nothing wider than the window, a phone's or a desk's. */
async function picture(page: Page, thread: Locator, words: RegExp): Promise<void> {
  const shown = thread.getByRole('img', { name: words });
  await shown.scrollIntoViewIfNeeded();
  expect(
    await shown.evaluate(async (node) => {
      await node.decode();
      return node.naturalWidth;
    }),
  ).toBe(720);
  const window = page.viewportSize();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const box = await shown.boundingBox();
    expect(box?.width).toBeGreaterThan(300);
    expect((box?.x ?? 0) + (box?.width ?? width)).toBeLessThan(width);
    expect(await thread.evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
  }
  if (window !== null) await page.setViewportSize(window);
}

/** A pcap of the thread: whole, with at least so many packets, and nothing behind their headers. */
async function capture(page: Page, thread: Locator, file: string, least: number): Promise<void> {
  const wanted = page.waitForEvent('download');
  await thread.getByRole('link', { name: new RegExp(`^Download ${file.replace('.', String.raw`\.`)}`) }).click();
  const bytes = new Uint8Array(await readFile(await (await wanted).path()));
  const { packets, gap } = eachPacket(bytes, (start, end) => expect(end - start).toBeLessThanOrEqual(96));
  expect(gap).toBeUndefined();
  expect(packets).toBeGreaterThanOrEqual(least);
  expect(Buffer.from(headersOnly(bytes)).equals(bytes)).toBe(true);
}

/** Who asked cannot approve, nor can a bystander; each is told alone who can, and the card stays. */
async function refusals(practice: Practice, page: Page, thread: Locator): Promise<void> {
  await thread.getByRole('button', { name: 'Approve Fix A' }).click();
  await thread
    .getByText('You started this incident, so someone else has to approve: @Sam Second or @Thea Third.')
    .waitFor();
  await signIn(page, bo);
  await thread.getByRole('button', { name: 'Approve Fix A' }).click();
  await thread.getByText('You may not approve changes; @Sam Second or @Thea Third may.').waitFor();
  expect(await thread.getByText('You started this incident').count()).toBe(0);
  expect(await thread.getByText('Only visible to you').count()).toBe(1);
  await thread.getByRole('button', { name: 'Approve Fix A' }).waitFor();
}

/** The approver reads the exact command and presses twice, in two windows at the same time. */
async function approval(practice: Practice, { node, fix }: Incident): Promise<void> {
  const windows = [await practice.window(sam), await practice.window(sam)];
  const approve = windows.map(async (window) => {
    const thread = await openThread(window, node);
    await thread.getByText(fix, { exact: true }).waitFor();
    return thread.getByRole('button', { name: 'Approve Fix A' }).elementHandle();
  });
  const presses = await Promise.all(approve);
  // The first press may take the second one's button away; who has begun to press it has pressed it.
  await Promise.all(presses.map((press) => press?.dispatchEvent('click')));
}
