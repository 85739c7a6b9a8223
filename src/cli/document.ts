import { commandOf, typedLines } from '../model/command.ts';
import { doorName } from '../model/door.ts';
import type { Finding, IncidentState } from '../model/index.ts';
import type { House } from '../incident/index.ts';

/** Exit status of a diagnosis. */
export const EXIT = { cause: 0, usage: 2, nothing: 3, unseen: 4 } as const;

/** What a finished diagnosis exits with: a cause, nothing wrong, or something decisive that could not be seen. */
export function exitStatus(state: IncidentState): number {
  if (state.life === 'proposing' || state.outcome === 'advice' || state.outcome === 'repaired') return EXIT.cause;
  return state.outcome === 'nothing-found' ? EXIT.nothing : EXIT.unseen;
}

/** The one JSON document of `netdiag diagnose --json`. `file` gives the path of a saved capture. */
export function document(
  state: IncidentState,
  house: House,
  timing: { readonly ms: number },
  file: (name: string) => string,
): unknown {
  const door = state.looks.find(({ role }) => role === 'subject')?.door ?? null;
  return {
    incident: state.id,
    node: state.node,
    peer: state.bound?.peer?.name ?? null,
    door: door === null ? null : doorName(door),
    symptom: state.symptom,
    outcome: state.outcome ?? 'cause-found',
    findings: state.findings.map((finding) => ({
      code: finding.code,
      statement: finding.statement,
      confidence: finding.confidence,
      evidence: finding.evidence.map(({ about, subject, peer, normal }) => ({
        about,
        node: subject.node,
        command: subject.command,
        line: subject.line,
        ...(peer === undefined ? {} : { peer: { node: peer.node, command: peer.command, line: peer.line } }),
        ...(normal === undefined ? {} : { normal }),
      })),
      residue: finding.residue,
      ...remedy(house, finding),
    })),
    ruledOut: state.ruledOut,
    unknown: [
      ...state.unseen.map(({ check, gap, node, detail }) => ({ check, gap, node, detail })),
      ...(state.watchFailure === null
        ? []
        : [{ check: 'stimulus', gap: 'unreachable', node: state.node, detail: state.watchFailure }]),
    ],
    troubles: state.troubles,
    captures: (state.watched?.captures ?? []).map(({ point, file: name, packets, flows }) => ({
      point: `${point.device} of ${point.node}`,
      file: file(name),
      packets,
      flows,
    })),
    stimulus:
      state.watched === null
        ? null
        : { ...state.watched.sent, fate: state.watched.story.fate, counters: state.watched.counters },
    path: (state.path ?? []).map(({ way, node, about, command, line, gap, fits, says }) => ({
      way,
      node,
      about,
      command,
      line,
      ...(gap === undefined ? {} : { gap }),
      fits,
      says,
    })),
    plans: state.offers.map(({ plan, hash, letter }) => ({
      letter,
      id: plan.id,
      remediation: plan.remediation,
      title: plan.title,
      steps: plan.steps.map(commandOf),
      undo: plan.undo.map(commandOf),
      typed: plan.steps.flatMap(typedLines),
      stage: plan.stage,
      rehearsal: plan.rehearsal,
      risk: plan.risk,
      hash,
      doors: plan.doors,
    })),
    questionsAsked: state.userAnswers.map(({ question, choice }) => ({ question, choice })),
    timing,
  };
}

function remedy(house: House, finding: Finding): { readonly remediation?: string } {
  const found = house.remediations.find(({ fixes }) => fixes.includes(finding.code));
  return found === undefined ? {} : { remediation: found.id };
}
