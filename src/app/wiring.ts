import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { removeControl, writeControl } from '../api/control.ts';
import { releaseLeftCases } from '../api/releasing.ts';
import { applyLimits, pushAccounts } from '../config/service-schema.ts';
import { formatProblem } from '../config/yaml-file.ts';
import { WatchGateway } from '../gateways/watches/gateway.ts';
import type { Clock } from '../lib/clock.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { generateSecret } from '../lib/secrets.ts';
import type { RegistryEntry } from '../model/registry.ts';
import { TextError } from '../model/text.ts';
import type { Broker, BrokerAddresses, CertificateInUse } from '../ports/broker.ts';
import type { Gateway, GatewayHost } from '../ports/gateway.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { Registry } from '../registry/registry.ts';
import { alertTopics } from './alert-topics.ts';
import { workBetween } from './between.ts';
import { brokerHost, type Presence } from './broker-host.ts';
import { CaseAudit } from './case-audit.ts';
import { Checkpoints, parseShared, recoverCore } from './checkpoints.ts';
import { ConfigSinceStart } from './config-since-start.ts';
import { Core } from './core.ts';
import { type DiskRoom, diskRoom } from './disk-room.ts';
import { EventFanOut } from './event-fan-out.ts';
import { gatewayHost } from './gateway-host.ts';
import { hearingOf } from './hearing.ts';
import { startHousekeeping } from './housekeeping.ts';
import { HttpsCertificate } from './https-certificate.ts';
import { knownRules } from './known-rules.ts';
import { loadLeftHomes } from './left-homes.ts';
import { Listening } from './listening.ts';
import { configurationWrong, type Parts, problemText } from './load.ts';
import { Loop } from './loop.ts';
import { makeBroker } from './make-broker.ts';
import { meters } from './meters.ts';
import { onboard } from './onboarding.ts';
import { closeOutdated, type Outward, publishFindings, relayCommand, tellOutbox } from './outward.ts';
import { pushDoor } from './push-door.ts';
import { ReachWatch } from './reach-watch.ts';
import { registryParser } from './registry-parser.ts';
import { RosterWatch } from './roster-watch.ts';
import { noteChange, rulesFileOf } from './rule-file.ts';
import { firstAdministrator, localUrl, servedApi } from './served-api.ts';
import { type ServiceSources, serviceOf } from './service.ts';
import { openStores } from './stores.ts';
import { TelemetryFeed } from './telemetry-feed.ts';
import { telling } from './telling.ts';
import { TimerAudit } from './timer-audit.ts';
import { UnheardCases } from './unheard-cases.ts';
import { Waking } from './waking.ts';
import { WholeImport } from './whole-import.ts';

export interface StartOptions {
  readonly parts: Parts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the terminal channel writes. */
  readonly print: (line: string) => void;
  /** Entries to take over beside those of the registry files, if the records hold no registry yet. */
  readonly seed?: readonly RegistryEntry[];
  readonly demo?: boolean;
  /** Of a demo alone: simulated people work on its cases. */
  readonly simulatedStaff?: boolean;
  readonly version: string;
  /** Asked to stop before it runs: what is waited for is waited for no longer. */
  readonly stop?: AbortSignal;
  /** What is free for the data; absent: as the disk says. */
  readonly disk?: () => DiskRoom | undefined;
}

/** Time servers move a clock by less than this. */
const CLOCK_BACK_MS_MAX = 10_000;

/** A service that runs. */
export interface RunningService {
  readonly service: Service;
  /** The store itself, behind what readers are given. */
  readonly telemetry: TelemetryStore;
  readonly core: Core;
  readonly loop: Loop;
  readonly api: FastifyInstance;
  readonly addresses: BrokerAddresses & { readonly watches?: string; readonly http: string };
  /** The first administrator, if one was made at this start: the password is known only here and now. */
  readonly administrator: { readonly user: string; readonly password: string | undefined } | undefined;
  /** Nothing was ever stored in the data folder: a first start, or a folder that is not the one it should be. */
  readonly isNew: boolean;
  /** What the restart had to do. */
  readonly recovered: { readonly inputs: number; readonly homes: number; readonly ms: number };
  /** What it does by itself five times a second: for whoever moves its clock. */
  look(): void;
  /** Takes nothing more, commits what is there, stores a whole checkpoint. */
  stop(): Promise<void>;
}

