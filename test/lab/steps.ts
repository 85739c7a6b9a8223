import { must } from './command.ts';
import type { Step } from './topology/spec.ts';

/** Does the steps in order. `enter` turns an argv into one that runs inside the right namespaces. */
export async function takeSteps(steps: readonly Step[], enter: (argv: readonly string[]) => string[]): Promise<void> {
  for (const step of steps) await takeStep(step, enter);
}

async function takeStep(step: Step, enter: (argv: readonly string[]) => string[]): Promise<void> {
  switch (step.do) {
    case 'ip':
      await must(enter(['ip', '-batch', '-']), { input: step.lines.join('\n') });
      return;
    case 'bridge':
      await must(enter(['bridge', '-batch', '-']), { input: step.lines.join('\n') });
      return;
    case 'file':
      await must(enter(['sh', '-c', 'mkdir -p "${0%/*}" && cat >"$0"', step.path]), { input: step.text });
      return;
    case 'unix-socket':
      await must(enter(['perl', '-MSocket', '-e', BIND, step.path]));
      return;
    case 'pod-ip':
      await must(enter(['ip', '-n', step.pod, '-batch', '-']), { input: step.lines.join('\n') });
      return;
    case 'sysctl':
      await must(enter(['sysctl', '-q', '-p', '-']), {
        input: step.settings.map(([key, value]) => `${key} = ${value}\n`).join(''),
      });
      return;
    case 'iptables':
      await must(enter(['iptables-restore']), { input: step.rules });
      return;
    case 'ipset':
      await must(enter(['ipset', 'restore']), { input: step.lines.join('\n') });
      return;
  }
}

/** Makes a Unix socket's file; nobody has to listen on it to be there. */
const BIND = 'socket(S,PF_UNIX,SOCK_STREAM,0) or die $!; bind(S,sockaddr_un($ARGV[0])) or die $!;';
