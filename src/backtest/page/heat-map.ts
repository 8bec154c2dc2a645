import { DAY, HOUR } from '../../lib/clock.ts';
import { shortLocal, zoneOffset } from '../../lib/local-time.ts';
import type { Alert } from '../../model/alert.ts';
import type { Text } from '../../model/text.ts';
import type { WatchedHome } from '../coverage.ts';
import type { HomeHours } from '../home-hours.ts';
import type { Scored } from '../report.ts';
import type { Incident } from '../truth.ts';
import { both, escaped, say, sayText } from './markup.ts';

/** As many days as can be told apart on a phone. */
const DAYS_MAX = 92;
const LISTED_MAX = 6;
const EVIDENCE_LENGTH_MAX = 160;
/** From which litres in an hour on a cell is darker. */
const LEVELS = [0, 0.5, 5, 20, 60, 150];

/** A home that is worth a look, and why. */
export interface InterestingHome {
  readonly home: string;
  readonly why: Text;
  /** Around when; undefined: from the beginning. */
  readonly around: number | undefined;
}

/** One home, hour by hour: what it used, where nobody can tell, what truly was, and which alerts there were. */
export function heatMap(
  interesting: InterestingHome,
  scored: Scored,
  title: Text,
  titleOf: (kind: string) => Text,
): string {
  const { home, why } = interesting;
  const watched = scored.run.coverage.home(home);
  const alerts = scored.run.alerts.filter((alert) => scored.scoring.homesOf(alert).includes(home));
  const head = `<div class="home" id="home-${escaped(home)}"><h3>${escaped(home)} <small>${sayText(title)}</small></h3><p class="why">${sayText(why)}</p>`;
  if (!watched?.hours)
    return `${head}<p>${say('没有水表读数可画。', 'No meter readings to draw.')}</p>${list(alerts, scored, watched?.timeZone)}</div>`;
  const window = windowOf(watched, watched.hours, interesting.around);
  const inside = alerts.filter(
    ({ raisedAt, clearedAt = Number.POSITIVE_INFINITY }) => raisedAt < window.to && clearedAt > window.from,
  );
  const incidents = scored.scoring
    .incidentsOf(home)
    .filter(({ from, to }) => from < window.to && to > window.from);
  return `${head}${windowText(window, watched.hours.days)}
<div class="heat">${incidentTrack(incidents, window, titleOf)}
<div class="cells"><svg viewBox="0 0 ${window.days} 24" preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true">${cells(watched.hours, window)}</svg>
${[0, 6, 12, 18, 24].map((hour) => `<span class="at y" style="top:${(hour / 24) * 100}%">${hour}:00</span>`).join('')}
${inside.map((alert) => (isGrave(alert) ? mark(alert, window, scored) : '')).join('')}</div>
${alertTrack(inside, window, scored)}${dateAxis(window)}</div>
${list(inside, scored, watched.timeZone)}</div>`;
}

interface Window {
  readonly firstDay: number;
  readonly days: number;
  readonly timeZone: string;
  readonly from: number;
  readonly to: number;
}

function windowOf({ timeZone }: WatchedHome, hours: HomeHours, around: number | undefined): Window {
  const all = hours.days;
  const days = Math.min(all, DAYS_MAX);
  const wanted =
    around === undefined
      ? 0
      : Math.floor((around + zoneOffset(around, timeZone) - hours.firstDay) / DAY) - Math.floor(days * 0.7);
  const firstDay = Math.max(0, Math.min(all - days, wanted));
  const wall = hours.firstDay + firstDay * DAY;
  const from = wall - zoneOffset(wall, timeZone);
  return { firstDay, days, timeZone, from, to: from + days * DAY };
}

/** Which days are drawn, where that is not all. */
function windowText({ from, to, days, timeZone }: Window, all: number): string {
  if (days === all) return '';
  const day = (at: number): string => new Date(at + zoneOffset(at, timeZone)).toISOString().slice(0, 10);
  const [first, last] = [day(from), day(to - HOUR)];
  return `<p class="why">${say(`${first} 至 ${last}（共有 ${all} 天记录）`, `${first} to ${last}, of ${all} days`)}</p>`;
}

