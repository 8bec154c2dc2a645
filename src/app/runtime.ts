import { type BloodPressureWorth, countingOf, type DeviceDefinition } from '../devices/define.ts';
import { MINUTE } from '../lib/clock.ts';
import type { CounterRules } from '../model/counter-history.ts';
import type { DevicePlace } from '../model/device-places.ts';
import { DeviceState } from '../model/device-state.ts';
import { LIMITS } from '../model/limits.ts';
import type { Counting, EventName, MetricName } from '../model/metrics.ts';
import type { Device } from '../model/registry.ts';
import type { AreaOutages, AreaSilence, AreaView, GatewayView } from '../rules/define.ts';
import { NO_SLOTS, type RuleDevice, type Slots } from '../rules/instance.ts';
import type { Subject } from './subject.ts';

/** No domestic water connection carries more: DN25, Q4 7.9 m³/h. */
const WATER_PER_HOUR_MAX_M3 = 8;

/**
 * A device of a home while the service runs: the registry's entry, its model, and what it said. It is its own state:
 * together they lie in one place in memory. Whoever wants to know what it said asks for `state`, for it may be asleep.
 */
export class RuntimeDevice extends DeviceState implements RuleDevice {
  device: Device;
  readonly subject: Subject;
  #slots: Slots = NO_SLOTS;
  gatewaySubject: Subject | undefined;
  // Read for each reading: kept here, so that the registry's entry is not touched.
  /** See `AdmitContext`: a small number lies in the object itself. */
  enrolledMinute: number;
  #manner: Manner;

  constructor(device: Device, definition: DeviceDefinition, subject: Subject, knownAt: number) {
    super(device.id, knownAt);
    this.device = device;
    this.subject = subject;
    this.enrolledMinute = minuteOf(device);
    this.#manner = mannerOf(device, definition);
  }

  get state(): DeviceState {
    if (this.subject.asleep) this.subject.wake();
    return this;
  }
  get slots(): Slots {
    if (this.subject.asleep) this.subject.wake();
    return this.#slots;
  }
  set slots(slots: Slots) {
    this.#slots = slots;
  }
  get definition(): DeviceDefinition {
    return this.#manner.definition;
  }
  get intervalMs(): number {
    return this.#manner.intervalMs;
  }
  /** How its water counter behaves, if it has one. */
  get counter(): CounterRules | undefined {
    return this.#manner.counter;
  }
  /** Whether it must count while it is heard. */
  get counting(): Counting | undefined {
    return this.#manner.counting;
  }
  get enrolledAt(): number {
    return this.device.enrolledAt;
  }
  get homeSince(): number | undefined {
    return this.device.homeSince;
  }
  get model(): string {
    return this.definition.model;
  }
  get place(): DevicePlace | undefined {
    return this.device.place;
  }
  get metrics(): readonly MetricName[] {
    return this.definition.metrics;
  }
  get events(): readonly EventName[] {
    return this.definition.events;
  }
  get resident(): string | undefined {
    return this.device.resident;
  }
  get bloodPressure(): BloodPressureWorth | undefined {
    return this.definition.bloodPressure;
  }
  get graceMs(): number {
    return this.definition.silenceGraceMs;
  }
  get gateway(): GatewayView | undefined {
    return this.gatewaySubject?.gateway;
  }
  get area(): AreaView | undefined {
    return this.subject.areaSubject?.area;
  }

  /** The registry's entry changed; what the device said stays. */
  update(device: Device): void {
    this.device = device;
    this.enrolledMinute = minuteOf(device);
    this.#manner = mannerOf(device, this.definition);
  }
}

const minuteOf = ({ enrolledAt, homeSince = Number.NEGATIVE_INFINITY }: Device): number =>
  Math.ceil(Math.max(enrolledAt, homeSince + LIMITS.beforeEnrolmentMsMax) / MINUTE);

/** How a device is expected to speak. Nearly all devices of a model share one. */
interface Manner {
  readonly definition: DeviceDefinition;
  readonly intervalMs: number;
  readonly counter: CounterRules | undefined;
  readonly counting: Counting | undefined;
}

const manners = new WeakMap<DeviceDefinition, Map<string, Manner>>();

function mannerOf(device: Device, definition: DeviceDefinition): Manner {
  const intervalMs = device.expectedIntervalMs ?? definition.expectedIntervalMs;
  const counter = counterRules(device, definition);
  const manner = { definition, intervalMs, counter, counting: countingOf(definition) };
  if (counter?.exchangedAt !== undefined) return manner;
  const known = manners.get(definition) ?? new Map<string, Manner>();
  manners.set(definition, known);
  const key = `${intervalMs}/${counter?.max}/${counter?.resolution}`;
  const shared = known.get(key) ?? manner;
  known.set(key, shared);
  return shared;
}

function counterRules(device: Device, { counters: traits }: DeviceDefinition): CounterRules | undefined {
  const water = traits.water_index_m3;
  if (!water) return undefined;
  const { exchangedAt } = device;
  const max = device.counterMax ?? water.max;
  const resolution = device.counterResolution ?? water.resolution;
  return { max, resolution, perHourMax: WATER_PER_HOUR_MAX_M3, exchangedAt };
}

/** What comes through a gateway, whichever device sent it. */
export class RuntimeGateway implements GatewayView {
  readonly id: string;
  heardAt = 0;
  knownAt: number;
  silent = false;
  backAt = 0;
  gapFrom = 0;
  intervalMs: number | undefined;
  devices = 0;

  constructor(id: string, knownAt: number) {
    this.id = id;
    this.knownAt = knownAt;
  }
}

/** The homes of one building, or of whatever node they stand in. */
export class RuntimeArea implements AreaView {
  readonly path: string;
  knownAt: number;
  silent: AreaSilence | undefined;
  outages: AreaOutages = {};
  readonly #homes: AreaHomes;

  constructor(path: string, knownAt: number, homes: AreaHomes) {
    this.path = path;
    this.knownAt = knownAt;
    this.#homes = homes;
  }

  get name(): string {
    return this.#homes.nameOf(this.path);
  }

  groups(homes: number): number {
    return this.#homes.groupsOf(homes);
  }

  *members(): Generator<{ device: RuntimeDevice; unit: string }> {
    for (const { unit, homes } of this.#homes.unitsIn(this.path))
      for (const subject of homes) for (const device of subject.devices) yield { device, unit };
  }

  eachDevice(visit: (device: RuntimeDevice, unit: string) => void): void {
    for (const { unit, homes } of this.#homes.unitsIn(this.path))
      for (const subject of homes) for (const device of subject.devices) visit(device, unit);
  }
}

/** Homes of an area that stand in one node. */
export interface AreaUnit {
  readonly unit: string;
  readonly homes: readonly Subject[];
}

/** Where an area finds its homes: in the core. */
export interface AreaHomes {
  nameOf(path: string): string;
  unitsIn(path: string): readonly AreaUnit[];
  /** How many areas and units have at least so many homes. */
  groupsOf(homes: number): number;
}
