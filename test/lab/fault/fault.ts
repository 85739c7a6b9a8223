import type { Lab } from '../lab-handle.ts';
import type { Topology } from '../topology/spec.ts';

/** Whether something holds, and in sentences what was seen. */
export interface Observation {
  holds: boolean;
  lines: readonly string[];
}

/** One fault: a topology that has it (and the same topology without it), and the verbs on a lab that is up. */
export interface Fault {
  name: string;
  /** One line for `list`. */
  summary: string;
  topology(twin: boolean): Topology;
  /** Holds only when the symptom that the users report really shows. */
  symptom(lab: Lab): Promise<Observation>;
  /** The manual repair of the write-up. Rejects when it does not apply. */
  fix(lab: Lab): Promise<void>;
  /** Holds only when everything that the fault broke works again. */
  healthy(lab: Lab): Promise<Observation>;
}