/** All hours of one darkness as one path; neighbours in a day are one piece. */
function cells(hours: HomeHours, { firstDay, days }: Window): string {
  const paths = LEVELS.map(() => '');
  for (let day = 0; day < days; day++) {
    for (let hour = 0; hour < 24; ) {
      const level = levelOf(hours.litres(firstDay + day, hour));
      let end = hour + 1;
      while (end < 24 && levelOf(hours.litres(firstDay + day, end)) === level) end++;
      if (level >= 0) paths[level] += `M${day} ${hour}h1v${end - hour}h-1z`;
      hour = end;
    }
  }
  const measured = paths.join('');
  const shades = paths.map((path, level) => (path === '' ? '' : `<path class="l${level}" d="${path}"/>`));
  return `<path class="under" d="${measured}"/>${shades.join('')}`;
}

function levelOf(litres: number | undefined): number {
  if (litres === undefined) return -1;
  let level = 0;
  while (level + 1 < LEVELS.length && litres >= (LEVELS[level + 1] as number)) level++;
  return level;
}

/** Where an instant stands from left to right, 0 to 100. */
function across(at: number, { from, days }: Window): number {
  return Number((Math.min(1, Math.max(0, (at - from) / (days * DAY))) * 100).toFixed(2));
}

const band = (from: number, to: number, window: Window): string =>
  `left:${across(from, window)}%;width:${(across(Math.min(to, window.to), window) - across(from, window)).toFixed(2)}%`;

function incidentTrack(
  incidents: readonly Incident[],
  window: Window,
  titleOf: (kind: string) => Text,
): string {
  if (incidents.length === 0) return '';
  const pieces = incidents.map(({ kind, about, from, to }) => {
    const { zh, en } = titleOf(kind);
    return `<i class="incident${about === 'nothing' ? ' nothing' : ''}" style="${band(from, to, window)}" title="${both(zh, en)}"></i>`;
  });
  return `<div class="track">${pieces.join('')}</div>`;
}

const toneOf = (alert: Alert, { scoring }: Scored): 'true' | 'false' | 'plain' =>
  scoring.truth === undefined ? 'plain' : scoring.isExplained(alert) ? 'true' : 'false';

function alertTrack(alerts: readonly Alert[], window: Window, scored: Scored): string {
  const pieces = alerts.map(
    (alert) =>
      `<i class="alert-${isGrave(alert) ? toneOf(alert, scored) : 'minor'}" style="${band(alert.since, alert.clearedAt ?? window.to, window)}" title="${both(alert.title.zh, alert.title.en)}"></i>`,
  );
  return `<div class="track">${pieces.join('')}</div>`;
}

/** What concerns the person or the pipes is marked and listed; that a device was silent for a while is drawn below. */
const isGrave = ({ about }: Alert): boolean => about === 'person' || about === 'home';

/** A dot at the hour in which it was raised. */
function mark(alert: Alert, window: Window, scored: Scored): string {
  if (alert.raisedAt < window.from) return '';
  const wall = alert.raisedAt + zoneOffset(alert.raisedAt, window.timeZone);
  const top = ((((wall % DAY) + DAY) % DAY) / DAY) * 100;
  const day = Math.floor(across(alert.raisedAt, window) / (100 / window.days)) + 0.5;
  const when = shortLocal(alert.raisedAt, window.timeZone);
  return `<i class="mark alert-${toneOf(alert, scored)}" style="left:${((day / window.days) * 100).toFixed(2)}%;top:${top.toFixed(1)}%" title="${when} ${both(alert.title.zh, alert.title.en)}"></i>`;
}

function dateAxis(window: Window): string {
  const step = Math.max(1, Math.ceil(window.days / 5));
  const labels: string[] = [];
  for (let day = 0; day < window.days; day += step) {
    const noon = window.from + day * DAY + DAY / 2;
    const left = ((day + 0.5) / window.days) * 100;
    labels.push(
      `<span class="at x${day === 0 ? ' first' : ''}" style="left:${day === 0 ? 0 : left.toFixed(2)}%">${shortLocal(noon, window.timeZone).slice(0, 5)}</span>`,
    );
  }
  return `<div class="xaxis">${labels.join('')}</div>`;
}

