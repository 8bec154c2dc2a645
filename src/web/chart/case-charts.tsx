import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { isDone } from '../../model/case.ts';
import type { ClockSource } from '../../model/message.ts';
import type { MetricName } from '../../model/metrics.ts';
import { unitWord } from '../../model/unit-words.ts';
import type { Bucket, Point } from '../../ports/telemetry.ts';
import { titleOf } from '../format/measure.ts';
import { clockTime, fullTime, monthAndDay, zoneName } from '../format/time.ts';
import { ElsewhereBefore, MissingBefore } from '../parts/times.tsx';
import type { CaseDetail } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { may, mayActOn } from '../state/session.ts';
import { theme } from '../state/settings.ts';
import { locale, number, pick, t } from '../text/translate.ts';
import { Clocks, NEWEST_POINTS, otherClock } from './clocks.tsx';
import { type Drawn, lastIndex, ReadingsTable, readout, summary } from './in-words.tsx';
import type { Drawing } from './plot.ts';
import {
  DAY,
  dailyLitres,
  emptyHours,
  gapAbove,
  gapsOf,
  HOUR,
  hourlyLitres,
  joined,
  type Line,
  withGaps,
} from './series.ts';
import { isOfBody, type Subject, subjectsOf } from './subjects.ts';
import { useSystemDark } from './system-dark.ts';
import { inWords } from './threshold-words.ts';

const SPANS = [1, 3, 7] as const;
type Days = (typeof SPANS)[number];

/** The readings around the event. The library that draws is loaded only when somebody opens a case. */
export function CaseCharts({ of, zone }: { of: CaseDetail; zone: string }) {
  const subjects = subjectsOf(of.alerts, of.home);
  // A pattern of use needs days, a pulse needs hours.
  const days = useSignal<Days>(subjects.some((one) => one.metrics[0] === 'water_index_m3') ? 3 : 1);
  if (subjects.length === 0) return null;
  return (
    <section class="card" aria-labelledby="chart">
      <div class="card-head">
        <h2 id="chart">{t('case.chart')}</h2>
        <fieldset class="chips small">
          <legend class="hidden">{t('chart.span')}</legend>
          {SPANS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={days.value === one}
              onClick={() => {
                days.value = one;
              }}
            >
              {t(`chart.span.${one}`)}
            </button>
          ))}
        </fieldset>
      </div>
      {!isDone(of.case.status) && <EndsBefore to={windowOf(of, days.value).to} zone={zone} />}
      {subjects.some((subject) => isWithheld(subject, of)) && <p class="quiet-text">{t('chart.withheld')}</p>}
      {subjects
        .filter((subject) => !isWithheld(subject, of))
        .map((subject) => (
          <SubjectChart
            key={`${subject.device} ${subject.metrics.join()}`}
            subject={subject}
            of={of}
            zone={zone}
            days={days.value}
          />
        ))}
      <p class="quiet-text">{t('chart.zone', { zone: zoneName(zone, serviceNow()) })}</p>
    </section>
  );
}

/** What a body said is for those who may come to its door; who has the case without any role there is shown no curve at all. */
const isWithheld = (subject: Subject, { case: one }: CaseDetail): boolean =>
  isOfBody(subject) && !(may('viewer', one.path) && mayActOn(one));

/** Whoever takes the end of the curve for now takes a pulse of yesterday for one that is well. */
function EndsBefore({ to, zone }: { to: number; zone: string }) {
  if (to >= serviceNow()) return null;
  return <p class="warning-text">{t('chart.endsBefore', { time: fullTime(to, zone) })}</p>;
}

interface ChartProps {
  readonly subject: Subject;
  readonly of: CaseDetail;
  readonly zone: string;
  readonly days: Days;
  readonly hungAt?: number | undefined;
}

/** The window ends some time after the last thing that happened, or now. */
function windowOf({ case: one, alerts }: CaseDetail, days: Days): { from: number; to: number } {
  const now = serviceNow();
  const last = Math.max(
    one.openedAt,
    one.resolvedAt ?? 0,
    ...alerts.map((alert) => alert.clearedAt ?? alert.raisedAt),
  );
  const end = Math.min(now, last + (days * DAY) / 4);
  const to = Math.ceil(end / HOUR) * HOUR;
  return { from: to - days * DAY, to };
}

interface Readings {
  readonly buckets?: readonly Bucket[];
  readonly points?: readonly Point[];
  /** A part that is with a server that does not answer. */
  readonly missing?: { readonly from: number; readonly to: number };
  /** A part in which the device was in another home, which is not for whoever asks. */
  readonly hidden?: { readonly from: number; readonly to: number };
}
interface Loaded {
  /** Up to this instant readings are missing; absent: none are. */
  readonly missingTo?: number;
  /** Up to this instant the device was elsewhere. */
  readonly hiddenTo?: number;
  readonly buckets: readonly Bucket[];
  readonly lines: readonly (readonly Point[])[];
  /** Points of the last day, where the chart itself is drawn from buckets, which do not say whose clock it was. */
  readonly newest: readonly Point[];
}

