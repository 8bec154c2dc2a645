import type { z } from 'zod';
import type { About, Alert, ClearReason, Evidence, Priority } from '../model/alert.ts';
import type { AwayKind } from '../model/away-kinds.ts';
import type { CounterRules } from '../model/counter-history.ts';
import type { DevicePlace } from '../model/device-places.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { Report } from '../model/message.ts';
import type { Counting, EventName, MetricName } from '../model/metrics.ts';
import type { NoMilder } from '../model/no-milder.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { VisitBook } from '../model/visit.ts';
import type { MajorChange, VisitClass, VisitResult } from '../model/visit-words.ts';
import type { GatewayView } from './gateway-view.ts';
import type { LetPass } from './let-pass.ts';
import type { Sign } from './sign.ts';

export type { GatewayView };

/** What all devices of a model have in common. */
export interface DeviceModel {
  readonly model: string;
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
  /** Whether its blood pressure is a band's hint or a cuff's measurement; undefined: it takes none. */
  readonly bloodPressure: 'hint' | 'measured' | undefined;
}

/** A device as rules see it: what it said, and how it is expected to speak. */
export interface DeviceView extends DeviceModel {
  readonly state: DeviceState;
  /** Where in the home it hangs, if the registry says so. */
  readonly place: DevicePlace | undefined;
  /** Who wears or uses it, if the registry says so. */
  readonly resident: string | undefined;
  readonly enrolledAt: number;
  readonly intervalMs: number;
  readonly graceMs: number;
  /** How its water counter behaves, if it has one. */
  readonly counter: CounterRules | undefined;
  /** Whether it must count while it is heard; absent: it counts neither water nor energy. */
  readonly counting?: Counting | undefined;
  readonly gateway: GatewayView | undefined;
  /** The building it hangs in. */
  readonly area: AreaView | undefined;
}

/** Homes under one roof as rules see them: what falls silent together there is one finding. */
export interface AreaView {
  /** Path of the node, mostly a building. */
  readonly path: string;
  readonly name: string;
  /** When it became known, in epoch milliseconds by our clock. */
  readonly knownAt: number;
  /** The devices in its homes, each with the path of the unit or node that its home stands in. */
  members(): Iterable<{ readonly device: DeviceView; readonly unit: string }>;
  /** The same without making anything: rules look at all of them each hour. */
  eachDevice(visit: (device: DeviceView, unit: string) => void): void;
  /**
   * How many groups of at least so many homes there are in all that is watched over, this one among them: areas, and
   * their units. What happens in one of them by chance happens so many times as often.
   */
  groups(homes: number): number;
  /** What has fallen silent together and is told as one. */
  readonly silent: AreaSilence | undefined;
  /** Supplies that have failed for all of it, or for a unit. */
  readonly outages: AreaOutages;
}

/** What comes into homes from outside, and may fail for many at once. */
export type Supply = 'water' | 'power';
export type AreaOutages = Readonly<Partial<Record<Supply, AreaOutage>>>;

export interface AreaOutage {
  /** Path of the unit that is concerned alone; the area's own where it is more than one. */
  readonly unit: string;
  /** Since when nothing comes. */
  readonly from: number;
  /** Until when, by our clock, rules about single homes wait for it. */
  readonly until: number;
}

export interface AreaSilence {
  /** Path of the unit that is concerned alone; the area's own where it is more than one. */
  readonly unit: string;
  /** Devices whose last sign is not older than this are meant. */
  readonly lastFrom: number;
  /** And not newer than this by more than lets them have stopped together. Absent in what a version before found. */
  readonly lastTo?: number;
}

/** A home as rules see it that look at what people do there, and at no device. */
export interface HomeView {
  readonly visits: VisitBook | undefined;
  /** In the order in which they begin. */
  readonly away: readonly AwayPeriod[];
}

/**
 * Why a rule can find nothing in a home although something there measures what it reads: not what it needs, or not where
 * (`exit-unseen`: nobody would be seen to leave the bathroom); a sensor whose word it needs is silent; readings lie too far apart;
 * nobody has said that the home is to be visited.
 */
export type Lack = 'no-device' | 'exit-unseen' | 'device-silent' | 'too-sparse' | 'no-visits';

/** What a rule over other rules rests on: so many of these lists of rules must be able to speak. */
export interface Signals {
  readonly lists: readonly (readonly string[])[];
  readonly atLeast: number;
}

