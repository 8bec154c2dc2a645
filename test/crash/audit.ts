import type { Alert } from '../../src/model/alert.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import type { Point } from '../../src/ports/telemetry.ts';
import { BEHIND_GATEWAY, GATEWAY } from './community.ts';
import { FATES, type Fleet } from './fleet.ts';
import type { Deed, Staff } from './staff.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/** What the API says now, against what was shown and answered before. Every method gives back what is wrong, in words. */
export interface Shown {
  readonly cases: ReadonlyMap<string, NumberedCase>;
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly notices: ReadonlyMap<string, Notice>;
}

export async function readAll(staff: Staff): Promise<Shown> {
  const [cases, alerts, notices] = await Promise.all([
    staff.all<NumberedCase>('/cases'),
    staff.all<Alert>('/alerts'),
    staff.all<Notice>('/notices'),
  ]);
  return { cases: byId(cases), alerts: byId(alerts), notices: byId(notices) };
}

function byId<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  const map = new Map(items.map((one) => [one.id, one]));
  if (map.size !== items.length) throw new Error('an id stands twice in a list');
  return map;
}

/** Nothing that anybody saw is gone or older than it was. */
export function stillThere(before: Shown, now: Shown): string[] {
  const wrong: string[] = [];
  for (const kind of ['cases', 'alerts'] as const) {
    for (const [id, seen] of before[kind]) {
      const found = now[kind].get(id);
      if (!found) wrong.push(`${id} is gone`);
      else if (found.version < seen.version)
        wrong.push(`${id} went back from ${seen.version} to ${found.version}`);
      else if (found.version === seen.version && JSON.stringify(found) !== JSON.stringify(seen))
        wrong.push(`${id} is another: ${JSON.stringify(seen)} → ${JSON.stringify(found)}`);
    }
  }
  for (const [id, seen] of before.cases)
    if (now.cases.get(id)?.number !== seen.number) wrong.push(`${id} has another number`);
  for (const [id, seen] of before.notices) {
    const found = now.notices.get(id);
    if (!found) wrong.push(`notice ${id} is gone`);
    else if (found.attempts < seen.attempts) wrong.push(`notice ${id} forgot an attempt`);
    else if (seen.state !== 'queued' && found.state !== seen.state)
      wrong.push(`notice ${id} went from ${seen.state} to ${found.state}`);
  }
  return wrong;
}

/** Every acknowledged reading since `from` is there once, as it was sent; and none that nobody sent. */
export async function readingsKept(staff: Staff, fleet: Fleet, from: number): Promise<string[]> {
  const wrong: string[] = [];
  for (const [device, sent] of fleet.readings) {
    // What is acknowledged while the service answers may be too late for its answer.
    const acknowledged = sent.filter(({ at, sent: message }) => at >= from && message.acknowledged);
    const query = `metric=${fleet.metricOf(device)}&from=${from}&to=${Date.now() + 60_000}&limit=20000`;
    const { points } = await staff.get<{ points: Point[] }>(`/devices/${device}/readings?${query}`);
    const found = new Map(points.map(({ at, value }) => [at, value]));
    if (found.size !== points.length) wrong.push(`${device}: an instant stands twice`);
    const known = new Map(sent.map(({ at, value }) => [at, value]));
    for (const { at, value } of acknowledged)
      if (found.get(at) !== value)
        wrong.push(`${device} at ${at}: acknowledged ${value}, found ${found.get(at)}`);
    for (const [at, value] of found)
      if (known.get(at) !== value) wrong.push(`${device} at ${at}: found ${value}, which nobody sent`);
  }
  return wrong;
}

/** What the service answered with 2xx was done, once. */
export async function deedsKept(staff: Staff, deeds: readonly Deed[], now: Shown): Promise<string[]> {
  const wrong: string[] = [];
  const lines = new Map<string, string[]>();
  for (const { kind, case: id, version, text } of deeds) {
    const one = now.cases.get(id);
    if (!one || one.version < version) wrong.push(`${kind} of ${id} is lost`);
    else if (kind === 'resolve' && one.outcome === undefined) wrong.push(`${id} is not resolved any more`);
    else if (kind === 'acknowledge' && one.acknowledgedBy === undefined) wrong.push(`${id} lost its owner`);
    if (text === undefined) continue;
    if (!lines.has(id))
      lines.set(
        id,
        (await staff.timeLine(id)).entries.map((entry) => entry.text.en),
      );
    const times = lines.get(id)?.filter((line) => line === text).length;
    if (times !== 1) wrong.push(`"${text}" stands ${times} times in the time line of ${id}`);
  }
  return wrong;
}