/**
 * Puts the parts together and starts them, from the inside out: stores, core, loop, and the broker when everything is
 * there that a reading needs. Then the API, the outbox and what runs by the clock.
 */
export async function startService(options: StartOptions): Promise<RunningService> {
  const { parts, clock, logger } = options;
  const [{ config }, controlToken] = [parts.loaded, generateSecret()];
  applyLimits(config);
  // Who lives where and how they are: for the account of the service alone.
  await makeFolder(config.dataDir, 0o700);
  const stores = await openStores(config, clock, logger, options.stop);
  const { records, telemetry, sealedSeq, archiving, isNew } = stores;
  const startedAt = performance.now();
  const core = await makeCore(parts, records, clock, logger);
  const { lastSeq, ...replayed } = await recoverCore(core, records);
  const recovered = { ...replayed, ms: Math.round(performance.now() - startedAt) };
  goOnFrom(core, clock, logger);

  const running: Outward & { meters?: ReturnType<typeof meters>; loop?: Loop } = {};
  const { decoder, faults, ...newcomers } = hearingOf(core, parts, running, logger, clock);
  const fanOut = new EventFanOut();
  const checkpoints = new Checkpoints(core, records, telemetry, logger);
  const waking = new Waking(core, records, logger);
  const audits = auditsOf(core, records, options);
  const down = () => running.channelWatch?.downNames ?? [];
  const [rosters, reach] = [new RosterWatch(core, clock, logger, down), new ReachWatch(core, clock, down)];
  // So that a replay before the first checkpoint knows the rule set under which its inputs were judged.
  if (lastSeq === 0) await checkpoints.complete();
  const presence: Presence = new Map();
  const owed = { records, isEnrolled: (id: string) => core.registry.device(id) !== undefined };
  const [feed, listens] = [new TelemetryFeed(telemetry, logger, owed), Promise.withResolvers<void>()];
  feed.catchUp((await records.recover()).journal, sealedSeq, lastSeq, listens.promise);
  let handedOn: Promise<void> = Promise.resolve();
  const loop = new Loop({
    core,
    records,
    decoder,
    clock,
    logger,
    ...newcomers,
    callsStored: (effects) => onboard(effects, { core, decoder, clock, ...newcomers }),
    committed(batch) {
      fanOut.publish(batch.events);
      running.meters?.committed(batch);
      newcomers.clockWitness.committed(batch);
      handedOn = feed.take(batch);
      publishFindings(running, core, batch, logger);
      closeOutdated(running, core, presence, batch);
      tellOutbox(running, batch);
    },
    // A telemetry store that does not keep up holds back the next batch, and so the senders, rather than fill the memory.
    steadyNow: () => performance.now(),
    between: async (hurried) => {
      await handedOn;
      if (!hurried) await workBetween([waking, checkpoints, ...Object.values(audits)], logger);
    },
  });

  const [{ serviceAccounts }, trusting] = [config.mqtt, config.mqtt.mode === 'external'];
  const sharing = trusting && config.mqtt.external?.sharedGroup !== undefined;
  const relayed = (topic: string, payload: Uint8Array): void => relayCommand(running, core, topic, payload);
  const host = brokerHost(
    { core, loop, decoder, clock, serviceAccounts, trusting, sharing, faults, relayed, door: newcomers.door },
    presence,
  );
  const broker = makeBroker(parts, host, logger);
  const watches = makeWatchGateway(parts, gatewayHost({ core, loop, clock }, presence), logger);
  const { https, ...outer } = await outerThings(options, broker);
  const inside = { core, loop, records, clock, rosters, reach, archiving, ...outer, ...audits, ...newcomers };
  const sender = await telling({ ...inside, parts, logger, print: options.print, broker, fanOut });
  const alerts = alertTopics(broker, logger);
  const rulesFile = await rulesFileOf(parts, core.ruleSet, records);
  const [imports, health] = [new WholeImport({ core, loop, records, logger }), () => service.health()];
  running.meters = meters({ ...inside, broker, alerts, watches, telemetry, ...sender, health });
  Object.assign(running, { ...sender, loop, broker, alerts, watches });

  const service = serviceOf({
    ...inside,
    checkpoints,
    imports,
    telemetry: feed.reads(),
    broker,
    watches,
    ...sender,
    fanOut,
    parts,
    rulesFile,
    logger,
    presence,
    metrics: running.meters.registry,
    push: pushDoor({ core, loop, decoder, clock, host, logger }, pushAccounts(config)),
    version: options.version,
    site: config.site,
  });
  // First of all: while we were down we were deaf, and nobody is silent for that.
  const listening = await Listening.from({ records, loop, clock, logger, lastInputAt: core.now });
  listening.begins();
  await takeOver({ core, loop, imports }, [...parts.registry, ...(options.seed ?? [])], logger);
  await keepRules({ core, loop, records, rulesFile, logger }, parts);
  const serve = () => servedApi(options, registryParser(core, parts, imports), service, controlToken, https);
  // An outside broker puts out whoever is there under our client id: no start that fails for want of a port shall do that.
  const first = trusting ? await serve() : undefined;
  // Readings need no API: they are taken as soon as registry, rules and inbox stand.
  const heard = { ...(await broker.start()), ...(watches && { watches: await watches.start() }) };
  listens.resolve();
  const { api, http, given } = first ?? (await serve());
  listening.begins();
  sender.outbox.start();
  const housekeeping = startHousekeeping({
    ...inside,
    parts,
    listening,
    broker,
    telemetry,
    ...sender,
    service,
    logger,
  });
  await releaseLeft(service, logger);
  await writeControl(config.dataDir, { pid: process.pid, url: localUrl(http), token: controlToken });
  // Last, because a password that is made here is shown once: nothing may fail after it any more.
  const made = given ?? (await firstAdministrator(options, records));

  return {
    service,
    telemetry,
    core,
    loop,
    api,
    addresses: { ...heard, http },
    administrator: made.created ? { user: made.user, password: made.password } : undefined,
    isNew,
    recovered,
    look: housekeeping.look,
    async stop() {
      await housekeeping.stop();
      await broker.stop();
      await watches?.stop();
      await loop.stop();
      await imports.stop();
      await sender.stop();
      fanOut.close();
      await feed.stop();
      await api.close();
      await checkpoints.complete();
      await archiving?.stop();
      await telemetry.close();
      await records.close();
      await removeControl(config.dataDir);
    },
  };
}

