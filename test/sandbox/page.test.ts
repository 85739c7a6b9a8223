/* oxlint-disable unicorn/require-post-message-target-origin -- chat.postMessage is Slack's, not the window's */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, incidents, ona, plain, practise, sam } from './practice.ts';
import type { Practice } from './practice.ts';

const chrome = '/usr/bin/chromium';
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const missing = existsSync(chrome) ? '' : ` (skipped: no ${chrome})`;
const tour = [{ node: 'worker-3', title: 'Pods unreachable', text: 'Nothing reaches them.' }];

/** A small app: a plan in the channel, a question in its thread, an answer that only approvers may give. */
async function smallApp(practice: Practice): Promise<void> {
  await practice.bolt((app) => {
    app.command('/netdiag', async ({ ack, client, command }) => {
      await ack();
      const tasks = [
        { type: 'task_card', task_id: 'a', title: 'Looked at both nodes', status: 'complete' },
        { type: 'task_card', task_id: 'b', title: 'Narrowing down', status: 'in_progress' },
      ];
      const root = await client.chat.postMessage({
        channel: incidents,
        text: 'live',
        blocks: [{ type: 'plan', title: command.text, tasks }] as never,
      });
      await client.chat.postMessage({
        channel: incidents,
        thread_ts: root.ts ?? '',
        text: 'Approve?',
        blocks: [{ type: 'section', text: plain('Shall I?') }, button('approve', 'Approve')] as never,
      });
    });
    app.action('approve', async ({ ack, body, client }) => {
      await ack();
      if (body.type !== 'block_actions' || !body.message) return;
      const { ts } = body.message;
      const thread = String(body.message['thread_ts']);
      if (body.user.id === sam) await client.chat.update({ channel: incidents, ts, text: `Approved by <@${sam}>` });
      else
        await client.chat.postEphemeral({
          channel: incidents,
          user: body.user.id,
          thread_ts: thread,
          text: 'Someone else has to approve.',
        });
    });
  });
}

