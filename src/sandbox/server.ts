import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { answerPage } from './browser/page-face.ts';
import type { TourStop } from './browser/tour.ts';
import { answerControl } from './control/control-face.ts';
import { Courier } from './courier.ts';
import { comesFromHere, cookieName, isKey, keyFromCookie } from './http/guard.ts';
import { replyBytes } from './http/reply.ts';
import { serveFile } from './http/serve-file.ts';
import type { Manifest } from './manifest.ts';
import { RequestUrl } from './request-url/request-url.ts';
import { answerApi, takeResponse, takeUpload } from './slack/slack-face.ts';
import { Connections } from './socket/connections.ts';
import { Workspace } from './workspace/workspace.ts';

/** How to open a workspace. `port` 0 takes a free one; `now` is the clock in ms, the system's by default. */
export interface Opening {
  readonly manifest: Manifest;
  readonly port?: number;
  readonly tour?: readonly TourStop[];
  readonly now?: () => number;
}

/** A running workspace. `close` ends every connection and the server. */
export interface Opened {
  readonly workspace: Workspace;
  readonly connections: Connections;
  readonly courier: Courier;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens the practice workspace on 127.0.0.1. Rejects when the port is taken.
 * Every request must name the server by a loopback name and come from no foreign page; the page and the control face
 * want the key as well, the Slack face its tokens.
 */
export async function openWorkspace(opening: Opening): Promise<Opened> {
  const workspace = new Workspace(opening.manifest, opening.now ?? Date.now);
  const connections = new Connections(workspace);
  const openConnection = (): string =>
    `${workspace.base.replace('http', 'ws')}/link/?ticket=${connections.issueTicket()}&app_id=practice`;
  const slackDesk = { workspace, openConnection };
  const requestUrl = new RequestUrl(workspace);
  const courier = new Courier(connections, requestUrl);
  const desk = { workspace, connections, requestUrl, courier };
  const tour = opening.tour ?? [];
  let port = 0;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = new URL(request.url ?? '/', workspace.base);
    const path = address.pathname;
    if (!comesFromHere(request, port))
      return replyBytes(response, 403, 'text/plain', 'This address is for pages of this workspace only.');
    if (path.startsWith('/api/')) return answerApi(slackDesk, request, response, address);
    if (path.startsWith('/upload/v1/')) return takeUpload(slackDesk, request, response, address);
    if (path.startsWith('/response/')) return takeResponse(slackDesk, request, response, address);
    const inAddress = address.searchParams.get('key') ?? undefined;
    const byAddress = isKey(inAddress, workspace.key);
    const byCookie = isKey(keyFromCookie(request, port), workspace.key);
    if (path.startsWith('/files-pri/')) return serveFile(workspace, request, response, address, byCookie || byAddress);
    if (path.startsWith('/_control/')) {
      const header = request.headers['x-practice-key'];
      const byHeader = isKey(typeof header === 'string' ? header : undefined, workspace.key);
      if (!byHeader && !byAddress) return replyBytes(response, 403, 'text/plain', 'The control face wants its key.');
      return answerControl(desk, request, response, address);
    }
    if (!byCookie && !byAddress)
      return replyBytes(
        response,
        403,
        'text/plain',
        'Open the address that was printed at the start: it holds the key.',
      );
    if (!byCookie)
      response.setHeader('set-cookie', `${cookieName(port)}=${workspace.key}; Path=/; HttpOnly; SameSite=Strict`);
    await answerPage(desk, request, response, address, tour);
  };

  const server = createServer((request, response) => {
    route(request, response).catch((problem: unknown) => {
      workspace.record.violation('error', 'workspace_fault', request.url?.split('?')[0] ?? '', String(problem));
      if (!response.headersSent) replyBytes(response, 500, 'text/plain', 'The workspace failed.');
      else response.destroy();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, maxPayload: 1024 * 1024 });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const address = new URL(request.url ?? '/', workspace.base);
    const ticket = address.searchParams.get('ticket') ?? '';
    const welcome = comesFromHere(request, port) && address.pathname === '/link/' && connections.takeTicket(ticket);
    if (!welcome) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (connection) => connections.accept(connection));
  });

  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(opening.port ?? 0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
  workspace.base = `http://127.0.0.1:${port}`;

  return {
    workspace,
    connections,
    courier,
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await connections.end();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
