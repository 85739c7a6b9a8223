import type { Connections } from '../socket/connections.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What a gesture of a user needs: the workspace, and the app's connections to tell it. */
export interface Desk {
  readonly workspace: Workspace;
  readonly connections: Connections;
}