function SubjectChart({ subject, of, zone, days }: ChartProps) {
  const readings = useSignal<Loaded | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const { from, to } = windowOf(of, days);
  const water = subject.metrics[0] === 'water_index_m3';
  useEffect(() => {
    const abort = new AbortController();
    const fetchAll = async () => {
      const path = `/devices/${encodeURIComponent(subject.device)}/readings`;
      const ask = (metric: MetricName) =>
        get<Readings>(
          path,
          { metric, from: water ? from - DAY : from, to, ...(water ? { step: HOUR } : {}) },
          abort.signal,
        );
      const asked = subject.metrics.map(ask);
      const lastDay = { metric: subject.metrics[0], from: to - DAY, to, limit: NEWEST_POINTS };
      if (water) asked.push(get<Readings>(path, lastDay, abort.signal));
      const answers = await Promise.all(asked);
      if (abort.signal.aborted) return;
      const bad = answers.find((one) => !one.ok);
      failed.value = bad && !bad.ok ? bad.problem.text : undefined;
      if (bad) return;
      const replies = answers.flatMap((one) => (one.ok ? [one.value] : []));
      const lines = replies.map((one) => one.points ?? []);
      const missing = replies.flatMap((one) => one.missing?.to ?? []);
      const hidden = replies.flatMap((one) => one.hidden?.to ?? []);
      readings.value = {
        buckets: replies[0]?.buckets ?? [],
        lines,
        newest: lines.flat(),
        ...(missing.length > 0 && { missingTo: Math.max(...missing) }),
        ...(hidden.length > 0 && { hiddenTo: Math.min(...hidden) }),
      };
    };
    void fetchAll();
    return () => abort.abort();
  }, [subject.device, subject.metrics.join(), from, to, of.case.version]);

  if (failed.value !== undefined && !readings.value) {
    return <p class="warning-text">{t('app.loadFailed', { why: failed.value })}</p>;
  }
  if (!readings.value) return <p class="loading chart-loading">{t('app.loading')}</p>;
  const hungAt = hungSince(subject.device, of, readings.value, from);
  const props = { subject, of, zone, days, hungAt };
  return (
    <>
      <MissingBefore instant={readings.value.missingTo} zone={zone} />
      <ElsewhereBefore instant={readings.value.hiddenTo} zone={zone} />
      {hungAt !== undefined && (
        <p class="warning-text">{t('chart.hungSince', { time: fullTime(hungAt, zone) })}</p>
      )}
      {water ? (
        <WaterCharts {...props} buckets={readings.value.buckets} from={from} to={to} />
      ) : (
        <VitalChart {...props} points={readings.value.lines} from={from} to={to} />
      )}
      <Clocks points={readings.value.newest} />
    </>
  );
}

/** Since when it hangs in this home, where some of what is drawn was measured before, maybe in another. */
function hungSince(
  id: string,
  { home }: CaseDetail,
  { buckets, lines }: Loaded,
  from: number,
): number | undefined {
  const since = home?.devices.find(({ device }) => device.id === id)?.device.enrolledAt ?? 0;
  const before = [...buckets.map((one) => one.from), ...lines.flat().map((one) => one.at)];
  return since > from && before.some((at) => at < since) ? since : undefined;
}

type Window = { readonly from: number; readonly to: number };

function WaterCharts({
  subject,
  of,
  zone,
  hungAt,
  buckets,
  from,
  to,
}: ChartProps & Window & { buckets: readonly Bucket[] }) {
  const hours = useMemo(() => hourlyLitres(buckets, from - DAY, to), [buckets, from, to]);
  const daily = useMemo(() => dailyLitres(hours), [hours]);
  if (buckets.length === 0) return <Empty title={t('chart.hourlyWater')} />;
  const common = { of, zone, hungAt, from, to, gaps: emptyHours(hours), fromZero: true, value: litres };
  return (
    <>
      <Chart
        {...common}
        title={t('chart.hourlyWater')}
        lines={[{ kind: 'bars', line: hours }]}
        thresholds={[]}
      />
      {daily.value.some((value) => value !== null) && (
        <Chart
          {...common}
          title={t('chart.dailyWater')}
          lines={[{ kind: 'line', line: daily }]}
          thresholds={subject.thresholds.map((one) => ({
            value: one.value,
            label: `${t('chart.threshold')} ${litres(one.value)}`,
          }))}
        />
      )}
    </>
  );
}

const litres = (value: number): string => `${number(value, locale.value, value < 10 ? 1 : 0)}\u00a0L`;

/** Some values are taken now and then: between two of these nothing is missing. */
const quietOf = (metric: MetricName | undefined): number =>
  metric === 'systolic_mmhg' || metric === 'skin_temperature_c' ? DAY / 2 : 2 * HOUR;

