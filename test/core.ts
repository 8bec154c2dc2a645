import { Core } from '../src/app/core.ts';
import { loadDeviceModels, loadEnvelopes, loadRuleKinds } from '../src/app/definitions.ts';
import type { NotifyPolicy } from '../src/model/notify-policy.ts';
import { notifyPolicySchema } from '../src/model/notify-policy.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { type RuleSet, ruleSetSchema } from '../src/model/rule-set.ts';
import { Registry } from '../src/registry/registry.ts';

export const models = await loadDeviceModels();
export const envelopes = await loadEnvelopes();
export const kinds = await loadRuleKinds();

/** Everybody hears of everything on the terminal. */
export const policy: NotifyPolicy = notifyPolicySchema.parse({
  routes: [],
  escalation: [],
  always: ['terminal'],
  fallback: { channels: ['terminal'] },
});

/** 1 March 2026, midnight in Shanghai. */
export const T0 = Date.parse('2026-03-01T00:00:00+08:00');

/** A tree with these homes, each with the given devices; all entries have passed their schema. */
export function community(
  homes: Record<string, { model: string; id: string; gateway?: string; place?: string; address?: string }[]>,
  gateways: string[] = [],
): RegistryEntry[] {
  const raw: unknown[] = [
    { noun: 'node', path: 'haitang', level: 'community', name: '海棠社区', timeZone: 'Asia/Shanghai' },
    { noun: 'node', path: 'haitang/g1', level: 'grid', name: '第一网格' },
    { noun: 'node', path: 'haitang/g1/b1', level: 'building', name: '1号楼' },
    { noun: 'node', path: 'haitang/g1/b1/u1', level: 'unit', name: '1单元' },
    ...gateways.map((id) => ({ noun: 'gateway', id, parent: 'haitang/g1/b1', enrolledAt: T0 })),
  ];
  for (const [home, devices] of Object.entries(homes)) {
    raw.push({ noun: 'home', id: home, parent: 'haitang/g1/b1/u1', name: home });
    raw.push({ noun: 'resident', id: `${home}-r`, home, name: '王秀英' });
    for (const device of devices) raw.push({ noun: 'device', home, enrolledAt: T0, ...device });
  }
  return raw.map((entry) => registryEntrySchema.parse(entry));
}

/** Somebody who is told of the homes of a node, on the terminal. */
export const gridWorker = (id: string, node = 'haitang', name = id): RegistryEntry =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name,
    roles: [{ role: 'grid-worker', node }],
    channels: [{ channel: 'terminal', address: id }],
  });

export function coreOf(entries: readonly RegistryEntry[], rules: unknown[], overrides: unknown[] = []): Core {
  const ruleSet: RuleSet = ruleSetSchema.parse({ version: 'test', rules, overrides });
  return new Core({
    models,
    kinds,
    registry: Registry.from(entries),
    ruleSet,
    policy,
    channels: new Set(['terminal']),
    knownAt: T0,
  });
}
