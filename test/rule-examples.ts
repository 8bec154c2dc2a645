import { Core } from '../src/app/core.ts';
import { step } from '../src/app/pipeline.ts';
import { restarted } from '../src/backtest/run.ts';
import { HOUR } from '../src/lib/clock.ts';
import type { Alert } from '../src/model/alert.ts';
import type { Command, CommandInput } from '../src/model/command.ts';
import type { Report } from '../src/model/message.ts';
import type { MetricName } from '../src/model/metrics.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { Registry } from '../src/registry/registry.ts';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import type { ExampleInput, PeopleInput, RuleExample } from '../src/rules/define.ts';
import { community, kinds, models, policy, T0 } from './core.ts';

/** As many inputs as may all be followed by a restart without anybody waiting. */
const FEW = 20;

/**
 * The alerts of one device under one rule when the story of an example is played, each as the example would write it.
 * The state is stored and restored where `restartsAfter` says so; after each step where there are few.
 */
export const alertsOf = (
  kind: AnyRuleKind,
  example: RuleExample,
  restartsAfter?: (steps: number) => boolean,
): unknown[] =>
  played(kind, example, restartsAfter).alerts.map((alert, index) => shape(alert, example.expect[index]));

/** The same with the alerts as they are, and the core as it is in the end. */
export function played(
  kind: AnyRuleKind,
  example: RuleExample,
  restartsAfter?: (steps: number) => boolean,
): { readonly alerts: readonly Alert[]; readonly core: Core } {
  const model = example.model ?? 'water-meter';
  const homes = Array.from({ length: example.homes ?? 1 }, (_, index) => index + 1);
  const others = Object.entries(example.devices ?? {}).map(([id, device]) => ({ id, ...device }));
  const placed = example.place === undefined ? {} : { place: example.place };
  const rules = [{ id: 'R', kind: kind.kind, params: example.params ?? {} }, ...(example.beside ?? [])];
  const options = {
    models,
    kinds: new Map([...kinds, [kind.kind, kind]]),
    registry: Registry.from(
      community(
        Object.fromEntries(
          homes.map((n) => [
            `h${n}`,
            example.empty ? [] : [{ id: `d${n}`, model, ...placed }, ...(n === 1 ? others : [])],
          ]),
        ),
      ),
    ),
    ruleSet: ruleSetSchema.parse({ version: 'test', rules }),
    policy,
    channels: new Set(['terminal']),
  };
  let core = new Core({ ...options, knownAt: T0 });
  const alerts = new Map<string, Alert>();
  const reports = example.inputs.flatMap((input) =>
    homes.slice(0, input.byFirst ?? homes.length).flatMap((n) => reportsOf(input, `d${n}`)),
  );
  const said = (example.people ?? []).map(wordOf);
  const inputs = [...reports, ...said].sort((a, b) => a.receivedAt - b.receivedAt);
  const isFew = inputs.length <= FEW;
  let steps = 0;
  const run = (input: Parameters<typeof step>[1]): void => {
    for (const effect of step(core, input).effects)
      if (effect.type === 'alert' && effect.alert.rule === 'R') alerts.set(effect.alert.id, effect.alert);
    steps++;
    if (restartsAfter && (isFew || restartsAfter(steps))) core = restarted(core, options);
  };
  run({ kind: 'tick', receivedAt: T0, listeningSince: T0 });
  if (example.visitClass) {
    const home = registryEntrySchema.parse({
      ...options.registry.home('h1'),
      visitClass: example.visitClass,
    });
    run(asked({ type: 'registry.apply', put: [home], remove: [] }, T0, 0));
  }
  for (const input of inputs) run(input);
  run({ kind: 'tick', receivedAt: T0 + example.until * HOUR });
  return { alerts: [...alerts.values()], core };
}

const asked = (command: Command, receivedAt: number, n: number): CommandInput => ({
  kind: 'command',
  receivedAt,
  id: `${n}`,
  by: '周敏',
  command,
});

/** What somebody says of the first home. */
function wordOf(input: PeopleInput, n: number): CommandInput {
  const { told = input.at } = input;
  const at = T0 + input.at * HOUR;
  return asked(commandOf(input, at), T0 + told * HOUR, n + 1);
}

function commandOf(input: PeopleInput, at: number): Command {
  const home = 'h1';
  const note = '';
  if ('away' in input)
    return {
      type: 'home.away',
      home,
      period: { from: at, until: T0 + input.until * HOUR, kind: input.away },
    };
  if ('change' in input) return { type: 'home.change', home, at, change: input.change, note, source: 'api' };
  const visit = { home, at, by: '周敏', result: input.visit, note };
  return { type: 'home.visits', visits: [visit], source: input.inCase ? 'case' : 'api' };
}

/** Only what the example speaks of is compared. */
function shape(alert: Alert, expected: RuleExample['expect'][number] | undefined): unknown {
  const hours = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : round((at - T0) / HOUR);
  const all = {
    raised: hours(alert.raisedAt),
    since: hours(alert.since),
    cleared: hours(alert.clearedAt),
    reason: alert.clearReason,
    priority: alert.priority,
    count: alert.count,
  };
  const keys = new Set(['raised', 'cleared', ...Object.keys(expected ?? {})]);
  return Object.fromEntries(
    Object.entries(all).filter(([key, value]) => keys.has(key) && value !== undefined),
  );
}

/** What the example expects, in the same form. */
export const wanted = (example: RuleExample): unknown[] =>
  example.expect.map((expected) => ({ ...expected }));

const round = (value: number): number => Number(value.toFixed(4));

function reportsOf(input: ExampleInput, device: string): Report[] {
  const { at, every, until = at + 0.000001, values = {}, step: grow = {}, event } = input;
  const reports: Report[] = [];
  for (
    let index = 0, hour = at;
    hour < until - 1e-9;
    index++, hour = at + index * (every ?? Number.POSITIVE_INFINITY)
  ) {
    const measured = Math.round(T0 + hour * HOUR);
    reports.push({
      kind: 'report',
      receivedAt: Math.round(T0 + (input.receivedAt ?? hour) * HOUR),
      device: input.device ?? device,
      clock: 'device',
      readings: Object.entries(values).map(([metric, value]) => ({
        metric: metric as MetricName,
        value: Number((value + index * (grow[metric as MetricName] ?? 0)).toFixed(6)),
        at: measured,
      })),
      events: event ? [{ event, at: measured }] : [],
    });
  }
  return reports;
}
