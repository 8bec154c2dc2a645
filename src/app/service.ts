import type { Logger } from 'pino';
import type { Registry as MetricsRegistry } from 'prom-client';
import { careState } from '../cases/care.ts';
import { tryPayload } from '../devices/trial.ts';
import type { Clock } from '../lib/clock.ts';
import { generateSecret, hashSecret } from '../lib/secrets.ts';
import { splitAddress } from '../model/comparable-address.ts';
import type { Refusal } from '../model/effect.ts';
import { freshForMs } from '../model/freshness.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message, Reading } from '../model/message.ts';
import { REJECTION_REASONS } from '../model/rejection.ts';
import { decisionsOn } from '../model/rule-set.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Broker, CertificateInUse, InboundMessage } from '../ports/broker.ts';
import type { ReceiptDoor } from '../ports/channel-reply.ts';
import type { Gateway } from '../ports/gateway.ts';
import type { HomeDoor } from '../ports/home-door.ts';
import type { HomeWatch } from '../ports/home-watch.ts';
import type { NoticeDoor } from '../ports/notice-door.ts';
import type { PushDoor } from '../ports/push.ts';
import type { RecordStore } from '../ports/records.ts';
import type {
  ChannelInfo,
  DecodeAnswer,
  DecodeContext,
  DeviceStatus,
  Knock,
  Service,
} from '../ports/service.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import type { PushSubscriptions } from '../ports/web-push.ts';
import { type RuleWatch, titleOf, watchesOf } from '../rules/watch.ts';
import { backupTo } from '../store/backup.ts';
import type { AnnouncedDevices } from './announced.ts';
import type { Archiving } from './archiving.ts';
import type { Presence } from './broker-host.ts';
import { runningCallTests } from './call-test-commands.ts';
import type { CaseAudit } from './case-audit.ts';
import type { ChannelReplies } from './channel-replies.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { ClockWitness } from './clock-witness.ts';
import type { ConfigSinceStart } from './config-since-start.ts';
import type { Core } from './core.ts';
import type { DiskRoom } from './disk-room.ts';
import type { Drills } from './drills.ts';
import type { EventFanOut } from './event-fan-out.ts';
import { gatewayRefused, gatewayStatus } from './gateway-status.ts';
import { healthOf } from './health.ts';
import { likelyModels } from './likely-models.ts';
import type { Parts } from './load.ts';
import type { Loop } from './loop.ts';
import { milderLimit } from './milder-limit.ts';
import { CAPTURE_MS, type Capture, type Knocking } from './onboarding.ts';
import type { ReachWatch } from './reach-watch.ts';
import type { RefusedConnections } from './refused-connections.ts';
import { rosterReader } from './roster-views.ts';
import type { RosterWatch } from './roster-watch.ts';
import { type RulesFile, ruleChanges } from './rule-file.ts';
import type { RuntimeDevice } from './runtime.ts';
import { selfDescription } from './self-description.ts';
import { openStrangers, strangersOf } from './stranger-call.ts';
import type { TimerAudit } from './timer-audit.ts';
import type { UnheardCases } from './unheard-cases.ts';
import type { UntakenLately } from './untaken-lately.ts';
import { summaries } from './watch-summaries.ts';
import type { WholeImport } from './whole-import.ts';

export interface ServiceSources {
  readonly core: Core;
  readonly loop: Loop;
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly broker: Broker;
  /** The watch port, where it is on. */
  readonly watches: Gateway | undefined;
  readonly outbox: Outbox;
  readonly fanOut: EventFanOut;
  readonly clock: Clock;
  readonly parts: Parts;
  readonly rulesFile: RulesFile;
  readonly logger: Logger;
  readonly presence: Presence;
  readonly door: RefusedConnections;
  readonly metrics: MetricsRegistry;
  readonly audit: TimerAudit;
  /** Where an archive is configured. */
  readonly archiving: Archiving | undefined;
  readonly disk: () => DiskRoom | undefined;
  /** Those that devices and people are shown, or that an outside broker shows us. */
  readonly certificates: () => readonly CertificateInUse[];
  /** Files of the configuration that were changed, and wait for a restart. */
  readonly sinceStart: ConfigSinceStart;
  readonly rosters: RosterWatch;
  readonly reach: ReachWatch;
  readonly caseAudit: CaseAudit;
  readonly unheard: Pick<UnheardCases, 'now'>;
  readonly checkpoints: Pick<Checkpoints, 'telemetryTrouble'>;
  readonly clockWitness: ClockWitness;
  readonly knocking: Knocking;
  readonly untaken: UntakenLately;
  readonly announced: AnnouncedDevices;
  readonly capture: Capture;
  readonly push: PushDoor;
  readonly receipts: ReceiptDoor;
  readonly noticeLinks: NoticeDoor;
  readonly homeDoor: HomeDoor;
  readonly replies: ChannelReplies;
  readonly webPush: PushSubscriptions;
  readonly drills: Drills;
  readonly imports: WholeImport;
  readonly version: string;
  readonly site: Service['site'];
}

