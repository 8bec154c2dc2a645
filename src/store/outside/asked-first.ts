import { isOfStore } from './http.ts';
import type { WriteAnswer } from './outside-store.ts';

/** No reading of ours has this name: an InfluxDB finds nothing under it. */
export const NEVER_WRITTEN = 'shouwang_asks_first';

interface AskedAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * VictoriaMetrics and others take what is written to an InfluxDB, and answer its questions with something else, or not at all:
 * readings would go in, and nobody would see one again. So a server is asked before the first line goes to it.
 *
 * @returns undefined where it is none of these, or where it could not be told: then it is asked again
 */
export function writeOnlyRefusal({ status, body }: AskedAnswer): WriteAnswer | undefined {
  if (!isWriteOnly(status, body)) return undefined;
  return { ok: false, problem: 'write-only', detail: `${status} ${body.slice(0, 200)}`.trim() };
}

function isWriteOnly(status: number, body: string): boolean {
  if (status === 404 || status === 400 || status === 405) return !isOfStore(body);
  if (status !== 200) return false;
  // Of what nobody has written there is nothing: who answers all the same answers another question.
  return body.includes(`"series"`);
}