/** Of so many days that it needs a rule knows so many: the last of them comes no sooner than the others have passed. */
export interface Learning {
  readonly known: number;
  readonly needed: number;
}

/** What a rule learns from, for whoever asks how far it is. */
export type LearningHome<P> = Pick<
  RuleContext<P, unknown>,
  'now' | 'params' | 'devices' | 'waterMeters' | 'timeZone' | 'wasUnusual'
>;

/** What a rule has found. */
export interface Finding {
  /** When the condition became true, in event time. */
  readonly since: number;
  /** The event time at which it was evaluated: late data is judged against the same instant. */
  readonly at: number;
  readonly evidence: Evidence;
  /** What it is called in lists, if that says more than the name of the kind. */
  readonly title?: Text;
  /** Whom or what it concerns, if not what its kind usually does. */
  readonly about?: About;
  /** If graver or milder than the rule's own. */
  readonly priority?: Priority;
  /** Event time at which what it rests on begins (a window's begin): nobody may have been away since. `at` if absent. */
  readonly from?: number;
}

/** What a rule of the home holds to be so at the moment. */
export interface OpenFinding {
  readonly rule: string;
  readonly kind: string;
  readonly about: About;
  readonly priority: Priority;
  readonly device: string | undefined;
  readonly since: number;
  readonly raisedAt: number;
  readonly text: Text;
  /** Raised by a rule in shadow: nobody was told. */
  readonly shadow: boolean;
}

/** What a rule kind may see and do while it handles an input. One object, reused: never keep it. */
export interface RuleContext<P, S> {
  /** By our clock: when the input was received, or when the timer was due. */
  readonly now: number;
  readonly params: P;
  /** The priority that the rule set gives to this rule here. */
  readonly priority: Priority;
  /** What the rule remembers of this home or device; undefined while there is nothing to remember. */
  state: S | undefined;
  /** The devices of the home. */
  readonly devices: readonly DeviceView[];
  /** Those of them that count water: see `countsWater`. */
  readonly waterMeters: readonly DeviceView[];
  /** The device that the rule watches; for rules about a whole home, the one that reported. */
  readonly device: DeviceView | undefined;
  readonly gateway: GatewayView | undefined;
  /** Set for rules about an area. */
  readonly area: AreaView | undefined;
  readonly timeZone: string;
  /** The report holds something older than the newest reading of its device. */
  readonly late: boolean;
  /** Since when we have been listening without a break: silence before that is ours. */
  readonly listeningSince: number;
  /** Until when we listened before that; undefined: that is not known. */
  readonly deafSince: number | undefined;
  /** Since when no device hangs in the home, by our clock; undefined where one does. */
  readonly unwatchedSince: number | undefined;
  readonly home: HomeView;
  /** The open alert of this rule here, if there is one. */
  readonly open:
    | { readonly since: number; readonly at: number; readonly raisedAt: number; readonly priority: Priority }
    | undefined;
  /** The period under way in which nobody is expected at home. */
  readonly away: AwayPeriod | undefined;
  /** When the last such period ended; 0 if there was none. What was missing before says nothing. */
  readonly presentSince: number;
  /** Was any such period under way between these instants, or one with guests? Then that time teaches nothing. */
  wasUnusual(from: number, to: number): boolean;
  /**
   * What a rule of that kind remembers of this home, if one is on here and alerts at any hour: another rule may then
   * leave to it what it does better. Undefined where nobody would be told.
   */
  learnedBy(kind: string): unknown;
  /** What the rules of this home have open now, in the order of the rule set. What is in shadow counts only for a rule that is. */
  findings(): readonly OpenFinding[];
  /** People resolved it while it held: `raise` does nothing, unless graver, until the wait is over or `clear` says that it ended. */
  readonly waits: boolean;
  /** The condition holds: opens an alert, or moves the open one if `since` or the priority changed. */
  raise(finding: Finding): void;
  /** It happened again while the alert is open: counts it. */
  again(finding: Finding): void;
  /**
   * What the open alert rests on has changed: brings it up to date, if it says otherwise. With `news` whoever has the case
   * is told so.
   */
  amend(finding: Finding, news?: Text): void;
  /** The condition does not hold. Does nothing but forget a people's "resolved" when no alert is open. */
  clear(reason: ClearReason): void;
  /** When onTimer is called; 0: never. */
  readonly wakesAt: number;
  /** Calls onTimer at this instant; a later call replaces an earlier one; 0 for never. */
  wakeAt(instant: number): void;
  /** Asks the device for something over its command topic. */
  command(payload: Readonly<Record<string, unknown>>): void;
}

