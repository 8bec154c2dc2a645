import type { Registry as MetricsRegistry } from 'prom-client';
import type { Clock } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';
import type { Call } from '../model/call-for-help.ts';
import type { CallTest } from '../model/call-test.ts';
import type { CareState } from '../model/case.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { GatewayRefused, RefusedLately, RefusedLogins } from '../model/connection-refusal.ts';
import type { DevicePlace } from '../model/device-places.ts';
import type { Refusal } from '../model/effect.ts';
import type { Failure } from '../model/errors.ts';
import type { ClockSource, DeviceEvent, Message, Reading } from '../model/message.ts';
import type { EventName, MetricName } from '../model/metrics.ts';
import type { NoMilder } from '../model/no-milder.ts';
import type { NoticeFailure } from '../model/notice.ts';
import type {
  Contact,
  Device,
  DeviceSettings,
  Gateway,
  Home,
  Noun,
  RegistryEntry,
  RegistryNode,
  Resident,
  Staff,
} from '../model/registry.ts';
import type { RejectionReason } from '../model/rejection.ts';
import type { RuleSet } from '../model/rule-set.ts';
import type { SessionProblem } from '../model/session-problem.ts';
import type { Silence } from '../model/silence.ts';
import type { Text } from '../model/text.ts';
import type { Untold } from '../model/untold.ts';
import type { WrongClock } from '../model/wrong-clock.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { BrokerStats } from './broker.ts';
import type { ReceiptDoor, TakeReply } from './channel-reply.ts';
import type { HomeDoor } from './home-door.ts';
import type { HomeWatch } from './home-watch.ts';
import type { ImportDoor } from './import-door.ts';
import type { NoticeDoor } from './notice-door.ts';
import type { PushDoor } from './push.ts';
import type { RecordStore, StreamEvent } from './records.ts';
import type { RosterReader } from './rosters.ts';
import type { MilderLimit, RuleKindInfo, RuleOverride } from './rule-info.ts';
import type { RulesAnswer } from './rules-in-force.ts';
import type { Site } from './site.ts';
import type { TelemetryStore } from './telemetry.ts';
import type { HomeWatchSummary } from './watch-summary.ts';
import type { PushSubscriptions } from './web-push.ts';

/** The registry as the edges may see it: read only, in memory, always as of the last committed input. */
export interface RegistryView {
  /** One entry by its name: the path of a node, the id of anything else. */
  entry(noun: Noun, key: string): RegistryEntry | undefined;
  node(path: string): RegistryNode | undefined;
  nodes(): Iterable<RegistryNode>;
  home(id: string): Home | undefined;
  homes(): Iterable<Home>;
  homePath(id: string): string | undefined; // a/b/c/d/home-id, of a home that there is
  residents(home: string): readonly Resident[];
  /** In calling order. */
  contacts(home: string): readonly Contact[];
  devices(home: string): readonly Device[];
  device(id: string): Device | undefined;
  /** By its name outside, without regard to case. */
  byAddress(scheme: string, id: string): Device | undefined;
  allDevices(): Iterable<Device>;
  gateway(id: string): Gateway | undefined;
  gateways(): Iterable<Gateway>;
  behind(gateway: string): readonly string[];
  staff(): Iterable<Staff>;
  /** IANA zone of the community above this path, and the telephone of the nearest node at or above it that names one. */
  timeZone(path: string): string;
  phone(path: string): string | undefined;
  readonly counts: {
    readonly homes: number;
    readonly devices: number;
    readonly gateways: number;
    readonly staff: number;
  };
}

