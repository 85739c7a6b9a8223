import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChrome, noChrome, skipNote } from './chrome.ts';
import { bo, sam, signIn } from './person.ts';
import { Practice } from './practice.ts';
import { liveMessage, openThread, press, reject, say, task } from './thread.ts';

const SICK = 'ip-10-0-10-207';
const HEALTHY = 'ip-10-0-10-115';

describe.skipIf(noChrome)(`what practice answers to people who do otherwise${skipNote}`, () => {
  let browser: Browser;
  let practice: Practice;
  beforeAll(async () => {
    browser = await launchChrome();
    practice = await Practice.start(browser);
  }, 60_000);
  afterAll(async () => {
    await practice?.[Symbol.asyncDispose]();
    await browser?.close();
  }, 60_000);

  test('a wish that is no node is one sentence for who typed it, and starts nothing', { timeout: 90_000 }, async () => {
    const page = await practice.window();
    const channel = page.getByRole('log', { name: 'Messages in incidents' });
    for (const [typed, answer] of [
      ['/netdiag list', /^No incident is open\.$/],
      [
        '/netdiag help',
        /looks at the network of that Kubernetes node.* It changes nothing before somebody other than you has approved/,
      ],
      ['/netdiag --help', /\/netdiag help shows this\. In a thread, .*: @netdiag NODE\.$/],
      ['/netdiag ip-10-0-10-20', /^No node of .* is called that\. Did you mean ip-10-0-10-207/],
      ['/netdiag dev-slave-11', /Did you mean dev-slave-110/],
      ['/netdiag quite-another-name', /There are \d+ nodes, none with a name like it\.$/],
      ['/netdiag $(id)', /^\$\(id\) is not a node name: /],
      ['/netdiag <!channel>', /^<!channel> is not a node name: /],
      ['/netdiag one two', /^netdiag takes one node name, not 2 words: one two\.$/],
    ] as const) {
      const before = await channel.getByRole('article').count();
      await say(page, typed);
      const said = channel.getByRole('article').nth(before);
      await said.getByText('Only visible to you').waitFor();
      await said.locator('.blocks').getByText(answer).first().waitFor();
    }
    expect(await channel.getByRole('region').count()).toBe(0);
    await page.getByRole('button', { name: 'general', exact: true }).click();
    await say(page, `/netdiag ${SICK}`);
    await page.getByText(/^netdiag is not in this channel\. Type /).waitFor();
    expect(await practice.faults()).toEqual([]);
    await page.context().close();
  });

  test('a healthy node, with the keyboard alone, ends in nothing wrong found', { timeout: 90_000 }, async () => {
    const page = await practice.window();
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await page.keyboard.type(`/netdiag ${HEALTHY}`);
    await page.keyboard.press('Enter');
    await press(page, liveMessage(page, HEALTHY).getByRole('button', { name: /open thread/ }));
    const thread = page.getByRole('region', { name: 'Thread', exact: true });
    await press(page, thread.getByRole('button', { name: 'kubectl logs/exec fails' }));
    const summary = thread.getByRole('article').filter({ hasText: `Nothing wrong found in the network of ${HEALTHY}` });
    await summary
      .getByText(/^I looked at \d+ things on the node and on a healthy peer, .*\. That rules out \d+ suspects/)
      .waitFor();
    await summary.getByText(/^(\d+) of \1 marked packets from .* were answered/).waitFor();
    await summary.getByText(/^Could not see: /).waitFor();
    await summary.getByText(/^Path as the kernels see it/).waitFor();
    await summary.getByText('The next thing that would tell us most').waitFor();
    await press(page, summary.locator('summary').filter({ hasText: 'Ruled out' }));
    await summary.getByText('the kubelet listens on port 10250').waitFor();
    const live = liveMessage(page, HEALTHY);
    await live.getByRole('region', { name: 'Nothing wrong found in its network' }).waitFor();
    await task(live, 'nothing was changed', 'complete').waitFor();
    expect(await thread.getByRole('button', { name: /Approve/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('region', { name: 'Thread', exact: true }).count()).toBe(0);
    expect(await practice.faults()).toEqual([]);
    await page.context().close();
  });

  test('both fixes are explained, shown and rejected, and nothing was changed', { timeout: 90_000 }, async () => {
    const page = await practice.window();
    await say(page, `/netdiag ${SICK}`);
    const thread = await openThread(page, SICK);
    await thread.getByRole('button', { name: 'Something else' }).click();
    await thread.getByRole('button', { name: 'To the node itself' }).click();
    await thread.getByRole('button', { name: 'What exactly happens?' }).click();
    const steps = thread
      .getByRole('article')
      .filter({ hasText: 'What exactly happens with Fix A' })
      .getByRole('listitem');
    await steps.nth(6).waitFor();
    expect(await steps.allInnerTexts()).toContain('A rollback is armed; the node fires it by itself after 60 s.');

    await thread.getByRole('button', { name: 'Show Fix B' }).click();
    const fixB = thread.getByRole('article').filter({ hasText: 'Fix B — ' });
    await fixB
      .getByText(/^ip -4 rule add from 10\.0\.10\.207 lookup /m)
      .first()
      .waitFor();
    expect(await thread.getByRole('button', { name: 'Show Fix B' }).count()).toBe(0);

    await signIn(page, bo);
    await reject(page, fixB, 'I do not like it');
    await thread.getByText('Only those who may approve, or who started the incident, can reject Fix B.').waitFor();
    await signIn(page, sam);
    await reject(page, fixB, 'not before noon');
    await fixB.getByText(/^Rejected by @Sam Second/).waitFor();
    const fixA = thread.getByRole('article').filter({ hasText: 'Fix A — ' });
    await reject(page, fixA, '');
    await thread.getByText(`The cause is known; nothing was changed on ${SICK}`).waitFor();
    await thread.getByText(/^Fix A: .*, rejected by @Sam Second$/).waitFor();
    expect(await thread.getByText('To make it last').count()).toBe(0);
    expect(await thread.getByRole('button', { name: /Approve|Reject/ }).count()).toBe(0);
    expect(await practice.faults()).toEqual([]);
    await page.context().close();
  });
});
