import type { TelemetryStore } from '../../ports/telemetry.ts';

/** A store on this machine that may stand in front of one outside. */
export interface NearStore extends TelemetryStore {
  /** Before this instant readings may be missing, because another store has them; -Infinity: none are. */
  localFrom(): number;
  /** Says so first, on disk, and then deletes what is older than this instant. Resolves with the number of readings deleted. */
  leaveToOthers(before: number): Promise<number>;
}