/** The disk, and every certificate that we or an outside broker show. */
async function outerThings({ parts, logger, ...options }: StartOptions, broker: Broker) {
  const { dataDir, http } = parts.loaded.config;
  const https = await HttpsCertificate.of(http.tls, logger);
  return {
    https,
    sinceStart: await ConfigSinceStart.of(parts, logger),
    disk: options.disk ?? (() => diskRoom(dataDir)),
    certificates: (): readonly CertificateInUse[] =>
      [broker.stats().certificate, https?.inUse].filter((each) => each !== undefined),
  };
}

const auditsOf = (
  core: Core,
  records: RecordStore,
  { parts: { channels }, logger, demo = false }: StartOptions,
) => ({
  audit: new TimerAudit(core, logger),
  caseAudit: new CaseAudit(core, records, logger),
  unheard: new UnheardCases({ core, records, channels, logger, demo }),
});

/** Where the machine's clock was set back meanwhile, nothing that is told would be due before it has caught up, and no time limit would pass. */
function goOnFrom(core: Core, clock: Clock, logger: Logger): void {
  if (core.now > clock.now() + CLOCK_BACK_MS_MAX)
    logger.error(
      { lastInput: new Date(core.now).toISOString(), now: new Date(clock.now()).toISOString() },
      'the clock of this machine was set back since the last input: until it has caught up, time limits and rules go at half speed, or, where it is behind by more than a week, by our own time',
    );
  clock.notBefore?.(core.now);
}

