import type { CompiledRule, CompiledRules } from '../rules/compile.ts';
import { type Instance, NO_SLOTS, type Slots, withSlot } from '../rules/instance.ts';
import type { Subject } from './subject.ts';

/** What a rule remembers, as it is stored. */
export interface StoredInstance {
  readonly s?: unknown;
  readonly d?: number;
  readonly o?: Instance['open'];
  readonly l?: number;
  readonly p?: Instance['latchedAt'];
  readonly h?: Instance['held'];
  readonly f?: Instance['frozen'];
  readonly e?: Instance['fault'];
}

/** By id and kind of their rule, so that another order of the rules changes nothing. */
export type StoredInstances = Record<string, StoredInstance>;

/**
 * Moves what a subject remembers to the places that another set gives its rules. Nothing is lost or closed: this is for
 * a subject that is ahead of the replay, whose rules may be away now and in force again by the input it stands for.
 */
export function moveInstances(subject: Subject, from: CompiledRules, to: CompiledRules): void {
  const aside = subject.orphans;
  subject.orphans = undefined;
  subject.slots = slotsIn(slotsOut(subject.slots, from).r, to, subject, '');
  for (const device of subject.devices)
    device.slots = slotsIn(slotsOut(device.slots, from).r, to, subject, device.id);
  for (const [key, instance] of Object.entries(aside ?? {})) {
    const [device = '', rule = ''] = key.split('\n');
    const holder = device === '' ? subject : subject.devices.find(({ id }) => id === device);
    for (const slot of slotsIn({ [rule]: instance }, to, subject, device))
      if (holder) holder.slots = withSlot(holder.slots, slot);
  }
}

/** What a rule remembers is kept under its id and kind: the same id may have meant another kind in another set. */
const keyOf = ({ id, kind }: CompiledRule): string => `${id}/${kind.kind}`;

const placesByKey = new WeakMap<CompiledRules, ReadonlyMap<string, number>>();

/** The place of the rule under this key; -1: the set has none. Asked for all that 100,000 homes remember. */
function placeOfKey(rules: CompiledRules, key: string): number {
  let places = placesByKey.get(rules);
  if (!places) {
    places = new Map(rules.rules.map((rule, place) => [keyOf(rule), place]));
    placesByKey.set(rules, places);
  }
  return places.get(key) ?? -1;
}

export function slotsOut(slots: Slots, rules: CompiledRules): { r?: StoredInstances } {
  let out: StoredInstances | undefined;
  for (const instance of slots) {
    const rule = rules.rules[instance.place];
    if (!rule) continue;
    out ??= {};
    out[keyOf(rule)] = {
      ...(instance.state === undefined ? {} : { s: instance.state }),
      ...(instance.due === 0 ? {} : { d: instance.due }),
      ...(instance.open ? { o: instance.open } : {}),
      ...(instance.latchedUntil === 0 ? {} : { l: instance.latchedUntil, p: instance.latchedAt }),
      ...(instance.held ? { h: instance.held } : {}),
      ...(instance.frozen ? { f: instance.frozen } : {}),
      ...(instance.fault ? { e: instance.fault } : {}),
    };
  }
  return out ? { r: out } : {};
}

export function slotsIn(
  stored: StoredInstances | undefined,
  rules: CompiledRules,
  subject: Subject,
  device: string,
): Slots {
  let slots = NO_SLOTS;
  for (const [key, { s, d = 0, o, l = 0, p, h, f, e }] of Object.entries(stored ?? {})) {
    const kept = { ...(h && { held: h }), ...(f && { frozen: f }), ...(e && { fault: e }) };
    if (f) subject.frozen = true;
    const index = placeOfKey(rules, key);
    if (index >= 0) {
      const latched = p === undefined ? {} : { latchedAt: p };
      slots = withSlot(slots, {
        place: index,
        state: s,
        due: d,
        open: o,
        latchedUntil: l,
        ...latched,
        ...kept,
      });
    } else {
      subject.orphans ??= {};
      subject.orphans[`${device}\n${key}`] = {
        s,
        d,
        ...(o ? { o } : {}),
        l,
        p,
        ...(h ? { h } : {}),
        ...(f ? { f } : {}),
        ...(e ? { e } : {}),
      };
    }
  }
  return slots;
}