function VitalChart({
  subject,
  of,
  zone,
  hungAt,
  points,
  from,
  to,
}: ChartProps & Window & { points: readonly (readonly Point[])[] }) {
  const quiet = quietOf(subject.metrics[0]);
  const lines = useMemo(() => points.map((one) => withGaps(one, quiet)), [points]);
  const [metric] = subject.metrics;
  const title = subject.metrics.length > 1 ? t('chart.bloodPressure') : metric ? titleOf(metric) : '';
  const all = points.flat();
  const clocks = useMemo(() => new Map(points.flat().map((one) => [one.at, one.clock])), [points]);
  if (all.length === 0 || !metric) return <Empty title={title} />;
  const times = all.map((one) => one.at).sort((a, b) => a - b);
  const inOrder = points[0] ?? [];
  return (
    <Chart
      of={of}
      zone={zone}
      hungAt={hungAt}
      from={from}
      to={to}
      title={`${title}${unitWord(metric) === '' ? '' : ` (${unitWord(metric)})`}`}
      gaps={gapsOf(times, from, to, gapAbove(inOrder, quiet))}
      fromZero={false}
      value={(value) => number(value, locale.value, 1)}
      lines={lines.map((line) => ({ kind: 'line', line }))}
      clocks={clocks}
      {...(subject.metrics.length > 1 ? { names: subject.metrics.map(titleOf) } : {})}
      thresholds={inWords(subject.thresholds)}
    />
  );
}

function Empty({ title }: { title: string }) {
  return (
    <div class="chart-block">
      <h3>{title}</h3>
      <p class="warning-text">{t('chart.empty')}</p>
    </div>
  );
}

interface Shown extends Window {
  readonly of: CaseDetail;
  readonly zone: string;
  readonly hungAt: number | undefined;
  readonly title: string;
  readonly lines: readonly { readonly kind: 'bars' | 'line'; readonly line: Line }[];
  readonly names?: readonly string[];
  readonly thresholds: Drawing['thresholds'];
  readonly gaps: Drawing['gaps'];
  readonly fromZero: boolean;
  /** Whose clock said the instant of a point. */
  readonly clocks?: ReadonlyMap<number, ClockSource | undefined>;
  readonly value: (value: number) => string;
}

const COLOURS = ['--chart-1', '--chart-2'] as const;

function Chart(shown: Shown) {
  const { zone, from, to, title, lines, names, thresholds, gaps, fromZero, clocks, value } = shown;
  const element = useRef<HTMLDivElement>(null);
  const cursor = useSignal<number | undefined>(undefined);
  const dark = useSystemDark();
  const { at, values } = useMemo(
    () => joined(lines.map((one) => one.line)),
    lines.map((one) => one.line),
  );
  const of: Drawn = { title, at, values, zone, value, ...(names && { names }) };
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    void import('./plot.ts').then(({ plot }) => {
      if (gone || !element.current) return;
      stop = plot(element.current, {
        from,
        to,
        at,
        lines: lines.map((one, index) => ({
          kind: one.kind,
          colour: COLOURS[index] ?? '--chart-1',
          values: values[index] ?? [],
        })),
        thresholds,
        gaps,
        gapLabel: t('chart.gap'),
        marks: marksOf(shown),
        fromZero,
        zone,
        timeLabel: (when) => axisTime(when, zone),
        valueLabel: value,
        onCursor: (index) => {
          cursor.value = index;
        },
      });
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [at, values, from, to, zone, shown.of.case.version, locale.value, theme.value, dark]);
  const index = cursor.value ?? lastIndex(values);
  return (
    <figure class="chart-block">
      <figcaption>
        <h3>{title}</h3>
        {names && (
          <span class="chart-names">
            {names.map((name, place) => (
              <span key={name} class={`chart-name chart-name-${place + 1}`}>
                {name}
              </span>
            ))}
          </span>
        )}
        <span class="chart-readout num" aria-hidden="true">
          {index !== undefined && readout(of, index) + otherClock(clocks?.get(at[index] ?? 0))}
        </span>
      </figcaption>
      <div ref={element} class="chart" role="img" aria-label={summary(of, from, to)} />
      <ReadingsTable of={of} names={names ?? [title]} />
    </figure>
  );
}

/** The hour, and at midnight the day. */
function axisTime(at: number, zone: string): string {
  const time = clockTime(at, zone);
  return time === '00:00' ? monthAndDay(at, zone) : time;
}

function marksOf({ of: { case: one, alerts }, hungAt }: Shown): Drawing['marks'] {
  const first = [...alerts].sort((a, b) => a.since - b.since)[0];
  const marks: { at: number; label: string; grave?: boolean }[] = [];
  if (hungAt !== undefined) marks.push({ at: hungAt, label: t('chart.hung') });
  if (first) marks.push({ at: first.since, label: pick(first.title), grave: true });
  if (first && first.raisedAt - first.since > HOUR)
    marks.push({ at: first.raisedAt, label: t('chart.raised') });
  if (one.acknowledgedAt !== undefined)
    marks.push({ at: one.acknowledgedAt, label: t('chart.acknowledged') });
  if (one.resolvedAt !== undefined) marks.push({ at: one.resolvedAt, label: t('chart.resolved') });
  return marks;
}
