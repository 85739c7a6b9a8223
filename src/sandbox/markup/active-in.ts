import { isObject } from '../json.ts';
import type { ActiveMarkup } from '../workspace/record.ts';

type Found = Omit<ActiveMarkup, 'at' | 'where'>;

const control = /<([^<>\n]+)>/g;
const aside = 40;

/**
 * The markup in a message that is alive: `<@U…>`, `<!channel>`, `<!subteam^S…>`, `<#C…>`, `<https://…>` in mrkdwn that
 * arrived unescaped, and mention or link elements of rich text. plain_text, raw_text and rich text `text` are never alive
 * (https://docs.slack.dev/messaging/formatting-message-text#escaping).
 */
export function activeIn(content: unknown, pointer = ''): Found[] {
  if (Array.isArray(content)) return content.flatMap((entry: unknown, i) => activeIn(entry, `${pointer}/${i}`));
  if (!isObject(content)) return [];
  const own = element(content, pointer);
  if (own) return [own];
  const alive = content['type'] === 'mrkdwn' || (pointer === '' && content['type'] === undefined);
  return Object.entries(content).flatMap(([name, entry]) => {
    const at = `${pointer}/${name}`;
    if (typeof entry === 'string') return alive && name === 'text' ? inMrkdwn(entry, at) : [];
    return activeIn(entry, at);
  });
}

function inMrkdwn(text: string, pointer: string): Found[] {
  return [...text.matchAll(control)].flatMap((match) => {
    const found = named(match[1] ?? '');
    const around = text.slice(Math.max(0, match.index - aside), match.index + match[0].length + aside);
    return found ? [{ ...found, pointer, around }] : [];
  });
}

function named(inner: string): Pick<Found, 'kind' | 'target'> | undefined {
  const target = (inner.split('|')[0] ?? '').slice(1);
  if (inner.startsWith('@')) return { kind: 'user', target };
  if (inner.startsWith('#')) return { kind: 'channel', target };
  if (inner.startsWith('!subteam^')) return { kind: 'group', target: target.slice('subteam^'.length) };
  if (/^!(channel|here|everyone)\b/.test(inner)) return { kind: 'broadcast', target };
  if (/^(https?|mailto|tel):/i.test(inner)) return { kind: 'link', target: inner.split('|')[0] ?? '' };
  return undefined;
}

function element(content: Readonly<Record<string, unknown>>, pointer: string): Found | undefined {
  const around = JSON.stringify(content);
  const of = (kind: Found['kind'], field: string): Found => ({ kind, target: String(content[field]), pointer, around });
  switch (content['type']) {
    case 'user':
      return typeof content['user_id'] === 'string' ? of('user', 'user_id') : undefined;
    case 'usergroup':
      return of('group', 'usergroup_id');
    case 'broadcast':
      return of('broadcast', 'range');
    case 'channel':
      return of('channel', 'channel_id');
    case 'link':
      return of('link', 'url');
    default:
      return undefined;
  }
}
