import type { Method } from '../method-shape.ts';
import { appsConnectionsOpen } from './apps-connections-open.ts';
import { assistantThreadsSetStatus } from './assistant-threads-set-status.ts';
import { authTest } from './auth-test.ts';
import { blocksValidate } from './blocks-validate.ts';
import { botsInfo } from './bots-info.ts';
import { chatDelete } from './chat-delete.ts';
import { chatGetPermalink } from './chat-get-permalink.ts';
import { chatPostEphemeral } from './chat-post-ephemeral.ts';
import { chatPostMessage } from './chat-post-message.ts';
import { chatUpdate } from './chat-update.ts';
import { conversationsHistory } from './conversations-history.ts';
import { conversationsInfo } from './conversations-info.ts';
import { conversationsJoin } from './conversations-join.ts';
import { conversationsList } from './conversations-list.ts';
import { conversationsMembers } from './conversations-members.ts';
import { conversationsOpen } from './conversations-open.ts';
import { conversationsReplies } from './conversations-replies.ts';
import { filesCompleteUpload } from './files-complete-upload.ts';
import { filesGetUploadUrl } from './files-get-upload-url.ts';
import { filesInfo } from './files-info.ts';
import { reactionsAdd } from './reactions-add.ts';
import { reactionsRemove } from './reactions-remove.ts';
import { teamInfo } from './team-info.ts';
import { usergroupsList } from './usergroups-list.ts';
import { usergroupsUsersList } from './usergroups-users-list.ts';
import { usersConversations } from './users-conversations.ts';
import { usersInfo } from './users-info.ts';
import { usersList } from './users-list.ts';
import { viewsOpen } from './views-open.ts';
import { viewsPublish } from './views-publish.ts';
import { viewsPush } from './views-push.ts';
import { viewsUpdate } from './views-update.ts';

/** Every method the workspace speaks. Any other name is `unknown_method`, and recorded. */
export const methods: readonly Method[] = [
  appsConnectionsOpen,
  assistantThreadsSetStatus,
  authTest,
  blocksValidate,
  botsInfo,
  chatDelete,
  chatGetPermalink,
  chatPostEphemeral,
  chatPostMessage,
  chatUpdate,
  conversationsHistory,
  conversationsInfo,
  conversationsJoin,
  conversationsList,
  conversationsMembers,
  conversationsOpen,
  conversationsReplies,
  filesCompleteUpload,
  filesGetUploadUrl,
  filesInfo,
  reactionsAdd,
  reactionsRemove,
  teamInfo,
  usergroupsList,
  usergroupsUsersList,
  usersConversations,
  usersInfo,
  usersList,
  viewsOpen,
  viewsPublish,
  viewsPush,
  viewsUpdate,
];