/**
 * One rule kind is one file in `src/rules/kinds/`: parameters with their schema, texts, code, examples ("must not
 * fire" too). Pure: it knows no clock but `now`, and its state is plain data that is stored and restored as JSON.
 */
export interface RuleKindDefinition<P = unknown, S = unknown> {
  readonly kind: string;
  readonly title: Text;
  /** What a rule with these parameters is called in lists, where that says more than the name of the kind. */
  readonly titleFor?: (params: P) => Text;
  readonly summary: Text;
  readonly about: About;
  /** What a rule with these parameters is about, if not what its kind usually is. */
  readonly aboutFor?: (params: P) => About;
  readonly priority: Priority;
  /** Whether it runs once for a home, for each of its devices, for each gateway as well as each device, or for an area. */
  readonly scope: 'home' | 'device' | 'device-and-gateway' | 'area';
  /** It speaks of a body: it claims nothing while the wearable is off the wrist or on its charger. */
  readonly vitals?: boolean;
  /** It speaks of what is missing: it keeps still while the home is away, unless the rule set says otherwise. */
  readonly inactivity?: boolean;
  /** It speaks of a home that uses none of this: where the supply has failed for the whole building, it waits. */
  readonly supply?: Supply;
  /** What it has found may blind rules about a home that uses none of this: they are marked while it is open. */
  readonly masks?: (found: Evidence) => Supply | undefined;
  /** What it finds happens at a moment and has no end of its own: people end it. */
  readonly momentary?: (params: P) => boolean;
  /** By what that is taken back, and how long it waits for it, in seconds. */
  readonly cancelled?: (params: P) => { readonly by: EventName | undefined; readonly withinS: number };
  readonly params: z.ZodType<P>;
  /** Reports with none of these do not reach it. May depend on the parameters. */
  readonly reads: (params: P) => {
    readonly metrics?: readonly MetricName[];
    readonly events?: readonly EventName[];
    readonly any?: boolean;
  };
  /** Whether devices of this model can matter to it: reports of others do not reach it. Absent: all can. */
  readonly hears?: (model: DeviceModel, params: P) => boolean;
  /** A due-date that follows from what the device last said, without any state: checked when it passes. */
  readonly deadline?: (
    watched: DeviceView | GatewayView,
    params: P,
    listeningSince: number,
  ) => number | undefined;
  /** The same for a home in which no device hangs (any more) since that instant by our clock. */
  readonly emptyHomeDeadline?: (unwatchedSince: number, params: P) => number;
  /** The same for what people do in a home: visits. It is never due in the past while somebody is away. */
  readonly homeDeadline?: (home: HomeView, params: P) => number | undefined;
  /** Metrics without which it can find nothing: one of them must hang in the home. What `reads` names where absent; a rule may read more, as a sign that a sensor is alive. */
  readonly needs?: readonly MetricName[];
  /** Where readings lie further apart than this it claims nothing: a device that is expected to send more seldom is none of its. */
  readonly readEveryMs?: (params: P) => number;
  /**
   * Which signs it looks for, so that nobody counts against it what it cannot see. Absent: what is missing, for a kind
   * about inactivity; for others anything that comes, but no change over days.
   */
  readonly seeks?: (params: P) => readonly Sign[];
  /** What it should find, and lets pass with limits such as these. */
  readonly letsPass?: (params: P) => readonly LetPass[];
  /** What it lacks in a home, beyond that: for whoever asks whether it would find something. */
  readonly lacks?: (
    home: {
      readonly devices: readonly DeviceView[];
      readonly device: DeviceView | undefined;
      readonly now: number;
      readonly home: HomeView;
    },
    params: P,
  ) => Lack | undefined;
  /** The rules without which it can find nothing, for a rule over other rules. */
  readonly restsOn?: (params: P) => Signals;
  /** How far it has learned what is usual here; undefined: it knows. */
  readonly learning?: (home: LearningHome<P>, state: S | undefined) => Learning | undefined;
  /** What it has learned to be usual here, in words for whoever looks at the home; undefined: nothing that holds now. */
  readonly usual?: (state: S | undefined, now: number) => Text | undefined;
  /** Ids of other rules that the parameters name: each must stand in the set. */
  readonly refersTo?: (params: P) => readonly string[];
  readonly onReport?: (context: RuleContext<P, S>, report: Report) => void;
  readonly onTimer?: (context: RuleContext<P, S>) => void;
  /** Its timer may go off too soon: it then works out anew when it is due. So it does where its limits are others from now on. */
  readonly looksAnew?: true;
  /** Its device leaves the home, or the rule is off from now on: what it waits with is told now, for it is never asked again. */
  readonly onLeave?: (context: RuleContext<P, S>) => void;
  /** Of a gateway or an area: what it found lasts, though people resolved it. Devices wait for it; where absent, as long as it would be raised again. */
  readonly goesOn?: (state: S | undefined) => boolean;
  /** People visited the home, or said something else of it: how often it is to be visited, that it is away or back. */
  readonly onHome?: (context: RuleContext<P, S>) => void;
  /** Another rule of the home raised or ended something. Rules with this handler come after the others in a step. */
  readonly onFindings?: (context: RuleContext<P, S>) => void;
  /**
   * The limits that may be made milder in a home where it cries wolf; or, of a kind that has none which a machine should
   * propose, why. The first is taken that all the alerts were raised at.
   */
  readonly milder: readonly MilderKind<P>[] | NoMilder;
  readonly examples: readonly RuleExample[];
}