function list(alerts: readonly Alert[], scored: Scored, timeZone = 'Asia/Shanghai'): string {
  const grave = alerts.filter(isGrave);
  const lines = grave.slice(0, LISTED_MAX).map((alert) => {
    const tone = { true: '--good', false: '--bad', plain: '--accent' }[toneOf(alert, scored)];
    const until = alert.clearedAt === undefined ? '' : ` – ${shortLocal(alert.clearedAt, timeZone)}`;
    const { zh, en } = alert.evidence.text;
    return `<li style="--tone:var(${tone})">${shortLocal(alert.raisedAt, timeZone)}${until} <b>${escaped(alert.rule)} ${sayText(alert.title)}</b> <small>${sayText({ zh: short(zh), en: short(en) })}</small></li>`;
  });
  const more = grave.length - lines.length;
  const minor = alerts.length - grave.length;
  if (more > 0)
    lines.push(
      `<li style="--tone:transparent">${say(`另有 ${more} 条，见 alerts.ndjson`, `and ${more} more, see alerts.ndjson`)}</li>`,
    );
  if (minor > 0)
    lines.push(
      `<li style="--tone:var(--quiet)">${say(`设备与区域告警 ${minor} 条`, `${minor} alerts about devices and areas`)}</li>`,
    );
  return lines.length > 0
    ? `<ul class="list">${lines.join('')}</ul>`
    : `<p class="note">${say('这段时间没有告警。', 'No alert in this time.')}</p>`;
}

const short = (text: string): string =>
  text.length > EVIDENCE_LENGTH_MAX ? `${text.slice(0, EVIDENCE_LENGTH_MAX)}…` : text;

/** What the colours mean. */
export function heatKey(truth: boolean): string {
  const key = (sign: string, zh: string, en: string): string =>
    `<span class="key"><i ${sign}></i>${say(zh, en)}</span>`;
  const alerts = truth
    ? key('class="dot alert-true"', '告警：确有其事', 'alert: true') +
      key('class="dot alert-false"', '告警：误报', 'alert: false') +
      key('class="incident"', '真实事件', 'what truly was') +
      key('class="incident nothing"', '外出、来客等', 'away, guests …')
    : key('class="dot alert-plain"', '告警', 'alert');
  return `<p>${key('class="dry"', '未用水', 'no water')}${key('class="water"', '用水由少到多', 'water, from little to much')}${key('class="none"', '无读数', 'not measured')}${alerts}</p>`;
}

/** The homes to look at first: where somebody was not found, or late, or where alerts came for nothing; each once. */
export function interestingHomes(scored: Scored, max: number): InterestingHome[] {
  const found = new Map<string, InterestingHome>();
  const add = (home: string, why: Text, around: number | undefined): void => {
    if (home !== '' && !found.has(home) && found.size < max) found.set(home, { home, why, around });
  };
  const { scoring, run } = scored;
  const people = run.alerts.filter(({ about }) => about === 'person');
  if (scoring.truth) {
    const detections = scoring.detections(people, ['person']);
    for (const { incident } of detections.filter((each) => !each.openAlready && !each.alert).slice(0, 4))
      add(incident.home, { zh: '真实事件没有被发现', en: 'An incident that no alert found' }, incident.from);
    const late = detections.filter(({ delayMs = 0 }) => delayMs > 12 * HOUR);
    late.sort((a, b) => (b.delayMs ?? 0) - (a.delayMs ?? 0));
    for (const { incident, delayMs = 0 } of late.slice(0, 3)) {
      const hours = (delayMs / HOUR).toFixed(1);
      add(
        incident.home,
        { zh: `${hours} 小时后才发现`, en: `Found only after ${hours} hours` },
        incident.from,
      );
    }
  }
  const wrong = people.filter((alert) => !scoring.truth || !scoring.isExplained(alert));
  const byHome = new Map<string, Alert[]>();
  for (const alert of wrong) byHome.set(alert.home, [...(byHome.get(alert.home) ?? []), alert]);
  const most = [...byHome].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  for (const [home, alerts] of most.slice(0, max)) {
    const n = alerts.length;
    const why = scoring.truth
      ? { zh: `${n} 次误报`, en: `${n} false ${n === 1 ? 'alert' : 'alerts'}` }
      : { zh: `${n} 条关于老人的告警`, en: `${n} ${n === 1 ? 'alert' : 'alerts'} about the person` };
    add(home, why, alerts[Math.floor(n / 2)]?.raisedAt);
  }
  return [...found.values()];
}
