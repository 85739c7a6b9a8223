import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageBlocks, modalBlocks } from '../../src/sandbox/block/index.ts';
import { actionElements, inputElements } from '../../src/sandbox/block/element/index.ts';
import {
  actingBlocks,
  actingElements,
  askingBlocks,
  askingElements,
  everyMessageBlock,
  messageBlocksByType,
} from './every-block.ts';
import { incidents, ona, plain, practise } from './practice.ts';
import type { Practice } from './practice.ts';

const chrome = '/usr/bin/chromium';
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const missing = existsSync(chrome) ? '' : ` (skipped: no ${chrome})`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const phone = { hasTouch: true, isMobile: true };
const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { viewport: { width: 1280, height: 900 } }],
  ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['390 px wide', { viewport: { width: 390, height: 844 }, ...phone }],
  ['320 px wide, dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark', ...phone }],
];

/** The serious and critical violations on the page as it is, each with the first place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const answer = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as { violations: Violated[] };
  return answer.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary.slice(0, 200)}`);
}

interface Violated {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** How many pixels the page is wider than its window. */
function tooWide(page: Page): Promise<number> {
  return page.locator('html').evaluate((node) => node.scrollWidth - node.clientWidth);
}

describe('the samples', () => {
  test('hold every block and every element that the workspace takes', () => {
    expect(Object.keys(messageBlocksByType).sort()).toEqual(Object.keys(messageBlocks).sort());
    expect(Object.keys(actingElements).sort()).toEqual(Object.keys(actionElements).sort());
    expect(Object.keys(askingElements).sort()).toEqual(Object.keys(inputElements).sort());
    expect(Object.hasOwn(modalBlocks, 'alert')).toBe(true);
  });
});