/** A limit that may be made milder, and what each alert was raised at. */
export interface MilderKind<P> {
  readonly param: string;
  readonly title: Text;
  readonly toward: 'up' | 'down';
  /** In whole steps of this. */
  readonly step: number | ((params: P) => number);
  /** A value that only reaches the limit raises as well. */
  readonly inclusive?: true;
  /** What the alert says was measured, in the unit of the parameter; undefined where it does not. */
  readonly measured: (alert: Alert, params: P) => number | undefined;
  /** Why there is none where an alert does not say; `not-measured` if absent. */
  readonly otherwise?: NoMilder;
}

/** Identity function: gives the file its type and marks its default export as a definition. */
export function defineRule<P, S>(definition: RuleKindDefinition<P, S>): RuleKindDefinition<P, S> {
  return definition;
}

/**
 * A story in hours since the device was enrolled. The test plays it straight, and again with the state stored and
 * restored after every step. An empty `expect` means: must not fire.
 */
export interface RuleExample {
  readonly name: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** `water-meter` if absent. */
  readonly model?: string;
  /** Where that device hangs, if the registry says so. */
  readonly place?: DevicePlace;
  /** The home has no device. */
  readonly empty?: boolean;
  /** So many homes of one unit, each with a device that sends all inputs; 1 if absent. */
  readonly homes?: number;
  /** Further rules of the set, for kinds that look at what others found. */
  readonly beside?: readonly {
    readonly id: string;
    readonly kind: string;
    readonly params?: Readonly<Record<string, unknown>>;
  }[];
  /** Further devices of the home beside the one of `model`, by the name under which inputs mention them. */
  readonly devices?: Readonly<Record<string, { readonly model: string; readonly place?: DevicePlace }>>;
  readonly inputs: readonly ExampleInput[];
  /** How often the home is to be visited, from the beginning. */
  readonly visitClass?: VisitClass;
  /** What people say of the first home, in hours. */
  readonly people?: readonly PeopleInput[];
  /** Time passes until this hour. */
  readonly until: number;
  readonly expect: readonly {
    readonly raised: number;
    readonly since?: number;
    readonly cleared?: number;
    readonly reason?: ClearReason;
    readonly priority?: Priority;
    readonly count?: number;
  }[];
}

/** Told at hour `told`; when it happens if absent. */
export type PeopleInput = { readonly at: number; readonly told?: number } & (
  | { readonly visit: VisitResult; readonly inCase?: boolean }
  | { readonly change: MajorChange }
  | { readonly away: AwayKind; readonly until: number }
);

/** One report, or a series of them: `every` hours until `until` (excluded), each value `step` more than the one before. */
export interface ExampleInput {
  /** One of the example's `devices`; the one of `model` if absent. */
  readonly device?: string;
  /** Event time, in hours. */
  readonly at: number;
  readonly every?: number;
  readonly until?: number;
  /** Arrival, in hours; the event time if absent. */
  readonly receivedAt?: number;
  readonly values?: Readonly<Partial<Record<MetricName, number>>>;
  readonly step?: Readonly<Partial<Record<MetricName, number>>>;
  readonly event?: EventName;
  /** Sent by the devices of the first so many homes; by all if absent. */
  readonly byFirst?: number;
}
