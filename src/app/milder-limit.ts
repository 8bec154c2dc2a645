import { z } from 'zod';
import type { Alert } from '../model/alert.ts';
import type { MilderLimit } from '../ports/service.ts';
import type { Core } from './core.ts';

/** Further than so many times the present limit, or below that part of it, somebody has to think, not a machine. */
const FURTHEST = 2;

/**
 * The limit of a rule in one home that would have kept still at all these alerts, just beyond the last of them. Undefined
 * where the kind of the rule has no such limit, an alert does not say what was measured, or it would be too far away.
 */
export function milderLimit(
  core: Core,
  home: string,
  id: string,
  alerts: readonly Alert[],
): MilderLimit | undefined {
  const rule = core.rules.rules.find((one) => one.id === id);
  const milder = rule?.kind.milder;
  const variant = rule?.overrides.has(home) ? rule.overrides.get(home) : rule?.base;
  if (!rule || !milder || !variant) return undefined;
  const params = variant.params as Record<string, unknown>;
  const from = params[milder.param];
  const measured = alerts.flatMap((alert) => milder.measured(alert) ?? []);
  if (typeof from !== 'number' || measured.length === 0 || measured.length < alerts.length) return undefined;
  const { step, toward } = milder;
  const to = rounded(
    toward === 'up'
      ? (Math.floor(Math.max(...measured) / step) + 1) * step
      : Math.floor(Math.min(...measured) / step) * step,
  );
  const isMilder = toward === 'up' ? to > from : to < from;
  const isFar = to > from * FURTHEST || to < from / FURTHEST;
  if (!isMilder || isFar || !rule.kind.params.safeParse({ ...params, [milder.param]: to }).success)
    return undefined;
  return {
    param: milder.param,
    title: milder.title,
    unit: unitOf(rule.kind.params, milder.param),
    from,
    to,
    measured,
  };
}

const rounded = (value: number): number => Number(value.toFixed(6));

/** As the schema of the parameters says. */
function unitOf(params: z.ZodType, name: string): string {
  const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
  const property = schema.properties?.[name];
  const unit = typeof property === 'object' ? property['unit'] : undefined;
  return typeof unit === 'string' ? unit : '';
}