/** A core as of the last checkpoint's rule set, so that the journal after it is replayed under the rules it was written under. */
async function makeCore(parts: Parts, records: RecordStore, clock: Clock, logger: Logger): Promise<Core> {
  const { checkpoint } = await records.recover();
  const shared = checkpoint && parseShared(checkpoint.shared);
  const stored = shared ? shared.ruleSet : parts.ruleSet;
  const { entries, late } = await records.registryInParts();
  if (!stored) throw new Error(`the rule file has mistakes:\n${problemText(parts.ruleProblems)}`);
  const registry = Registry.from(entries, late);
  noteRegistryProblems(parts, registry, logger);
  const { ruleSet, lost } = knownRules(stored, parts.kinds);
  if (lost.length > 0)
    logger.error(
      { ruleSet: ruleSet.version, lost: lost.map(({ message }) => message) },
      'rules of the last run are not understood any more and are left out; what they found stays with its cases, for people to resolve',
    );
  return new Core({
    models: parts.models,
    kinds: parts.kinds,
    registry,
    ruleSet,
    ...(shared?.retiredRules ? { retiredRules: shared.retiredRules } : {}),
    policy: parts.policy,
    rosters: parts.rosters,
    channels: new Set(parts.channels.keys()),
    knownAt: clock.now(),
    leftHomes: await loadLeftHomes(records, clock.now()),
    unfiled: true,
    containsFaults: true,
  });
}

/** The registry of the files, on the first start. @throws if it contradicts itself: nothing may be watched half. */
async function takeOver(
  { core, loop, imports }: { readonly core: Core; readonly loop: Loop; readonly imports: WholeImport },
  entries: readonly RegistryEntry[],
  logger: Logger,
): Promise<void> {
  // What a process that was killed had begun to take over goes on.
  await imports.resume();
  if (core.registry.counts.homes > 0 || entries.length === 0) return;
  const reply = await loop.submit({ type: 'registry.apply', put: [...entries], remove: [] }, 'system');
  if (!reply.ok)
    throw new Error(`the registry files contradict themselves: ${JSON.stringify(reply.failure)}`);
  logger.info({ entries: entries.length }, 'the registry of the configuration was taken over');
}

/** Cases of people who left while nobody could release them: looked for once, and a store that does not answer stops no start. */
async function releaseLeft(service: Service, logger: Logger): Promise<void> {
  try {
    for (const { number } of await releaseLeftCases(service))
      logger.warn({ case: number }, 'whoever had this case is gone or barred: people are called again');
  } catch (error) {
    logger.error({ err: error }, 'whether somebody has left who has a case could not be found out');
  }
}

/** @throws where the files are needed, for no home is known */
function noteRegistryProblems({ registryProblems = [] }: Parts, registry: Registry, logger: Logger): void {
  if (registryProblems.length === 0) return;
  if (registry.counts.homes === 0) throw new TextError(configurationWrong(registryProblems));
  const problems = registryProblems.map(formatProblem);
  logger.error({ problems }, 'a registry file has mistakes; the registry of the records stays as it is');
}

/** Puts the rule file in force where it differs from what the last run had. */
async function keepRules(
  inside: Pick<ServiceSources, 'core' | 'loop' | 'records' | 'rulesFile' | 'logger'>,
  { ruleSet, ruleProblems }: Parts,
): Promise<void> {
  const { core, loop, logger } = inside;
  if (!ruleSet) {
    const problems = ruleProblems.map(formatProblem);
    logger.error({ problems }, 'the rule file has mistakes; the rules of the last run stay in force');
    return;
  }
  if (JSON.stringify(core.ruleSet) === JSON.stringify(ruleSet)) return;
  const before = core.ruleSet;
  const reply = await loop.submit({ type: 'rules.replace', ruleSet }, 'system');
  if (!reply.ok) throw new Error(`the rule set was refused: ${JSON.stringify(reply.failure)}`);
  await noteChange(inside, before);
}

/** The watch port, where it is on. */
function makeWatchGateway(parts: Parts, host: GatewayHost, logger: Logger): Gateway | undefined {
  const { port, host: address, publicAddress } = parts.loaded.config.watches;
  if (port === 'off') return undefined;
  return new WatchGateway(
    { host: address, port, ...(publicAddress === undefined ? {} : { publicAddress }) },
    host,
    logger,
  );
}
