/** A way into a node that was used or tried. */
export interface Door {
  readonly address: string;
  readonly port: number;
  /** Where the address came from. */
  readonly from: 'configured' | 'node-status' | 'recording';
  /** The node whose connection carried this one; absent for a direct connection. */
  readonly jump?: string;
}

/** A door that did not open, and why, in one clause. */
export interface ClosedDoor {
  readonly door: Door;
  readonly because: string;
}

/** `10.0.10.190`, or `10.0.10.190 through ip-10-0-10-115`. */
export function doorName(door: Door): string {
  return door.jump === undefined ? door.address : `${door.address} through ${door.jump}`;
}
