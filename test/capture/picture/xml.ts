/** A start of an element of a well-formed document, with its attributes and the text right behind it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

const TAG = /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>([^<]*)/y;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Reads a document of elements, attributes and the five entities. Throws at the first thing that is none of these. */
export function elements(xml: string): readonly Element[] {
  const found: Element[] = [];
  const open: string[] = [];
  TAG.lastIndex = 0;
  for (let at = 0; at < xml.length; at = TAG.lastIndex) {
    const tag = TAG.exec(xml);
    if (tag === null) throw new SyntaxError(`no markup that is known: ${xml.slice(at, at + 60)}`);
    const [, close, name = '', attributes = '', empty, text = ''] = tag;
    if (close === '/') {
      if (open.pop() !== name) throw new SyntaxError(`${name} was not open`);
    } else {
      if (open.length === 0 && found.length > 0) throw new SyntaxError('two roots');
      if (empty === '') open.push(name);
      found.push({ name, attributes: attributesOf(attributes), text: read(text) });
    }
  }
  if (open.length > 0) throw new SyntaxError(`not closed: ${open.join(' ')}`);
  return found;
}

function attributesOf(written: string): Record<string, string> {
  const pairs = [...written.matchAll(/ ([a-zA-Z-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
  if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new SyntaxError(`twice: ${written}`);
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, read(value)]));
}

function read(text: string): string {
  if (text.replaceAll(ENTITY, '').includes('&')) throw new SyntaxError(`no entity that is known: ${text}`);
  return text.replaceAll(ENTITY, (entity) => ENTITIES[entity.slice(1, -1)] ?? '');
}
