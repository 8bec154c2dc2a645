import type { Alert } from '../model/alert.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** An alert as programs outside read it: in `alerts.ndjson` and under `shouwang/alerts/…`. Times are RFC 3339. */
export function alertLine(alert: Alert): Record<string, unknown> {
  const { evidence } = alert;
  return {
    id: alert.id,
    home: alert.home,
    ...(alert.home === '' ? { gateway: alert.subject } : {}),
    ...(alert.device === undefined ? {} : { device: alert.device }),
    rule: alert.rule,
    about: alert.about,
    priority: alert.priority,
    title: alert.title,
    since: iso(alert.since),
    raisedAt: iso(alert.raisedAt),
    clearedAt: alert.clearedAt === undefined ? null : iso(alert.clearedAt),
    clearReason: alert.clearReason ?? null,
    count: alert.count,
    case: alert.case,
    evidence: {
      ...evidence,
      readings: evidence.readings.map((reading) => ({
        ...reading,
        at: iso(reading.at),
        ...(reading.receivedAt === undefined ? {} : { receivedAt: iso(reading.receivedAt) }),
      })),
    },
  };
}
