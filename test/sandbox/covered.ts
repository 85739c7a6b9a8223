/** What has to be seen of the real Bolt app against the practice workspace, and where it is: a file below `test`, a part of a title. */
export interface Covered {
  readonly what: string;
  readonly in: readonly (readonly [file: string, title: string])[];
}

/** The list, group by group. */
export const covered: Readonly<Record<string, readonly Covered[]>> = {
  'start-up': [
    {
      what: 'call order and tokens',
      in: [['sandbox/bolt.test.ts', 'is auth.test, apps.connections.open and one connection']],
    },
    {
      what: 'a bad token exits cleanly',
      in: [
        ['sandbox/bolt-process.test.ts', 'with a bad token ends by itself and says why'],
        ['adapter/slack/tolerate.test.ts', 'a refused app token ends the process with a sentence'],
      ],
    },
    {
      what: 'no hello times out',
      in: [['sandbox/bolt-process.test.ts', 'without a hello waits for ever, unless it loses patience itself']],
    },
  ],
  commands: [
    { what: 'acknowledged at once', in: [['adapter/slack/hearing.test.ts', 'starts once, is acknowledged at once']] },
    {
      what: 'without an argument opens a form within 3 s',
      in: [['adapter/slack/asking.test.ts', 'asks for the node and the symptom']],
    },
    {
      what: 'refused in a thread',
      in: [['sandbox/bolt.test.ts', 'are refused in threads and when the manifest does not have them']],
    },
    {
      what: 'unknown subcommand',
      in: [
        ['adapter/slack/inbound.test.ts', 'a command'],
        ['page/words.test.ts', 'a wish that is no node is one sentence'],
      ],
    },
    { what: 'not in the channel', in: [['page/words.test.ts', 'netdiag is not in this channel']] },
  ],
  interactivity: [
    { what: 'button', in: [['sandbox/bolt.test.ts', 'arrives as block_actions; update, ephemeral and respond work']] },
    { what: 'select', in: [['sandbox/bolt.test.ts', 'of a select carries the chosen option']] },
    {
      what: 'external select of 0 and of 5,000 nodes',
      in: [
        ['sandbox/bolt-content.test.ts', '5,000 nodes, of which 100 are shown'],
        ['sandbox/bolt-content.test.ts', 'no node'],
        ['page/story/many-nodes.ts', 'a node is chosen among 5,000 by typing'],
      ],
    },
    {
      what: 'modal errors, update, push and close',
      in: [
        ['sandbox/bolt.test.ts', 'open within the trigger, show errors, and close when accepted'],
        ['sandbox/bolt.test.ts', 'update and push through the acknowledgement, at most three deep'],
        ['page/story/form-error.ts', 'a form with an empty or wrong field says so at the field'],
      ],
    },
    {
      what: 'expired trigger',
      in: [
        ['sandbox/methods.test.ts', 'a trigger lives three seconds and opens one view'],
        ['adapter/slack/asking.test.ts', 'whose form came too late to be opened says so'],
      ],
    },
    { what: 'double click', in: [['adapter/slack/hearing.test.ts', 'pressed twice is two']] },
    {
      what: 'stale button after a restart',
      in: [
        ['page/story/restart.ts', 'netdiag is restarted before the answer'],
        ['adapter/slack/asking.test.ts', 'can be finished after netdiag was restarted'],
      ],
    },
    {
      what: 'two users racing',
      in: [
        ['sandbox/methods.test.ts', 'can be pressed by two people, and the second finds the button gone'],
        ['page/story.test.ts', 'presses twice, in two windows at the same time'],
      ],
    },
  ],
  approvals: [
    { what: 'non-member refused, seen alone', in: [['page/story/refusal.ts', 'a bystander are refused']] },
    { what: 'self-approval', in: [['page/story/refusal.ts', 'self-approval']] },
    { what: 'expiry', in: [['page/story/expiry.ts', 'an offer expires']] },
    {
      what: 'changed plan hash',
      in: [['trial/approval.test.ts', 'open the door to no plan in which one thing is changed']],
    },
    {
      what: 'user groups do not answer: denied',
      in: [['adapter/slack/asking.test.ts', 'are asked for their members at each press that decides']],
    },
  ],
  progress: [
    {
      what: '200 step events a second for 5 incidents stay within 50 updates a minute and end right',
      in: [
        ['adapter/slack/pace.test.ts', '200 changes a second of 5 messages stay under 50 a minute'],
        ['trial/progress.ts', 'five incidents'],
      ],
    },
    {
      what: '429 on an update delays no views.open',
      in: [['adapter/slack/asking.test.ts', 'opens its form while Slack wants a pause for everything else']],
    },
    {
      what: 'message deleted meanwhile',
      in: [['adapter/slack/speaking.test.ts', 'a message that somebody deleted is posted again']],
    },
  ],
  files: [
    { what: 'capture of 20 MB', in: [['sandbox/bolt-content.test.ts', 'of 20 MB arrives whole']] },
    { what: 'PNG', in: [['page/story.test.ts', 'Packet ladder']] },
    { what: 'empty', in: [['sandbox/bolt-content.test.ts', 'that is empty is refused']] },
    {
      what: 'not in the channel',
      in: [['sandbox/bolt-content.test.ts', 'for a channel without the app is refused when it is completed']],
    },
    {
      what: 'slow share',
      in: [['sandbox/bolt-content.test.ts', 'that is slow to be shared comes after what was said later']],
    },
    { what: 'snippet above 1 MB', in: [['sandbox/bolt-content.test.ts', 'that is a snippet has at most 1 MB']] },
  ],
  content: [
    '60 blocks',
    '3,001 characters',
    '101 rows',
    'emoji, each one character',
    'right to left',
    'a broadcast is alive unless it was escaped',
  ].map((title) => ({ what: title, in: [['sandbox/bolt-content.test.ts', title]] as const })),
  sockets: [
    {
      what: 'each reason of a disconnect, with one connection and with two',
      in: [
        ['sandbox/bolt-socket.test.ts', 'with one connection, for %s: a command in it is lost'],
        ['sandbox/bolt-socket.test.ts', 'with two connections, for %s: the other one takes the command'],
      ],
    },
    { what: 'TCP held open', in: [['sandbox/bolt-socket.test.ts', 'with the TCP connection held open after it']] },
    { what: 'duplicate envelope', in: [['sandbox/bolt-socket.test.ts', 'that comes twice runs the handler twice']] },
    {
      what: 'acknowledgement after the socket closed',
      in: [['sandbox/bolt-socket.test.ts', 'acknowledged when its socket is gone']],
    },
    {
      what: 'app_rate_limited',
      in: [['sandbox/bolt-process.test.ts', 'meets app_rate_limited, which has no event inside']],
    },
    {
      what: 'stop during a reconnect',
      in: [['sandbox/bolt-process.test.ts', 'that is stopped while it reconnects ends']],
    },
    {
      what: 'SIGTERM with a running job',
      in: [['sandbox/bolt-process.test.ts', 'on SIGTERM lets its job end and says its last word']],
    },
    { what: 'a restart resumes the thread', in: [['page/story/restart.ts', 'and goes on']] },
    { what: 'no pong', in: [['sandbox/bolt-socket.test.ts', 'that nobody asked for, when pings stay unanswered']] },
    {
      what: 'socket dropped',
      in: [['sandbox/bolt-socket.test.ts', 'with the socket cut right after an envelope was sent on it']],
    },
    {
      what: 'delayed hello, and no new connection',
      in: [['sandbox/socket.test.ts', 'hello can be late, and apps.connections.open can be refused']],
    },
    { what: 'netdiag itself with every chaos switch', in: [['trial/chaos.ts', 'nothing said twice']] },
  ],
  http: [
    {
      what: 'signatures',
      in: [
        ['sandbox/http-mode.test.ts', 'the signature'],
        ['adapter/slack/http.test.ts', 'are refused with another key'],
      ],
    },
    { what: 'retries', in: [['sandbox/http-mode.test.ts', 'an event comes again with its number and its reason']] },
  ],
  browser: [
    {
      what: 'from the command to the approved fix',
      in: [
        ['page/story.test.ts', 'from the command to the repaired node'],
        ['page/story/repair.ts', 'is found, proven, approved by somebody else and repaired'],
      ],
    },
    {
      what: 'keyboard only',
      in: [
        ['page/story/keyboard.ts', 'without a mouse, as requester and as approver'],
        ['page/words.test.ts', 'with the keyboard alone'],
      ],
    },
    {
      what: 'every block type drawn',
      in: [['sandbox/page.test.ts', 'every block type that the workspace takes is drawn']],
    },
    {
      what: 'no serious violation',
      in: [
        ['page/story/everybody.ts', 'every screen of an incident is without a serious violation'],
        ['sandbox/page-access.test.ts', 'has no serious violation on any screen'],
      ],
    },
  ],
};