/** What the engine can say about a device at this moment. */
export interface DeviceStatus {
  readonly device: string;
  /** Last arrival of any message, by our clock; undefined: never reported. */
  readonly heardAt?: number;
  /** Newest event time among its readings. */
  readonly measuredAt?: number;
  /** Whether its MQTT connection is open at this moment; undefined where it speaks through others. */
  readonly connected?: boolean;
  /** It was refused since it was last let in: the last time, how often, and why that time. Forgotten at a restart. */
  readonly refused?: RefusedLately;
  /** The same of its gateway, which is not connected, and nothing of the device came since. */
  readonly gatewayRefused?: GatewayRefused;
  /** It speaks, and nothing was taken since it was heard: the last refusal, and how many there were. Forgotten at a restart. */
  readonly untaken?: { readonly at: number; readonly reason: RejectionReason; readonly count: number };
  /** When two connections were seen to fight for its credential, within the last hour. Forgotten at a restart. */
  readonly twoAsOne?: { readonly at: number };
  readonly silent: boolean;
  /** `overdue`: rules see nothing by it any more, told or not; `mute`: it counts as silent though it is heard. */
  readonly overdue?: boolean;
  readonly mute?: boolean;
  readonly last: Partial<Record<MetricName, { value: number; at: number }>>;
  /** Older values than of this instant are with a store that does not answer; absent: all are known. */
  readonly lastSince?: number;
  /** When silence will be raised if nothing comes. */
  readonly silentAt?: number;
}

/** What is known of a gateway at this moment. */
export interface GatewayStatus {
  readonly gateway: string;
  /** When anything came through it last; undefined: never. */
  readonly heardAt?: number;
  /** Whether its MQTT connection is open; undefined where none was seen since the start. */
  readonly connected?: boolean;
  readonly refused?: RefusedLately;
  /** People were told that nothing comes through it. */
  readonly silent: boolean;
  /** How many devices are behind it. */
  readonly devices: number;
}

/** A device that speaks and that nobody enrolled. */
export interface Knock {
  /** How it is called outside: `deveui:70b3…`, or its id in a topic of our own. */
  readonly address: string;
  /** Who brought it: a gateway, a service account, or it itself. */
  readonly from: string;
  readonly topic: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  /** What it sent last, cut to `rejectionPayloadBytesMax`. */
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
  /** It called for help: what for, when last, and how often. */
  readonly calls?: { readonly call: Call; readonly at: number; readonly count: number };
  /** Somebody looked who it is, and it is nobody of ours: its calls are not told for a while. */
  readonly dismissed?: { readonly at: number; readonly by: string; readonly reason: string };
}

/** What was taken of what somebody brought in, and what not. */
export interface Delivered {
  readonly readings: readonly Reading[];
  readonly refusals: readonly Refusal[];
}

/** A device that a bridge says it has: what an operator needs to enrol it. */
export interface Announced {
  readonly address: string;
  /** The model that fits; absent where none does. */
  readonly model?: string;
  /** How the bridge calls it. */
  readonly name: string;
  readonly metrics: readonly MetricName[];
  readonly events?: readonly EventName[];
  readonly settings?: DeviceSettings;
  readonly place?: DevicePlace;
  /** Who announced it, and when that came. */
  readonly from: string;
  readonly at: number;
}

/** A message as it came, and what was made of it. */
export interface CapturedMessage {
  readonly at: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
  /** Whose clock was believed; undefined where nothing was taken. */
  readonly clock?: ClockSource;
  readonly wrongClock?: WrongClock;
  readonly readings: readonly Reading[];
  readonly events: readonly DeviceEvent[];
  readonly refusals: readonly Refusal[];
}

/** A device model for lists and for `decode`. */
export interface ModelInfo {
  readonly model: string;
  readonly title: Text;
  readonly summary: Text;
  readonly topics: readonly string[];
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
  readonly expectedIntervalMs: number;
  readonly maker?: string;
  /** JSON Schema of what may be set for one device. */
  readonly settings?: unknown;
}

/** One reader of the stream; bounded, dropped when it does not keep up. */
export interface StreamReader {
  /** Nodes that the reader may see. */
  readonly paths: readonly string[];
  /** Whose it is: what is theirs reaches them wherever it lies; absent: nobody's. */
  readonly account?: string;
  /** False: the reader is not keeping up and the event was not taken. */
  offer(event: StreamEvent): boolean;
  /** What was offered goes out now, and not when the work at hand is done. */
  flush(): void;
  /** The reader was dropped. */
  dropped(reason: 'slow-reader' | 'shutdown'): void;
}

