import { h } from '../dom.js';
import { link, plain } from '../words.js';

/**
 * A picture. Only files of this workspace are loaded; an address elsewhere is shown as a link.
 * @param {any} element
 */
export function picture(element) {
  const id =
    element.slack_file?.id ?? /\/files-pri\/([^/]+)\//.exec(element.slack_file?.url ?? element.image_url ?? '')?.[1];
  if (id === undefined) return h('span', { class: 'far-image' }, link(element.image_url ?? '', element.alt_text));
  return h('img', { src: `/files-pri/${encodeURIComponent(id)}/image`, alt: element.alt_text, loading: 'lazy' });
}

/** @param {any} block */
export function image(block) {
  return h('figure', { class: 'image' }, block.title && h('figcaption', {}, plain(block.title)), picture(block));
}
