/** A gateway as rules see it. It is heard when any device behind it is. */
export interface GatewayView {
  readonly id: string;
  readonly heardAt: number;
  readonly knownAt: number;
  /** Shortest interval of the devices behind it; undefined while there is none. */
  readonly intervalMs: number | undefined;
  readonly devices: number;
  /** Nothing came through it for longer than it should. */
  readonly silent: boolean;
  /** When something came through it again after that, by our clock; 0: never. Its devices have their patience anew. */
  readonly backAt: number;
  /** When it had last been heard before that: who was overdue by then has a reason of its own. */
  readonly gapFrom: number;
}
