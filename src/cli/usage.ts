export const USAGE = `netdiag finds out why a Kubernetes node's network is broken, proves it, and repairs it after people approve.

  netdiag serve                      run the Slack bot (wants SLACK_BOT_TOKEN, SLACK_APP_TOKEN, NETDIAG_CONFIG)
  netdiag diagnose NODE [options]    diagnose from this terminal; changes nothing
      --symptom ID                   do not ask for the symptom
      --answer QUESTION=CHOICE       answer a question in advance (may be repeated)
      --json                         one JSON document on stdout; exit 0 cause found, 3 nothing wrong, 4 could not see, 2 usage
      --bundle FILE                  write everything that was seen and decided to FILE
      --journal FILE                 keep the incident in FILE, so that somebody else can apply its fix
  netdiag apply INCIDENT FIX [opts]  approve a fix as somebody else than who asked; INCIDENT: its id or its node; FIX: its letter
      --signature FILE               your signature under the plan, where the node demands one; without it, the text to sign
      --break-glass REASON           approve alone, in an emergency: told to everybody, and reviewed
      --reject REASON | --revoke     turn it down, or take an approval back
      --yes                          do not ask; exit 0 done, 1 not repaired, 2 refused or usage
      --journal FILE                 the journal; otherwise the configured one
  netdiag stop-changes [WHY]         let no fix begin, in any incident, until allow-changes; for those who may approve
  netdiag allow-changes              let fixes begin again
  netdiag doctor [options] [NODE…]   look at everything that netdiag needs: settings, Slack, cluster, nodes; changes nothing
      --all                          every node; without it and without names, one of each pool
      --no-slack                     only what diagnose needs
      --json                         one JSON document; exit 0 all well, 1 faults, 4 something could not be seen, 2 usage
  netdiag playbook lint [DIRECTORY]  check playbooks
  netdiag playbook graph [ID]        draw one, or all, as Markdown with Mermaid charts
  netdiag audit verify [options]     hold the audit against itself and its checkpoints; exit 0 whole, 1 tampered with
      --journal FILE                 the journal; otherwise the configured one
      --checkpoints FILE             checkpoints, as a file or as messages copied into one (may be repeated)
  netdiag audit export [options]     write the audit's rows on stdout, one a line
      --journal FILE                 the journal; otherwise the configured one
      --since TIME                   only rows from then on: 2026-11-20 or 2026-11-20T10:00:00Z
      --json | --csv                 JSON Lines (the default) or CSV
  netdiag help

Without a command (npm start) and without any configuration it opens a practice workspace on this machine.
`;
