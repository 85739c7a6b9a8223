import type { SlackSettings } from './environment.ts';

/** Nothing is configured: the practice workspace, and no look at any cluster or key of this machine. */
export interface PracticeConfig {
  readonly mode: 'practice';
}

/** Everything that netdiag needs to work on a real cluster. All paths are absolute. */
export interface ServeConfig {
  readonly mode: 'serve';
  /** `null` where Slack is not needed. */
  readonly slack: SlackSettings | null;
  readonly cluster: {
    readonly name: string;
    /** Path of a kubeconfig, several joined as in `KUBECONFIG`; `null` in a pod. */
    readonly kubeconfig: string | null;
    readonly context: string | null;
    readonly inCluster: boolean;
  };
  readonly ssh: {
    readonly user: string;
    /** Of the login; where a node has a gate, the key that its gate takes for `check`. */
    readonly privateKeyFile: string;
    /** The key that the gates of nodes take for `fix`; absent: nodes with a gate cannot be changed. */
    readonly fixKeyFile?: string;
    /** Whether every node has to have a gate, so that one that gives a shell is of no use. Absent: no. */
    readonly gate?: boolean;
    readonly hostKeys:
      | { readonly from: 'known-hosts'; readonly file: string }
      | { readonly from: 'pinned'; readonly fingerprints: Readonly<Record<string, string>> };
    readonly port: number;
    /** Addresses that are tried before those in `node.status`. */
    readonly nodes: Readonly<Record<string, { readonly address: string; readonly port: number }>>;
  };
  /** Who may start an incident; `null` for everybody in the channel. */
  readonly starters: readonly string[] | null;
  readonly approval: {
    readonly approvers: readonly string[];
    readonly expiresMinutes: number;
    /** All ids of each configured person: Slack's, `terminal:NAME` and `signer:PRINCIPAL`; no id is two people's. */
    readonly identities: readonly (readonly string[])[];
    /** Allowed signers as OpenSSH reads them; `null`: netdiag verifies no signatures. */
    readonly signersFile: string | null;
    /** Who may approve alone in an emergency; empty: nobody. */
    readonly breakGlass: readonly string[];
  };
  /** `sqlite:PATH` or `sqlite::memory:`, as the journal takes it. */
  readonly journal: { readonly url: string };
  /** Where checkpoints of the audit are kept besides the journal: a file, a Slack channel; `null` for none. */
  readonly audit: { readonly checkpointFile: string | null; readonly channel: string | null };
  /** Channels where netdiag may be used; `null` for every one it is invited to. */
  readonly channels: readonly string[] | null;
}

export type Config = PracticeConfig | ServeConfig;

/** What a command needs of the configuration. */
export interface Need {
  /** Slack's tokens, approvers and a lasting journal; the command line works without them. */
  readonly slack: boolean;
  /** May practise when nothing is configured: `npm start`, never `serve`. Absent: no. */
  readonly practice?: boolean;
}
