import type { IncomingMessage, ServerResponse } from 'node:http';
import { typeOf } from '../workspace/stored-file.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { replyBytes } from './reply.ts';

const shownInPage = ['image/png', 'image/jpeg', 'image/gif'];

/**
 * `GET /files-pri/<file>/<name>`: the bytes of a file, for the page (by cookie) and for tokens with files:read.
 * Only bitmap images are given their type; everything else is a download, so that no file can act as a page.
 */
export function serveFile(
  workspace: Workspace,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
  fromPage: boolean,
): void {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const byToken = bearer === workspace.botToken && workspace.manifest.botScopes.includes('files:read');
  if (!fromPage && !byToken) return replyBytes(response, 403, 'text/plain', 'forbidden');
  const file = workspace.files.get(address.pathname.split('/')[2] ?? '');
  if (file?.bytes === undefined || !file.processed) return replyBytes(response, 404, 'text/plain', 'not found');
  const image = shownInPage.includes(typeOf(file.name)) && !address.searchParams.has('download');
  const name = encodeURIComponent(file.name);
  replyBytes(response, 200, image ? typeOf(file.name) : 'application/octet-stream', file.bytes, {
    'content-disposition': `${image ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    'content-security-policy': "default-src 'none'; sandbox",
  });
}