export interface Health {
  readonly live: boolean;
  /** It does its work; a check that is not ok beside that wants an operator: a rule file with mistakes. */
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

export interface HealthCheck {
  readonly ok: boolean;
  /** It is well, and yet an operator should look. */
  readonly warning?: boolean;
  readonly detail: Text;
}

/** What the API and the command line may ask of a running service. */
export interface Service extends ImportDoor {
  readonly clock: Clock;
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly registry: RegistryView;
  readonly metrics: MetricsRegistry;
  readonly version: string;
  /** Where platforms push messages to by HTTP. */
  readonly push: PushDoor;
  /** Where providers of channels push what became of notices. */
  readonly receipts: ReceiptDoor;
  /** Takes what a person did with a notice in the console. */
  readonly reply: TakeReply;
  /** Browsers that notices are pushed to. */
  readonly webPush: PushSubscriptions;
  /** What stands behind the links that notices carry. */
  readonly noticeLinks: NoticeDoor;
  /** What stands behind the personal links of residents and contacts. */
  readonly homeDoor: HomeDoor;
  readonly site: Site;
  readonly rosters: RosterReader;
  /** Resolves after the commit. `by` is the person's name, `system` for programs. */
  submit(command: Command, by: string): Promise<CommandReply>;
  ruleSet(): RuleSet;
  ruleContent(): string;
  /** The mark of the set before, where it went by the same version as the one in force. */
  earlierRules(): string | undefined;
  /** Where a home is and who lives there, as lists say it. */
  placeOf(home: string): Text;
  /** What the open case of a home after an absence is; undefined: there is none. */
  careOf(home: string): CareState | undefined;
  /** What people wish not to hear of, and wished within the last weeks. */
  silences(): readonly Silence[];
  /** Tests of calls for help of a home, the newest last; nobody tested there: none. */
  callTests(home: string): readonly CallTest[];
  /** Those that last now, of all homes. */
  runningCallTests(): readonly { readonly home: string; readonly test: CallTest }[];
  /** A limit of the rule in this home that would have kept still at all these alerts; or why none is proposed. */
  milderLimit(home: string, rule: string, alerts: readonly Alert[]): MilderLimit | NoMilder;
  /** Writes what a home has of its own into the rule file, and puts that in force. */
  overrideRule(override: RuleOverride): Promise<RulesAnswer>;
  /** What each rule does about a home at this moment, and why not where it does nothing; undefined: no such home. */
  watch(home: string): readonly HomeWatch[] | undefined;
  /** How well a home is watched, up to half a minute ago; undefined: no such home. */
  watchSummary(home: string): HomeWatchSummary | undefined;
  /**
   * Homes that a change of the registry would leave without anybody who could be told of a P1 or P2, before it is made; of
   * those whose paths `counts` lets count.
   */
  leftUntold(
    put: readonly RegistryEntry[],
    remove: readonly { readonly noun: Noun; readonly key: string }[],
    counts: (path: string) => boolean,
  ): Untold;
  /** Homes of whose P1 or P2 nobody could be told as things stand, as far as paths `counts` lets them count. */
  untold(counts: (path: string) => boolean): Untold;
  /** Reads the rule file again; keeps the old set and says so if the new one is wrong. */
  reloadRules(): Promise<RulesAnswer>;
  /** Whether it is overdue: known of every device, also of those whose state nobody has read since the start. */
  isSilent(id: string): boolean;
  deviceStatus(device: string): DeviceStatus | undefined;
  gatewayStatus(gateway: string): GatewayStatus | undefined;
  models(): readonly ModelInfo[];
  /** One of them; cheap, for it is asked for each row of a list. */
  model(name: string): ModelInfo | undefined;
  ruleKinds(): readonly RuleKindInfo[];
  /** What a rule finds, as its parameters have it; undefined: no such rule is in force. */
  ruleTitle(rule: string): Text | undefined;
  decode(model: string, message: Message, context?: DecodeContext): DecodeAnswer;
  /** Brings a message in as if it had been published; resolves after the commit. `full`: there is no room at the moment. */
  deliver(message: Message): Promise<Delivered | 'full'>;
  /** Devices that speak and that nobody enrolled, the last one first. */
  knocking(): readonly Knock[];
  /** Logins at our own broker that were refused. */
  refusedLogins(): RefusedLogins;
  /** Devices that a bridge says it has, and that nobody enrolled. */
  announced(): readonly Announced[];
  /** Models that make something of what this one sent, the likeliest first: a hint for whoever enrols it, no more. */
  modelsFor(knock: Knock): readonly string[];
  /** Keeps the messages of a device as they come, for a while. False: too many devices are being looked at. */
  capture(device: string): boolean;
  captured(
    device: string,
  ): { readonly until: number; readonly messages: readonly CapturedMessage[] } | undefined;
  subscribe(reader: StreamReader): () => void;
  brokerStats(): BrokerStats;
  health(): Health;
  /** Sends a test notice over a channel; resolves with what the provider said. */
  testChannel(
    channel: string,
    address: string,
  ): Promise<{ ok: boolean; detail: string; failure?: NoticeFailure; ms: number; notice?: string }>;
  channels(): readonly ChannelInfo[];
  /** Sends the drill of today over the channels, as far as it was not sent yet. */
  drill(): Promise<DrillReport>;
  /** A verified copy of both stores into this folder, while the service runs. @throws if it holds a backup already. */
  backup(dir: string): Promise<BackupManifest>;
  /** Makes a new secret for a device or gateway; it is shown once and only its hash is kept. */
  issueSecret(
    subject: { noun: 'device' | 'gateway'; id: string },
    by: string,
  ): Promise<{ secret: string } | { failure: Failure }>;
}

/** How the archive of everything that is committed goes. */
export interface ArchiveStatus {
  /** Whatever was acknowledged up to this instant (epoch milliseconds) is in it; undefined: nothing is. */
  readonly reaches: number | undefined;
  /** Why the last round failed, in the words of the system; undefined: it did not. */
  readonly trouble: string | undefined;
  /** How often it was begun with new bases since the start. */
  readonly begunAnew: number;
}

/** What a drill over the channels has queued. */
export interface DrillReport {
  readonly queued: number;
  /** Beyond the limit, and not queued. */
  readonly left: number;
  readonly channels: readonly string[];
}

/** A configured channel, and what is known of it: is it proven to work, and what went wrong last. */
export interface ChannelInfo {
  readonly id: string;
  /** Its kind. */
  readonly channel: string;
  readonly title: Text;
  readonly inFlight: number;
  readonly accepted: number;
  readonly retried: number;
  readonly failed: number;
  readonly waitMs: number;
  /** When a provider last took something, when it last said that something arrived, when a person last saw something. */
  readonly lastAcceptedAt?: number;
  readonly lastDeliveredAt?: number;
  readonly lastSeenAt?: number;
  /** Nothing but failures since something was last taken. */
  readonly failing?: {
    readonly since: number;
    readonly attempts: number;
    readonly grave?: true;
    readonly detail: string;
  };
  readonly problem?: { readonly at: number; readonly failure: NoticeFailure; readonly detail: string };
  /** Of a channel that keeps a connection of its own. */
  readonly session?: {
    readonly connected: boolean;
    readonly since: number;
    readonly detail: string;
    readonly problem?: SessionProblem;
  };
}

/** What a trial may say beside the payload. */
export interface DecodeContext {
  readonly fPort?: number;
  readonly settings?: DeviceSettings;
  readonly timeZone?: string;
}

export type DecodeAnswer =
  | {
      readonly ok: true;
      readonly readings: readonly Reading[];
      readonly events: readonly DeviceEvent[];
      readonly rejections: readonly { readonly code: RejectionReason; readonly message: string }[];
    }
  | { readonly ok: false; readonly code: RejectionReason; readonly message: string };
