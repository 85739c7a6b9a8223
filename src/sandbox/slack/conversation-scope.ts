import { Refusal } from '../refusal.ts';
import type { Channel } from '../workspace/channel.ts';
import type { Workspace } from '../workspace/workspace.ts';

const scopeWord = { public: 'channels', private: 'groups', direct: 'im' } as const;

/** The kind of conversation as the argument `types` names it, and as scopes do. */
export const kindNames = { public: 'public_channel', private: 'private_channel', direct: 'im' } as const;

/** Whether the app may list conversations of this kind. */
export function mayRead(workspace: Workspace, channel: Channel): boolean {
  return workspace.manifest.botScopes.includes(`${scopeWord[channel.kind]}:read`);
}

/** Refuses unless the app holds the scope for this kind of conversation: `channels:…` for public, `groups:…` for private, `im:…` for direct ones. */
export function needScopeFor(workspace: Workspace, channel: Channel, verb: 'read' | 'history'): void {
  const needed = `${scopeWord[channel.kind]}:${verb}`;
  const provided = workspace.manifest.botScopes;
  if (!provided.includes(needed)) throw new Refusal('missing_scope', { needed, provided: provided.join(',') });
}