describe.skipIf(missing !== '').concurrent(`the page for everybody${missing}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chrome, args: flags.split(' ') });
  }, 60_000);
  afterAll(() => browser.close());

  async function open(practice: Practice, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(practice.said.url);
    await page.getByRole('combobox', { name: 'Signed in as' }).waitFor();
    return page;
  }

  async function modal(practice: Practice): Promise<void> {
    const alert = { type: 'alert', level: 'warning', text: plain('Careful') };
    await practice.call('views.open', {
      trigger_id: practice.workspace.triggers.issue(ona),
      view: { type: 'modal', title: plain('Every input'), submit: plain('Send'), blocks: [alert, ...askingBlocks] },
    });
  }

  test.each(looks)('has no serious violation on any screen: %s', { timeout: 60_000 }, async (_name, options) => {
    await using practice = await practise({
      tour: [{ node: 'worker-3', title: 'worker-3', text: 'Pods unreachable.' }],
    });
    const post = (args: object) => practice.call('chat.postMessage', { channel: incidents, text: 'words', ...args });
    await post({ blocks: everyMessageBlock });
    const { ts } = await post({ blocks: actingBlocks });
    await post({ text: 'a reply by <@UONCALL01>', thread_ts: ts });
    await practice.call('chat.postEphemeral', { channel: incidents, user: ona, text: 'only for you' });
    await practice.call('assistant.threads.setStatus', { channel_id: incidents, thread_ts: ts, status: 'is looking' });
    const home = everyMessageBlock.filter((one) =>
      ['section', 'actions', 'header', 'card'].includes(String(Object(one).type)),
    );
    await practice.call('views.publish', { user_id: ona, view: { type: 'home', blocks: home } });
    const page = await open(practice, options);
    const seen: Record<string, unknown> = {};
    const look = async (screen: string): Promise<void> => {
      seen[screen] = [...(await violations(page)), await tooWide(page), await page.locator('.unknown-block').count()];
    };
    const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await look('channel');
    await press('Shortcuts');
    await page.getByRole('menu').waitFor();
    await look('menu');
    await page.keyboard.press('Escape');
    await press(/1 reply/);
    await page.getByRole('region', { name: 'Thread' }).getByText('netdiag is looking').waitFor();
    await look('thread');
    await press('Close thread');
    await press('Faults…');
    await page.getByRole('dialog', { name: 'Faults' }).waitFor();
    await look('faults');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'netdiag', exact: true }).click();
    await page.locator('#home').getByRole('button', { name: 'Go' }).waitFor();
    await look('home');
    await press('Messages with netdiag');
    await look('direct');
    await modal(practice);
    await page.getByRole('dialog', { name: 'Every input' }).waitFor();
    await look('modal');
    const fine = [0, 0];
    expect(seen).toEqual({
      channel: fine,
      menu: fine,
      thread: fine,
      faults: fine,
      home: fine,
      direct: fine,
      modal: fine,
    });
    await page.context().close();
  });

  test(
    'a modal keeps the focus, shows errors at their input, and gives the focus back',
    { timeout: 60_000 },
    async () => {
      await using practice = await practise();
      await practice.bolt((app) => {
        app.shortcut('netdiag_start', async ({ ack, client, shortcut }) => {
          await ack();
          const element = { type: 'plain_text_input' as const, action_id: 'it' };
          await client.views.open({
            trigger_id: shortcut.trigger_id,
            view: {
              type: 'modal',
              callback_id: 'start',
              title: plain('Start'),
              submit: plain('Go'),
              blocks: ['client', 'server'].map((id) => ({
                type: 'input' as const,
                block_id: id,
                label: plain(id),
                element,
              })),
            },
          });
        });
        app.view('start', ({ ack }) => ack({ response_action: 'errors', errors: { server: 'No such server.' } }));
      });
      const page = await open(practice);
      const focused = (): Promise<string> =>
        page.locator('body').evaluate(({ ownerDocument }) => {
          const at = ownerDocument.activeElement;
          const label = at?.id === '' ? null : ownerDocument.querySelector(`label[for="${at?.id}"]`);
          return at?.getAttribute('aria-label') ?? label?.textContent ?? at?.textContent ?? '';
        });
      await page.getByRole('button', { name: 'Shortcuts' }).focus();
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toContain('Start a node diagnosis');
      await page.keyboard.press('ArrowUp');
      expect(await focused()).toContain('/netdiag');
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Start' });
      await dialog.waitFor();
      expect(await focused()).toBe('client');
      for (let i = 0; i < 12; i += 1) {
        await page.keyboard.press('Tab');
        const behind = page.locator('#composer');
        expect(await behind.evaluate((node) => node.contains(node.ownerDocument.activeElement))).toBe(false);
      }
      await dialog.getByRole('textbox', { name: 'client' }).fill('10.0.0.1');
      await dialog.getByRole('textbox', { name: 'server' }).fill('10.0.0.2');
      await page.keyboard.press('Enter');
      await dialog.getByText('No such server.').waitFor();
      expect(await focused()).toBe('server');
      expect(await dialog.getByRole('textbox', { name: 'server' }).getAttribute('aria-invalid')).toBe('true');
      expect(await dialog.getByRole('textbox', { name: 'client' }).inputValue()).toBe('10.0.0.1');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      expect(await focused()).toBe('Shortcuts');
      await page.context().close();
    },
  );

  test(
    '5,000 nodes: typed for, walked with arrows, chosen with Enter, shown to the app',
    { timeout: 60_000 },
    async () => {
      await using practice = await practise();
      const nodes = Array.from({ length: 5000 }, (_, i) => `worker-${i}`);
      const app = await practice.bolt((bolt) => {
        bolt.options('node', async ({ ack, payload }) => {
          const fitting = nodes.filter((name) => name.includes(payload.value)).slice(0, 100);
          await ack({ options: fitting.map((name) => ({ text: plain(name), value: name })) });
        });
        bolt.action({ type: 'block_actions', action_id: 'node' }, async ({ ack, action, client }) => {
          await ack();
          const chosen = 'selected_option' in action ? action.selected_option?.value : '';
          await client.chat.postMessage({ channel: incidents, text: `chosen ${chosen}` });
        });
      });
      const elements = [
        { type: 'external_select', action_id: 'node', min_query_length: 0, placeholder: plain('Which node?') },
      ];
      await app.client.chat.postMessage({
        channel: incidents,
        text: 'which',
        blocks: [{ type: 'actions', elements }] as never,
      });
      const page = await open(practice);
      const box = page.getByRole('combobox', { name: 'Which node?' });
      await box.focus();
      const list = page.getByRole('listbox', { name: 'Which node?' });
      await list.waitFor();
      expect(await list.getByRole('option').count()).toBe(100);
      await page.keyboard.type('499');
      await list.getByRole('option', { name: 'worker-4999' }).waitFor();
      expect(await list.getByRole('option').count()).toBe(15);
      await page.keyboard.press('Escape');
      expect(await list.isVisible()).toBe(false);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await list.getByRole('option', { selected: true }).innerText()).toBe('worker-1499');
      await page.keyboard.press('Enter');
      await page.getByText('chosen worker-1499').waitFor();
      expect(practice.violations()).toEqual([]);
      await page.context().close();
    },
  );

  test(
    'the menu of a message runs its shortcut, and the arrows walk through messages',
    { timeout: 60_000 },
    async () => {
      await using practice = await practise();
      await practice.bolt((app) =>
        app.shortcut(
          { type: 'message_action', callback_id: 'netdiag_diagnose_message' },
          async ({ ack, shortcut, client }) => {
            await ack();
            await client.chat.postMessage({ channel: incidents, text: `looking at: ${shortcut.message.text}` });
          },
        ),
      );
      for (const text of ['first', 'second', 'third'])
        await practice.control('say', { user: ona, channel: incidents, text });
      const page = await open(practice);
      const message = (text: string) => page.getByRole('article').filter({ hasText: text });
      await message('third').focus();
      await page.keyboard.press('ArrowUp');
      expect(await message('second').evaluate((node) => node === node.ownerDocument.activeElement)).toBe(true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: /Diagnose this node/ }).press('Enter');
      await page.getByText('looking at: second').waitFor();
      await page.context().close();
    },
  );

  test(
    'faults are set by hand: a method fails once, the connection is cut, and all is well again',
    { timeout: 60_000 },
    async () => {
      await using practice = await practise();
      await practice.bolt((app) => app.command('/netdiag', ({ ack }) => ack('here')), 200);
      const page = await open(practice);
      await page.getByText('netdiag is connected').waitFor();
      await page.getByRole('button', { name: 'Faults…' }).press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Faults' });
      await dialog.getByRole('textbox', { name: 'Method' }).fill('chat.postMessage');
      await dialog.getByRole('combobox', { name: 'What happens' }).selectOption('server_error');
      await dialog.getByRole('button', { name: 'Add this fault' }).click();
      await dialog.getByText('chat.postMessage: answers 500').waitFor();
      expect(await practice.call('chat.postMessage', { channel: incidents, text: 'a' })).toMatchObject({ status: 500 });
      await dialog.getByRole('checkbox', { name: 'Refuse new connections' }).check();
      await dialog.getByRole('button', { name: 'All back to normal' }).click();
      await dialog.getByRole('checkbox', { name: 'Refuse new connections', checked: false }).waitFor();
      expect(practice.workspace.chaos.refuseOpen).toBe(false);
      await dialog.getByRole('button', { name: 'Cut it' }).click();
      await page.keyboard.press('Escape');
      await page.getByText('netdiag is not connected').waitFor();
      await page.getByText('netdiag is connected').waitFor();
      await page.context().close();
    },
  );

  test('what is said elsewhere is counted beside the channel until it is looked at', { timeout: 60_000 }, async () => {
    await using practice = await practise();
    const page = await open(practice);
    const say = (user: string) => practice.control('say', { user, channel: 'CPLATFORM1', text: 'news' });
    await say(ona);
    await say('USECOND01');
    await say('USECOND01');
    const place = page.getByRole('button', { name: /platform-private/ });
    await page.getByRole('button', { name: /platform-private ?2 new/ }).click();
    await page.getByRole('log', { name: 'Messages in platform-private' }).getByText('news').first().waitFor();
    expect((await place.innerText()).trim()).toBe('platform-private');
    await page.context().close();
  });

  test('a channel and a thread of tall messages open at their newest one', { timeout: 60_000 }, async () => {
    await using practice = await practise();
    practice.workspace.rates.enabled = false;
    const post = (args: object) => practice.call('chat.postMessage', { channel: incidents, text: 'tall', ...args });
    const { ts } = await post({ blocks: everyMessageBlock });
    for (let i = 0; i < 8; i += 1) await post({ thread_ts: ts, blocks: everyMessageBlock });
    await post({ thread_ts: ts, text: 'the newest reply' });
    const page = await open(practice);
    const below = (id: string) =>
      page.locator(id).evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
    await page.getByRole('button', { name: /9 replies/ }).waitFor();
    expect(await below('#channel-scroll')).toBeLessThan(5);
    await page.getByRole('button', { name: /9 replies/ }).click();
    await page.getByText('the newest reply').waitFor();
    expect(await below('#thread-scroll')).toBeLessThan(5);
    await page.context().close();
  });

  test('one more message among 500 draws one message', { timeout: 60_000 }, async () => {
    await using practice = await practise();
    for (let i = 0; i < 500; i += 1) {
      const ts = practice.workspace.timestamps.next();
      practice.workspace.put({
        type: 'message',
        channel: incidents,
        ts,
        user: ona,
        text: `message ${i} *bold* \`code\``,
      });
    }
    const page = await open(practice);
    await page.getByText('message 499').waitFor();
    expect(await page.getByRole('article').count()).toBe(500);
    const log = page.getByRole('log', { name: 'Messages in incidents' });
    await log.evaluate((node) => {
      for (const one of node.children) one.setAttribute('data-old', '');
    });
    await practice.control('say', { user: ona, channel: incidents, text: 'one more' });
    await page.getByText('one more').waitFor();
    expect(await log.locator('> [data-old]').count()).toBe(500);
    expect(await log.locator('> :not([data-old])').count()).toBe(1);
    const atEnd = await page
      .locator('#channel-scroll')
      .evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 80);
    expect(atEnd).toBe(true);
    await page.context().close();
  });
});
