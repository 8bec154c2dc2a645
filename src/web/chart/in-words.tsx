import { useSignal } from '@preact/signals';
import { dayTime } from '../format/time.ts';
import { serviceNow } from '../state/clock.ts';
import { number, t } from '../text/translate.ts';

/** What a chart shows, for whoever does not see it. */
export interface Drawn {
  readonly title: string;
  readonly at: readonly number[];
  /** A line each, with a value or none for each instant. */
  readonly values: readonly Values[];
  readonly names?: readonly string[];
  readonly zone: string;
  readonly value: (of: number) => string;
}
type Values = readonly (number | null | undefined)[];

const isValue = (one: number | null | undefined): one is number => typeof one === 'number';

export function lastIndex(values: readonly Values[]): number | undefined {
  for (let index = (values[0]?.length ?? 0) - 1; index >= 0; index--)
    if (values.some((line) => isValue(line[index]))) return index;
  return undefined;
}

const timeOf = (at: number | undefined, zone: string): string => dayTime(at ?? 0, serviceNow(), zone);

export function readout({ at, values, zone, value }: Drawn, index: number): string {
  const texts = values.map((line) => line[index]).flatMap((one) => (isValue(one) ? [value(one)] : []));
  return `${timeOf(at[index], zone)}  ${texts.length > 0 ? texts.join(' / ') : t('chart.gap')}`;
}

/** From when to when, the newest, and how low and how high it went. */
export function summary(of: Drawn, from: number, to: number): string {
  const index = lastIndex(of.values);
  const whole = t('chart.summary', {
    title: of.title,
    from: timeOf(from, of.zone),
    to: timeOf(to, of.zone),
    value: index === undefined ? t('chart.gap') : readout(of, index),
  });
  const extremes = of.values.flatMap((line, place) => {
    const words = extremesOf(line, of);
    const name = of.names?.[place];
    return words === undefined ? [] : [name === undefined ? words : `${name} ${words}`];
  });
  return [whole, ...extremes].join(t('app.comma'));
}

function extremesOf(line: Values, { at, zone, value }: Drawn): string | undefined {
  let [low, high] = [-1, -1];
  for (const [index, one] of line.entries()) {
    if (!isValue(one)) continue;
    if (low < 0 || one < (line[low] ?? 0)) low = index;
    if (high < 0 || one > (line[high] ?? 0)) high = index;
  }
  if (low < 0) return undefined;
  return t('chart.extremes', {
    low: value(line[low] ?? 0),
    lowAt: timeOf(at[low], zone),
    high: value(line[high] ?? 0),
    highAt: timeOf(at[high], zone),
  });
}

/** More than that nobody reads; the newest are what the case is about. */
const ROWS_MAX = 200;

/** The same as a table, the newest first; made when somebody asks for it. */
export function ReadingsTable({ of, names }: { of: Drawn; names: readonly string[] }) {
  const open = useSignal(false);
  const { at, values, zone, value } = of;
  const rows = at.flatMap((_, index) => (values.some((line) => isValue(line[index])) ? [index] : []));
  const shown = open.value ? rows.slice(-ROWS_MAX).reverse() : [];
  return (
    <details
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary aria-label={`${t('chart.table', { n: number(rows.length) })} ${of.title}`}>
        {t('chart.table', { n: number(rows.length) })}
      </summary>
      {open.value && (
        <table class="readings" aria-label={of.title}>
          <thead>
            <tr>
              <th scope="col">{t('case.evidence.at')}</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((index) => (
              <tr key={index}>
                <th scope="row">{timeOf(at[index], zone)}</th>
                {names.map((name, place) => {
                  const one = values[place]?.[index];
                  return <td key={name}>{isValue(one) ? value(one) : '–'}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open.value && rows.length > ROWS_MAX && (
        <p class="quiet-text">{t('chart.tableNewest', { n: number(ROWS_MAX) })}</p>
      )}
    </details>
  );
}
