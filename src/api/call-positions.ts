import type { z } from 'zod';
import type { Alert } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import { LIMITS } from '../model/limits.ts';
import type { Device } from '../model/registry.ts';
import type { LastPoint, TelemetryStore } from '../ports/telemetry.ts';
import { knownLast, knownOf } from './known-history.ts';
import type { callPositionSchema } from './replies.ts';

export type CallPosition = z.output<typeof callPositionSchema>;

const CALLS: ReadonlySet<unknown> = new Set(['sos', 'fall', 'general_alarm']);

/**
 * Where somebody was last who calls for help, as long as the call is open: whoever goes there must not look for them at
 * home. Read from the readings each time, and so kept nowhere else and no longer than these; on ordinary days, and once
 * the case was resolved, where somebody is concerns nobody.
 */
export async function callPositions(
  telemetry: Pick<TelemetryStore, 'last' | 'range' | 'localFrom'>,
  { kind, status }: Pick<Case, 'kind' | 'status'>,
  alerts: readonly Alert[],
  devices: readonly Device[],
): Promise<readonly CallPosition[]> {
  if (kind !== 'safety' || status === 'resolved' || status === 'struck-off') return NOWHERE;
  const calls = alerts.filter(isOpenCall);
  if (calls.length === 0) return NOWHERE;
  const callers = devices.filter(({ id }) => calls.some(({ device }) => device === id));
  // A button has no satellites; a watch on the same wrist may.
  const carried = devices.filter(({ resident }) => callers.some((one) => one.resident === resident));
  const from = Math.min(...calls.map(({ since }) => since)) - LIMITS.callPositionAgeMsMax;
  const ids = carried.map(({ id }) => id);
  const { points } = await knownLast(telemetry, () => telemetry.last(ids, ['latitude_deg', 'longitude_deg']));
  const found: CallPosition[] = [];
  for (const { id, homeSince = from } of carried) {
    const position = await positionOf(
      telemetry,
      points.filter(({ device }) => device === id),
    );
    if (position && position.at >= Math.max(from, homeSince)) found.push({ device: id, ...position });
  }
  return found.sort((a, b) => b.at - a.at);
}

const NOWHERE: readonly CallPosition[] = [];

const isOpenCall = ({ about, clearedAt, evidence }: Alert): boolean =>
  about === 'person' && clearedAt === undefined && CALLS.has(evidence.values['event']);

/** Both of one instant: halves of two positions are a place where nobody was. */
async function positionOf(
  telemetry: Pick<TelemetryStore, 'range' | 'localFrom'>,
  points: readonly LastPoint[],
): Promise<Omit<CallPosition, 'device'> | undefined> {
  const [latitude, longitude] = [of(points, 'latitude_deg'), of(points, 'longitude_deg')];
  if (!latitude || !longitude) return undefined;
  const at = Math.min(latitude.at, longitude.at);
  const { device } = latitude;
  const then = async (one: LastPoint): Promise<number | undefined> => {
    if (one.at === at) return one.value;
    const period = { from: at, to: at + 1 };
    const { answer } = await knownOf(telemetry, period, (from) =>
      telemetry.range({ device, metric: one.metric, from, to: period.to }),
    );
    return answer[0]?.value;
  };
  const [north, east] = [await then(latitude), await then(longitude)];
  return north === undefined || east === undefined
    ? undefined
    : { at, latitude_deg: north, longitude_deg: east };
}

const of = (points: readonly LastPoint[], metric: LastPoint['metric']): LastPoint | undefined =>
  points.find((one) => one.metric === metric);
