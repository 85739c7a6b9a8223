import { h } from './dom.js';

/**
 * Files of a message: pictures are shown, everything can be downloaded.
 * @param {any[]} files
 */
export function filesOf(files) {
  if (files.length === 0) return null;
  return h('div', { class: 'files' }, files.map(fileNode));
}

/** @param {any} file */
function fileNode(file) {
  const address = `/files-pri/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`;
  const line = h(
    'div',
    { class: 'file-line' },
    h('span', { class: 'file-kind', 'aria-hidden': 'true' }, (file.filetype || 'file').slice(0, 4)),
    h(
      'span',
      { class: 'file-words' },
      h('strong', {}, file.title),
      h('span', {}, `${file.name === file.title ? '' : `${file.name} · `}${size(file.size)}`),
    ),
    h(
      'a',
      { class: 'button', href: `${address}?download=1`, download: file.name, 'aria-label': `Download ${file.name}` },
      'Download',
    ),
  );
  if (!['image/png', 'image/jpeg', 'image/gif'].includes(file.mimetype)) return h('div', { class: 'file' }, line);
  const picture = h(
    'a',
    { href: address, target: '_blank', rel: 'noopener' },
    h('img', { src: address, alt: file.alt_txt ?? file.title, loading: 'lazy' }),
  );
  return h('div', { class: 'file with-picture' }, picture, line);
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
