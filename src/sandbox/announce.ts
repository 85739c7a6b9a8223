import type { Opened } from './server.ts';

/** The line that is printed when the workspace is ready: where it is, and how the app and a test get in. */
export interface Announcement {
  readonly url: string;
  readonly slackApiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly team: string;
  readonly channel: string;
  /** Whom netdiag lets approve: two, because one person alone may not let everything happen. */
  readonly users: Readonly<Record<'requester' | 'approver' | 'otherApprover' | 'bystander', string>>;
  readonly controlKey: string;
}

/** What to announce about a running workspace. */
export function announcement({ workspace }: Opened): Announcement {
  return {
    url: `${workspace.base}/?key=${workspace.key}`,
    slackApiUrl: `${workspace.base}/api/`,
    botToken: workspace.botToken,
    appToken: workspace.appToken,
    signingSecret: workspace.signingSecret,
    team: workspace.team.id,
    channel: 'CINCIDENTS',
    users: { requester: 'UONCALL01', approver: 'USECOND01', otherApprover: 'UTHIRD001', bystander: 'UBYSTAND1' },
    controlKey: workspace.key,
  };
}
