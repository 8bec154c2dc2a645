import { parseRfc3339 } from '../src/lib/rfc3339.ts';
import { type Text, TextError } from '../src/model/text.ts';
import type { Faults } from './fault.ts';
import type { ChosenFault } from './home-process.ts';
import type { Incidents } from './incident.ts';
import type { AskedIncident } from './incident-plan.ts';

/** What was written for `--incidents` or `--faults` and cannot be understood. */
export class SpecError extends TextError {}

export interface ChosenIncidents {
  /** Times a year in one home, or behind one gateway, by kind. */
  readonly rates: ReadonlyMap<string, number>;
  readonly asked: readonly AskedIncident[];
}

/**
 * Reads a list such as `default,collapse=2,fall@haitang-1-1-101=2026-03-02T08:00:00+08:00`: `default` is every kind
 * at its own rate, `none` nothing, `kind` its own rate, `kind=2` twice a year and home, `kind@home=from/to` just there
 * and then (`/to` may be left out). @throws SpecError
 */
export function parseIncidents(spec: string, incidents: Incidents): ChosenIncidents {
  const rates = new Map<string, number>();
  const asked: AskedIncident[] = [];
  for (const item of items(spec)) {
    if (item === 'default') {
      for (const { kind, perYear } of incidents.values()) rates.set(kind, perYear);
      continue;
    }
    const [name, value] = split(item, '=');
    const [kind, at] = split(name, '@');
    const definition = incidents.get(kind);
    if (!definition) throw new SpecError(unknown({ zh: '事件', en: 'incident' }, kind, incidents));
    if (at === undefined) rates.set(kind, value === undefined ? definition.perYear : rate(item, value));
    else asked.push({ kind, at, ...span(item, value) });
  }
  return { rates, asked };
}

/** Reads a list such as `loss=0.05,repeat`: `default` is every fault at its own rate, `none` nothing. @throws SpecError */
export function parseFaults(spec: string, faults: Faults): ChosenFault[] {
  const chosen = new Map<string, ChosenFault>();
  for (const item of items(spec)) {
    if (item === 'default') {
      for (const definition of faults.values())
        chosen.set(definition.fault, { definition, rate: definition.rate });
      continue;
    }
    const [name, value] = split(item, '=');
    const definition = faults.get(name);
    if (!definition) throw new SpecError(unknown({ zh: '故障', en: 'fault' }, name, faults));
    const chosenRate = value === undefined ? definition.rate : rate(item, value);
    if (definition.isShare && chosenRate > 1)
      throw new SpecError({
        zh: `"${item}"：${definition.rateOf.zh}，应为 0 到 1 之间的数`,
        en: `"${item}": ${definition.rateOf.en}, so expected a number from 0 to 1`,
      });
    chosen.set(name, { definition, rate: chosenRate });
  }
  return [...chosen.values()];
}

const items = (spec: string): string[] =>
  spec
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && item !== 'none');

function split(text: string, separator: string): [string, string | undefined] {
  const place = text.indexOf(separator);
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + 1)];
}

function rate(item: string, value: string): number {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number) || number < 0)
    throw new SpecError({
      zh: `“${item}”：频率须为不小于 0 的数`,
      en: `"${item}": the rate must be a number that is not negative`,
    });
  return number;
}

function span(item: string, value: string | undefined): { from: number; to?: number } {
  const [begin, end] = split(value ?? '', '/');
  const from = parseRfc3339(begin);
  const to = end === undefined ? undefined : parseRfc3339(end);
  if (from === undefined || (end !== undefined && to === undefined))
    throw new SpecError({
      zh: `“${item}”：应为 种类@住户=2026-03-02T08:00:00+08:00，有结束时间则加 /结束`,
      en: `"${item}": expected kind@home=2026-03-02T08:00:00+08:00, and /end if it has one`,
    });
  return { from, ...(to === undefined ? {} : { to }) };
}

function unknown(noun: Text, name: string, known: ReadonlyMap<string, unknown>): Text {
  const names = [...known.keys()];
  return {
    zh: `没有${noun.zh} “${name}”，可选：${names.join('、')}`,
    en: `${noun.en} "${name}" is unknown: ${names.join(', ')}`,
  };
}
