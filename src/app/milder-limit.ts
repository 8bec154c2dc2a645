import type { z } from 'zod';
import type { Alert } from '../model/alert.ts';
import type { NoMilder } from '../model/no-milder.ts';
import type { MilderLimit } from '../ports/rule-info.ts';
import type { MilderKind } from '../rules/define.ts';
import type { Core } from './core.ts';
import { inputSchemaOf } from './json-schema.ts';

/** Further than so many times the present limit, or below that part of it, somebody has to think, not a machine. */
const FURTHEST = 2;

type Params = Record<string, unknown>;

/**
 * The limit of a rule in one home that would have kept still at all these alerts, just beyond the last of them; or why none
 * is proposed: its kind has no such limit, an alert does not say what was measured, it would be too far away.
 */
export function milderLimit(
  core: Core,
  home: string,
  id: string,
  alerts: readonly Alert[],
): MilderLimit | NoMilder {
  const rule = core.rules.rules.find((one) => one.id === id);
  const variant = rule?.overrides.has(home) ? rule.overrides.get(home) : rule?.base;
  if (!rule || !variant) return 'rule-gone';
  const { milder: kinds, params: schema } = rule.kind;
  if (typeof kinds === 'string') return kinds;
  const params = variant.params as Params;
  let why: NoMilder = 'not-measured';
  for (const kind of kinds as readonly MilderKind<unknown>[]) {
    const found = limitOf(kind, params, schema, alerts);
    if (typeof found !== 'string') return found;
    // Of several limits that which the alerts were raised at says why.
    if (found !== 'not-measured') why = found;
  }
  return why;
}

function limitOf(
  { param, title, toward, step: size, inclusive, measured: read, otherwise }: MilderKind<unknown>,
  params: Params,
  schema: z.ZodType,
  alerts: readonly Alert[],
): MilderLimit | NoMilder {
  const from = params[param];
  const measured = alerts.flatMap((alert) => read(alert, params) ?? []).filter(Number.isFinite);
  if (typeof from !== 'number' || measured.length === 0 || measured.length < alerts.length)
    return otherwise ?? 'not-measured';
  const step = typeof size === 'number' ? size : size(params);
  const to = rounded(step * beyond(measured, step, toward, inclusive ?? false));
  if (!(toward === 'up' ? to > from : to < from)) return 'would-not-help';
  if (to > from * FURTHEST || to < from / FURTHEST) return 'too-far';
  if (!schema.safeParse({ ...params, [param]: to }).success) return 'out-of-range';
  return { param, title, unit: unitOf(schema, param), from, to, measured };
}

/** So many steps lie just beyond all that was measured. */
function beyond(
  measured: readonly number[],
  step: number,
  toward: 'up' | 'down',
  inclusive: boolean,
): number {
  if (toward === 'up') return Math.floor(rounded(Math.max(...measured) / step)) + 1;
  const least = rounded(Math.min(...measured) / step);
  return inclusive ? Math.ceil(least) - 1 : Math.floor(least);
}

const rounded = (value: number): number => Number(value.toFixed(6));

/** As the schema of the parameters says. */
function unitOf(params: z.ZodType, name: string): string {
  const property = inputSchemaOf(params).properties?.[name];
  const unit = typeof property === 'object' ? property['unit'] : undefined;
  return typeof unit === 'string' ? unit : '';
}