/** Puts a message into the inbox and waits for its commit. */
function deliverTo(loop: Pick<Loop, 'receive'>, message: Message): ReturnType<Service['deliver']> {
  return new Promise((resolve) => {
    const readings: Reading[] = [];
    const refusals: Refusal[] = [];
    const heard: InboundMessage['heard'] = (accepted, refused) => {
      readings.push(...(accepted?.readings ?? []));
      refusals.push(...refused);
    };
    const done = (): void => resolve({ readings, refusals });
    if (!loop.receive({ message, qos: 1, done, heard })) resolve('full');
  });
}

/** What the API and the command line see of the parts. */
export function serviceOf(sources: ServiceSources): Service {
  const { core, loop, records, telemetry, broker, outbox, fanOut, clock, parts } = sources;
  const rules = ruleChanges(sources);
  return {
    clock,
    records,
    telemetry,
    registry: core.registry,
    metrics: sources.metrics,
    push: sources.push,
    receipts: sources.receipts,
    noticeLinks: sources.noticeLinks,
    homeDoor: sources.homeDoor,
    reply: (reply) => sources.replies.take(reply),
    webPush: sources.webPush,
    rosters: rosterReader(core, clock, sources.rosters),
    version: sources.version,
    site: sources.site,
    submit: (command, by) => sources.imports.submit(command, by),
    importRegistry: (what, by) => sources.imports.apply(what, by),
    importing: () => sources.imports.progress,
    importStopped: () => sources.imports.stopped,
    ruleSet: () => core.ruleSet,
    ruleTitle: (id) => titleOf(core.rules.rules.find((rule) => rule.id === id)),
    ruleContent: () => core.rules.content,
    earlierRules: () => sources.rulesFile.earlier,
    placeOf: (home) => core.registry.place(home),
    careOf: (home) => careState(core.subjects.get(home)?.book),
    silences: () => core.service.silences,
    callTests: (home) => core.subjects.get(home)?.callTests.tests ?? [],
    runningCallTests: () => runningCallTests(core, clock.now()),
    milderLimit: (home, rule, alerts) => milderLimit(core, home, rule, alerts),
    reloadRules: rules.reload,
    overrideRule: rules.override,
    watch(home) {
      const subject = core.subjects.get(home);
      return subject && watchesOf(core.engine, subject, core.now).map((watch) => withOwn(watch, core, home));
    },
    watchSummary: summaries(core, parts.kinds, sources.reach),
    untold: (counts) => sources.reach.within(counts),
    leftUntold: (put, remove, counts) => sources.reach.leftBy(put, remove, counts),
    isSilent(id) {
      const device = core.devices.get(id);
      return device !== undefined && isSilent(device);
    },
    deviceStatus(id) {
      const device = core.devices.get(id);
      return device ? statusOf(device, sources) : switchedOff(core, id);
    },
    gatewayStatus: (id) => gatewayStatus(core, sources.presence, id),
    refusedLogins: () => sources.door.logins(core.registry),
    ...selfDescription(parts),
    decode: (model, message, context) => decodeWith(parts, model, message, context),
    deliver: (message) => deliverTo(loop, message),
    knocking: () => knockingOf(sources),
    announced: () => sources.announced.open(core.registry),
    modelsFor: (knock) => modelsFor(sources, knock),
    capture: (device) => {
      const now = clock.now();
      return sources.capture.watch(device, now + CAPTURE_MS, now);
    },
    captured: (device) => sources.capture.of(device),
    subscribe(reader) {
      const leave = fanOut.subscribe(reader);
      if (leave) return leave;
      reader.dropped('slow-reader');
      return () => {};
    },
    brokerStats: () => broker.stats(),
    health: () => healthOf(sources),
    testChannel: (channel, address) => outbox.test(channel, address),
    channels: () => channelInfos(sources),
    drill: () => sources.drills.run(),
    backup: (dir) => backupTo(dir, { records, telemetry }),
    async issueSecret({ noun, id }, by) {
      const secret = generateSecret();
      const reply = await loop.submit(
        { type: 'registry.secret', noun, id, secretHash: hashSecret(secret) },
        by,
      );
      return reply.ok ? { secret } : { failure: reply.failure };
    },
  };
}

function withOwn(watch: RuleWatch, { ruleSet }: Core, home: string): HomeWatch {
  const own = decisionsOn(ruleSet, home, watch.rule);
  return own.length > 0 ? { ...watch, own } : watch;
}

function channelInfos({ outbox, parts }: ServiceSources): ChannelInfo[] {
  return outbox.stats().channels.flatMap(({ id, ...stats }) => {
    const definition = parts.channels.get(id)?.definition;
    return definition ? [{ ...stats, id, channel: definition.channel, title: definition.title }] : [];
  });
}

