import type { Courier } from '../courier.ts';
import type { RequestUrl } from '../request-url/request-url.ts';
import type { Connections } from '../socket/connections.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What a gesture of a user needs: the workspace, and the ways to tell the app. */
export interface Desk {
  readonly workspace: Workspace;
  readonly connections: Connections;
  readonly requestUrl: RequestUrl;
  readonly courier: Courier;
}