describe.skipIf(missing !== '')(`the page in a browser${missing}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chrome, args: flags.split(' ') });
  }, 60_000);
  afterAll(() => browser.close());

  /** A window of its own, with every complaint of the browser kept. */
  async function open(
    practice: Practice,
    size = { width: 1280, height: 860 },
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.newContext({ viewport: size })).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(practice.said.url);
    return { page, complaints };
  }

  test('incidents that look alike stand under one heading, each with its own command', async () => {
    const alike = (node: string) => ({ node, title: node, text: `${node} is odd.`, group: 'Pods are not reached' });
    await using practice = await practise({ tour: [alike('worker-1'), ...tour, alike('worker-2')] });
    const { page, complaints } = await open(practice, { width: 390, height: 780 });
    const region = page.getByRole('region', { name: 'Try it' });
    const group = region.getByRole('region', { name: 'Pods are not reached' });
    expect(await group.getByRole('button').allInnerTexts()).toEqual([
      expect.stringContaining('worker-1 is odd.'),
      expect.stringContaining('worker-2 is odd.'),
    ]);
    expect(await region.getByRole('button').count()).toBe(3);
    await group.getByRole('button', { name: /worker-2/ }).click();
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('/netdiag worker-2');
    expect(complaints).toEqual([]);
  });

  test('a command, a button, a refusal, another person, and the update', async () => {
    await using practice = await practise({ tour });
    await smallApp(practice);
    const { page, complaints } = await open(practice);
    expect(page.url()).not.toContain('key=');
    await page.getByText('Local practice workspace — not Slack').waitFor();

    await page
      .getByRole('region', { name: 'Try it' })
      .getByRole('button', { name: /Pods unreachable/ })
      .click();
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('/netdiag worker-3');
    await page.keyboard.press('Enter');
    const plan = page.getByRole('log', { name: 'Messages in incidents' }).getByRole('region', { name: 'worker-3' });
    await plan.getByRole('listitem').filter({ hasText: 'Narrowing down (in progress)' }).waitFor();

    await page.getByRole('button', { name: '1 reply, open thread' }).click();
    const thread = page.getByRole('region', { name: 'Thread' });
    await thread.getByRole('button', { name: 'Approve' }).click();
    await thread.getByText('Someone else has to approve.').waitFor();

    await page.getByRole('combobox', { name: 'Signed in as' }).selectOption(sam);
    await thread.getByText('Someone else has to approve.').waitFor({ state: 'detached' });
    await thread.getByRole('button', { name: 'Approve' }).click();
    await thread.getByText('Approved by @Sam Second').waitFor();
    expect(await thread.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(practice.violations()).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('two windows are two people', async () => {
    await using practice = await practise();
    const { page: one } = await open(practice);
    await one.getByRole('combobox', { name: 'Signed in as' }).selectOption(sam);
    const two = await one.context().newPage();
    await two.goto(practice.said.url);
    await practice.call('chat.postEphemeral', { channel: incidents, user: ona, text: 'for Ona' });
    await two.getByText('for Ona').waitFor();
    await two.getByText('Only visible to you').waitFor();
    await practice.call('chat.postMessage', { channel: incidents, text: 'for all' });
    await one.getByText('for all').waitFor();
    expect(await one.getByText('for Ona').count()).toBe(0);
    await one.reload();
    await one.getByText('for all').waitFor();
    expect(await one.getByRole('combobox', { name: 'Signed in as' }).inputValue()).toBe(sam);
    await one.context().close();
  }, 60_000);

  test('with the keyboard only: command, thread, confirmation, modal with errors', async () => {
    await using practice = await practise();
    const view = {
      type: 'modal' as const,
      title: plain('Reject'),
      submit: plain('Send'),
      callback_id: 'reject',
      blocks: [
        {
          type: 'input' as const,
          block_id: 'why',
          label: plain('Why?'),
          element: { type: 'plain_text_input' as const, action_id: 'w' },
        },
      ],
    };
    const sure = { title: plain('Sure?'), text: plain('It ends.'), confirm: plain('Yes'), deny: plain('No') };
    await practice.bolt((app) => {
      app.command('/netdiag', async ({ ack, client }) => {
        await ack();
        const reject = { type: 'button', action_id: 'reject', text: plain('Reject…'), style: 'danger', confirm: sure };
        await client.chat.postMessage({
          channel: incidents,
          text: 'card',
          blocks: [{ type: 'actions', elements: [reject] }] as never,
        });
      });
      app.action('reject', async ({ ack, body, client }) => {
        await ack();
        if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view });
      });
      app.view('reject', async ({ ack, view: sent }) => {
        const words = sent.state.values['why']?.['w']?.value ?? '';
        if (words === 'no') await ack({ response_action: 'errors', errors: { why: 'Please say more.' } });
        else await ack();
      });
    });
    const { page, complaints } = await open(practice);
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await page.keyboard.type('/netdiag x');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Reject…' }).waitFor();
    for (
      let i = 0;
      i < 4 &&
      !(await page
        .getByRole('button', { name: 'Reject…' })
        .evaluate((node) => node === node.ownerDocument.activeElement));
      i += 1
    ) {
      await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Sure?' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const modal = page.getByRole('dialog', { name: 'Reject' });
    await modal.waitFor();
    await modal.getByRole('textbox', { name: 'Why?' }).focus();
    await page.keyboard.type('no');
    await page.keyboard.press('Enter');
    await modal.getByText('Please say more.').waitFor();
    await page.keyboard.type(', not tonight');
    await page.keyboard.press('Enter');
    await modal.waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('text of a node is text: no markup, no mention, no element comes of it', async () => {
    await using practice = await practise();
    const hostile = '<img src=x onerror="document.title=1"> <script>document.title=1</script> &lt;!channel&gt; [a](b)';
    await practice.call('chat.postMessage', {
      channel: incidents,
      text: 'x',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: hostile } },
        { type: 'section', text: plain(hostile) },
        { type: 'table', rows: [[{ type: 'raw_text', text: hostile }]] },
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: hostile }] }],
        },
        { type: 'plan', title: hostile, tasks: [{ type: 'task_card', task_id: 't', title: hostile, status: 'error' }] },
      ],
    });
    const { page, complaints } = await open(practice);
    const message = page.getByRole('article');
    await message.getByRole('table').waitFor();
    expect(await message.locator('img, script, [data-mention]').count()).toBe(0);
    expect(await page.title()).toBe('Practice workspace');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('rich text keeps its line breaks, and a date has the format that was asked for', async () => {
    await using practice = await practise();
    const date = { type: 'date', timestamp: 1_763_661_900, format: '{time_secs} on {date_num}', fallback: 'then' };
    const elements = [{ type: 'text', text: 'first\nsecond\nthird ' }, date];
    await practice.call('chat.postMessage', {
      channel: incidents,
      text: 'x',
      blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }],
    });
    const { page, complaints } = await open(practice);
    const words = page.getByRole('article').locator('p');
    expect((await words.innerText()).split('\n').map((line) => line.trim())).toEqual([
      'first',
      'second',
      expect.stringMatching(/^third \d\d:\d\d:\d\d on 2025-11-20$/),
    ]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('every block type that the workspace takes is drawn, at phone width without scrolling sideways', async () => {
    await using practice = await practise();
    const rich = {
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'ip route del '.repeat(20) }] }],
    };
    const option = { text: plain('DNS'), value: 'dns' };
    const blocks = [
      { type: 'header', text: plain('Header') },
      {
        type: 'section',
        text: plain('Section'),
        fields: [plain('one'), plain('two')],
        accessory: { type: 'overflow', options: [option] },
      },
      { type: 'context', elements: [plain('Context')] },
      { type: 'divider' },
      {
        type: 'actions',
        elements: [
          { type: 'static_select', placeholder: plain('Choose'), options: [option] },
          { type: 'external_select', placeholder: plain('Search') },
          { type: 'radio_buttons', options: [option] },
          { type: 'checkboxes', options: [option] },
        ],
      },
      rich,
      { type: 'table', rows: [Array.from({ length: 9 }, (_, i) => ({ type: 'raw_text', text: `column ${i}` }))] },
      {
        type: 'plan',
        title: 'Plan',
        tasks: [{ type: 'task_card', task_id: 'a', title: 'Task', status: 'pending', details: rich, output: rich }],
      },
      { type: 'task_card', task_id: 'b', title: 'Alone', status: 'complete' },
      {
        type: 'container',
        title: plain('Folded'),
        is_collapsible: true,
        default_collapsed: true,
        child_blocks: [{ type: 'section', text: plain('inside') }],
      },
      { type: 'image', image_url: 'https://images.example/a.png', alt_text: 'A picture' },
      { type: 'input', label: plain('Input'), element: { type: 'plain_text_input' } },
    ];
    const { ok } = await practice.call('chat.postMessage', { channel: incidents, text: 'all', blocks });
    expect(ok).toBe(true);
    const { page, complaints } = await open(practice, { width: 390, height: 780 });
    const message = page.getByRole('article');
    await message.getByText('Alone').waitFor();
    expect(await message.locator('.unknown-block').count()).toBe(0);
    expect(await message.getByText('inside').isVisible()).toBe(false);
    await message.getByText('Folded').click();
    expect(await message.getByText('inside').isVisible()).toBe(true);
    await practice.call('chat.postMessage', { channel: incidents, text: 'more' });
    await page.getByText('more').waitFor();
    expect(await message.getByText('inside').isVisible()).toBe(true);
    const wider = await page.locator('html').evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(wider).toBe(0);
    const boxed = await page.locator('#channel-scroll').evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(boxed).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);
});