function statusOf(
  device: RuntimeDevice,
  { presence, untaken: lately, clock }: Pick<ServiceSources, 'presence' | 'untaken' | 'clock'>,
): DeviceStatus {
  const { state } = device;
  const untaken = lately.of(device.id, state.heardAt);
  const connection = presence.get(device.id);
  const { twoAsOne } = connection ?? {};
  const through = gatewayRefused(device, presence);
  const isShown = clock.now() - (twoAsOne ?? 0) < LIMITS.twoAsOneShownMs;
  return {
    device: device.id,
    ...(state.heardAt === 0 ? {} : { heardAt: state.heardAt }),
    ...(state.measuredAt === 0 ? {} : { measuredAt: state.measuredAt }),
    ...(connection === undefined ? {} : { connected: connection.online }),
    ...(connection?.refused && { refused: connection.refused }),
    ...(through && { gatewayRefused: through }),
    ...(untaken && { untaken }),
    ...(isShown && twoAsOne !== undefined && { twoAsOne: { at: twoAsOne } }),
    silent: isSilent(device),
    ...(isOverdue(device, clock.now()) ? { overdue: true } : {}),
    ...(isMute(device) ? { mute: true } : {}),
    last: lastOf(device),
  };
}

/** Nobody waits for a device that is switched off; that it was heard stays so. */
function switchedOff({ registry, subjects }: Core, device: string): DeviceStatus | undefined {
  const heardAt = subjects.get(registry.device(device)?.home ?? '')?.heardOff?.[device];
  return heardAt === undefined ? undefined : { device, heardAt, silent: false, last: {} };
}

const isOverdue = ({ state: { heardAt }, intervalMs }: RuntimeDevice, now: number): boolean =>
  heardAt > 0 && now - heardAt > freshForMs(intervalMs);

const isSilent = (device: RuntimeDevice): boolean =>
  device.gateway?.silent === true ||
  (device.subject.mayHaveFindings && device.slots.some(({ open }) => open?.draft.ruleKind === 'silence'));

const isMute = ({ subject, slots }: RuntimeDevice): boolean =>
  subject.mayHaveFindings && slots.some(({ open }) => open?.draft.evidence.coverage === 'not-measuring');

/** What the engine itself remembers; the rest stands in the telemetry store. */
function lastOf({ state }: RuntimeDevice): DeviceStatus['last'] {
  return state.worn ? { worn_bool: { value: state.worn.value, at: state.worn.at } } : {};
}

/** Under its address, or, where it has none, under its id. */
function isEnrolled({ registry }: Core, address: string): boolean {
  const [scheme, id] = splitAddress(address);
  return scheme !== '' && registry.byAddress(scheme, id) !== undefined;
}

/** Those who knock, the ones who call for help first; with what was said of those who called before. */
function knockingOf({ core, knocking }: Pick<ServiceSources, 'core' | 'knocking'>): readonly Knock[] {
  const strangers = strangersOf(core);
  const heard = knocking.all();
  const known = new Set(heard.map(({ address }) => address));
  const before = openStrangers(core).filter(({ address }) => !known.has(address));
  return [...before, ...heard]
    .filter(({ address }) => !isEnrolled(core, address))
    .map((knock) => {
      const { dismissed } = strangers.get(knock.address) ?? {};
      return dismissed ? { ...knock, dismissed } : knock;
    });
}

function modelsFor(
  { parts, announced }: Pick<ServiceSources, 'parts' | 'announced'>,
  { payload, topic, lastAt, address }: Knock,
): readonly string[] {
  // Who connects over a gateway of our own speaks a protocol that it has shown.
  const protocol = /^tcp\/(.+)$/.exec(topic)?.[1];
  if (protocol !== undefined && parts.models.get(protocol)) return [protocol];
  // What its bridge says that it is, is no guess.
  const said = announced.of(address)?.model;
  if (said !== undefined) return [said];
  return likelyModels(parts.models.all(), parts.envelopes, { payload, topic, receivedAt: lastAt });
}

function decodeWith(
  parts: Parts,
  model: string,
  message: Message,
  context: DecodeContext = {},
): DecodeAnswer {
  const definition = parts.models.get(model);
  if (!definition) return { ok: false, code: 'unknown-device', message: `no device model "${model}"` };
  const decoded = tryPayload(definition, parts.envelopes, { ...message, ...context });
  if (!decoded.ok)
    return {
      ok: false,
      code: decoded.reason,
      message: `${REJECTION_REASONS[decoded.reason].en}: ${decoded.detail}`,
    };
  const rejections = decoded.rejections.map(({ reason, detail }) => ({ code: reason, message: detail }));
  return { ok: true, readings: decoded.readings, events: decoded.events, rejections };
}