/** Numbers without gaps, time lines without gaps, every grave alert told, every alert in its case. */
export async function wholeness(staff: Staff, now: Shown): Promise<string[]> {
  const wrong: string[] = [];
  for (const [kind, letter] of [
    ['alerts', 'a'],
    ['cases', 'c'],
  ] as const) {
    const numbers = new Map<string, number[]>();
    for (const { id, subject } of now[kind].values()) {
      if (!id.startsWith(`${subject}.${letter}`)) wrong.push(`${id} is no id of ${subject}`);
      numbers.set(subject, [...(numbers.get(subject) ?? []), Number(id.slice(subject.length + 2))]);
    }
    for (const [subject, list] of numbers)
      if (Math.max(...list) !== list.length)
        wrong.push(`${subject}: ${kind} ${list.sort((a, b) => a - b)} have gaps`);
  }
  const told = new Set(
    [...now.notices.values()].filter(({ channel }) => channel === 'webhook').map(({ alert }) => alert),
  );
  for (const { id, case: caseId, priority } of now.alerts.values()) {
    if (!now.cases.get(caseId)?.alerts.includes(id)) wrong.push(`${id} is in no case`);
    if (priority <= 'P2' && !told.has(id)) wrong.push(`nobody was told of ${id}`);
  }
  for (const { id, entries: count } of now.cases.values()) {
    if (!now.notices.has(`${id}.case-opened.channel:webhook.webhook`))
      wrong.push(`nobody was told that ${id} was opened`);
    const { entries } = await staff.timeLine(id);
    if (entries.length < count || entries.some(({ n }, index) => n !== index + 1))
      wrong.push(`the time line of ${id} has gaps: ${entries.map(({ n }) => n)} of ${count}`);
  }
  return wrong;
}

/** What the fleet's own account says must have been found, exactly: every message has been acknowledged by now. */
export function accountHolds(fleet: Fleet, now: Shown): string[] {
  const wrong: string[] = [];
  const of = (subject: string, rule: string): Alert[] =>
    [...now.alerts.values()].filter((alert) => alert.subject === subject && alert.rule === rule);
  const presses = (alerts: readonly Alert[]): number => alerts.reduce((sum, { count }) => sum + count, 0);
  const must = (home: string, what: string, found: number, wanted: number): void => {
    if (found !== wanted) wrong.push(`${home}: ${found} ${what}, should be ${wanted}`);
  };
  for (const n of FATES.sos)
    must(`h${n}`, 'presses', presses(of(`h${n}`, 'B1')), fleet.sos.get(n)?.length ?? 0);
  for (const n of FATES.fall)
    must(`h${n}`, 'falls', presses(of(`h${n}`, 'B2')), fleet.falls.get(n)?.length ?? 0);
  for (const n of FATES.cancelledFall)
    must(`h${n}`, 'open falls that were cancelled', of(`h${n}`, 'B2').filter(isOpen).length, 0);
  for (const n of FATES.crisis) {
    const alerts = of(`h${n}`, 'V1');
    must(`h${n}`, 'crises', alerts.length, fleet.crises.has(n) ? 1 : 0);
    if (alerts[0] && alerts[0].since !== fleet.crises.get(n)?.since)
      wrong.push(`h${n}: the crisis has another beginning`);
  }
  for (const n of FATES.lowWater)
    must(`h${n}`, 'alerts of low water', of(`h${n}`, 'W1').length, fleet.lowWater.has(n) ? 1 : 0);
  for (const [id, since] of fleet.silentSince) {
    // It may have been raised a little before, while the service was down: then it was still open when it fell silent.
    const found = of(id === GATEWAY ? GATEWAY : `h${id.slice(1)}`, 'M1').some(
      ({ raisedAt, clearedAt = Number.POSITIVE_INFINITY }) => raisedAt >= since || clearedAt >= since,
    );
    if (!found) wrong.push(`${id} is silent since ${since} and nobody was told`);
  }
  const gatewaySince = fleet.silentSince.get(GATEWAY) ?? Number.POSITIVE_INFINITY;
  for (const n of BEHIND_GATEWAY)
    if (of(`h${n}`, 'M1').some(({ raisedAt }) => raisedAt >= gatewaySince))
      wrong.push(`m${n} was raised although its gateway is the finding`);
  return wrong;
}

const isOpen = ({ clearedAt }: Alert): boolean => clearedAt === undefined;

/** Each notice that counts as accepted was received, at least once, under one id and with the same bytes; and no other. */
export function noticesArrived(receiver: WebhookReceiver, now: Shown): string[] {
  const wrong: string[] = [];
  for (const { id, channel, state, failure } of now.notices.values()) {
    if (channel !== 'webhook') continue;
    if (state === 'accepted' && !receiver.accepted.has(id))
      wrong.push(`${id} counts as accepted and never came`);
    if (state === 'queued') wrong.push(`${id} is still queued`);
    if (state === 'failed' && failure !== 'case-resolved') wrong.push(`${id} failed: ${failure}`);
  }
  for (const [id, digests] of receiver.bodies) {
    if (!now.notices.has(id)) wrong.push(`${id} was received, but nobody sent it`);
    if (digests.size !== 1) wrong.push(`${id} came with ${digests.size} different bodies`);
    const numbers = receiver.numbers.get(id)?.size ?? 0;
    if (numbers > 1) wrong.push(`${id} came with ${numbers} numbers of its case`);
  }
  return wrong;
}
