import { type SecretKind, mark } from './kinds.ts';
import { OPEN, VALUE } from './value.ts';

/** What is cut of a line; called once for each cut. */
type Noting = (kind: SecretKind) => string;

const BEGIN = /-----BEGIN ([A-Z0-9 ]{0,40})PRIVATE KEY(?: BLOCK)?-----/;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of a key, or its short last line; what stands before it may be a date, an indentation or a mark. */
const BODY = /[A-Za-z0-9+/=]{16,}/g;
const SHORT_BODY = /^([ \t>|+-]*)([A-Za-z0-9+/=]{1,15})[ \t\r]*$/;
const HEADER = /^[ \t>|+-]*(?:[A-Za-z][A-Za-z-]{1,30}: .*)?[ \t\r]*$/;
/** What follows the beginning of a key on its line, line ends escaped as in JSON. */
const INLINE = /^(?:[A-Za-z0-9+/= \t-]|\\{1,8}[nrt])*/;
const PUTTY = /^[ \t]*Private-Lines: (\d{1,4})[ \t\r]*$/;

const SECRET_DOCUMENT = /^[ \t-]*"?kind"?:[ \t]*"?Secret"?,?[ \t\r]*$/;
const DATA = /^([ \t-]*)"?(?:data|stringData)"?:[ \t]*\{?[ \t\r]*$/;
const COMPACT = /"kind\\?":[ ]?\\?"Secret\\?"/;
const COMPACT_DATA = /("(?:data|stringData)\\?":[ ]?\{)([^{}]*)/g;

const TELLING =
  /^[ \t-]*"?name"?:[ \t]*"?[\w.-]{0,128}(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key)[\w.-]{0,32}"?,?[ \t\r]*$/i;
const TOLD = new RegExp(String.raw`^([ \t-]*"?value"?:[ \t]{1,8}${OPEN})${VALUE}`);

/** Cuts what takes more than one line to know: keys in PEM, Secrets of Kubernetes, environments of containers. The lines stay as many. */
export function cutBlocks(lines: string[], cut: (kind: SecretKind) => void): void {
  const noting: Noting = (kind) => {
    cut(kind);
    return mark(kind);
  };
  cutKeys(lines, noting);
  cutSecrets(lines, noting);
  for (const [at, line] of lines.entries()) {
    if (at > 0 && line.includes('value') && TELLING.test(lines[at - 1] ?? '')) {
      lines[at] = line.replace(TOLD, (_, keep: string) => `${keep}${noting('password')}`);
    }
  }
}

function cutKeys(lines: string[], noting: Noting): void {
  let inside: SecretKind | null = null;
  let putty = 0;
  let bodies = 0;
  for (const [at, line] of lines.entries()) {
    if (putty > 0) {
      putty -= 1;
      if (line.trim() !== '' && !line.startsWith('[cut: ')) lines[at] = noting('private-key');
    } else if (inside !== null && !beginsAnew(line)) {
      const rest = withinKey(line, inside, noting);
      bodies += rest.line === line ? 0 : 1;
      // An empty line stands between the headers of a key and its body, never behind the body: this one was cut off.
      if (rest.over || (line.trim() === '' && bodies > 0)) inside = null;
      lines[at] = rest.line;
    } else if (PUTTY.test(line)) {
      putty = Number(PUTTY.exec(line)?.[1]);
    }
    if ((inside !== null && !beginsAnew(line)) || !line.includes('PRIVATE KEY')) continue;
    const [begun, kind] = begin(lines[at] ?? '', noting);
    lines[at] = begun;
    inside = kind;
    bodies = 0;
  }
}

/** Another key begins on the line before this one ends. */
function beginsAnew(line: string): boolean {
  const begun = line.search(BEGIN);
  const ended = line.search(END);
  return begun >= 0 && (ended < 0 || begun < ended);
}

/** Cuts every key that begins in the line; with the kind of the last one where it does not end there. */
function begin(line: string, noting: Noting): [string, SecretKind | null] {
  let done = '';
  let left = line;
  for (;;) {
    const opening = BEGIN.exec(left);
    if (opening === null) return [done + left, null];
    const kind = (opening[1] ?? '').startsWith('OPENSSH') ? 'ssh-private-key' : 'private-key';
    const behind = opening.index + opening[0].length;
    done += left.slice(0, behind);
    left = left.slice(behind);
    const closing = END.exec(left);
    const body = closing === null ? (INLINE.exec(left)?.[0] ?? '') : left.slice(0, closing.index);
    const cuttable = body.trim() !== '' && !body.startsWith('[cut: ');
    done += cuttable ? noting(kind) : body;
    if (closing === null) return [done + left.slice(body.length), kind];
    left = left.slice(closing.index);
    done += left.slice(0, closing[0].length);
    left = left.slice(closing[0].length);
  }
}

function withinKey(line: string, kind: SecretKind, noting: Noting): { readonly line: string; readonly over: boolean } {
  const closing = END.exec(line);
  const body = closing === null ? line : line.slice(0, closing.index);
  const rest = closing === null ? '' : line.slice(closing.index);
  const short = SHORT_BODY.exec(body);
  if (short !== null) return { line: `${short[1]}${noting(kind)}${rest}`, over: closing !== null };
  const cut = body.replace(BODY, () => noting(kind));
  const foreign = cut === body && !HEADER.test(body);
  return { line: cut + rest, over: closing !== null || foreign };
}

/** Values below `data` and `stringData` in every document that is, or lists, a Secret. */
function cutSecrets(lines: string[], noting: Noting): void {
  let from = 0;
  for (let at = 0; at <= lines.length; at += 1) {
    const line = lines[at];
    if (line !== undefined && COMPACT.test(line)) {
      lines[at] = line.replace(COMPACT_DATA, (_, keep: string, values: string) => {
        return (
          keep +
          values.replaceAll(
            /(:[ ]?\\?")(?!\[cut: )[^"\\]+(?=\\?")/g,
            (__, open: string) => open + noting('kubernetes-secret'),
          )
        );
      });
    }
    if (line !== undefined && !/^---[ \t\r]*$/.test(line)) continue;
    const document = lines.slice(from, at);
    if (document.some((one) => SECRET_DOCUMENT.test(one))) cutValues(lines, from, at, noting);
    from = at + 1;
  }
}

function cutValues(lines: string[], from: number, to: number, noting: Noting): void {
  let below: number | null = null;
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? '';
    const indent = /^[ \t-]*/.exec(line)?.[0].length ?? 0;
    if (below !== null && indent > below && indent < line.trimEnd().length) {
      lines[at] = cutValue(line, noting);
      continue;
    }
    if (line.trim() === '' && below !== null) continue;
    below = DATA.test(line) ? indent : null;
  }
}

function cutValue(line: string, noting: Noting): string {
  const [, keep, value = ''] = /^([ \t]*"?[\w./-]{1,253}"?:[ \t]*)(.*?)[ \t\r]*$/.exec(line) ?? [];
  if (keep === undefined)
    return line.includes('[cut: ') ? line : `${/^[ \t]*/.exec(line)?.[0]}${noting('kubernetes-secret')}`;
  if (value === '' || value.includes('[cut: ') || /^[|>][-+]?$/.test(value)) return line;
  const [, open = '', close = ''] = /^("?).*?("?,?)$/.exec(value) ?? [];
  return `${keep}${open}${noting('kubernetes-secret')}${close}`;
}
