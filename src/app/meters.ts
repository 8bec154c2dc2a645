import { Counter, Gauge, Registry } from 'prom-client';
import type { LaneStats } from '../notify/lane.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Broker } from '../ports/broker.ts';
import type { ReceiptDoor } from '../ports/channel-reply.ts';
import type { Gateway } from '../ports/gateway.ts';
import type { RecordStore } from '../ports/records.ts';
import type { OutsideStatus, TelemetryStore } from '../ports/telemetry.ts';
import type { PushSubscriptions } from '../ports/web-push.ts';
import type { Archiving } from './archiving.ts';
import type { CaseAudit } from './case-audit.ts';
import type { ChannelReplies } from './channel-replies.ts';
import type { Core } from './core.ts';
import type { Committed, Loop } from './loop.ts';
import type { Rebirths } from './rebirths.ts';
import type { RosterWatch } from './roster-watch.ts';
import type { TimerAudit } from './timer-audit.ts';

/** What Prometheus sees of the service. Values that stand somewhere already are read when they are asked for. */
export interface Meters {
  readonly registry: Registry;
  committed(batch: Committed): void;
}

export interface MeterSources {
  readonly core: Core;
  readonly loop: Loop;
  readonly broker: Broker;
  /** The watch port, where it is on. */
  readonly watches: Gateway | undefined;
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly audit: Pick<TimerAudit, 'counts'>;
  /** Where an archive is configured. */
  readonly archiving?: Archiving | undefined;
  readonly rosters: Pick<RosterWatch, 'report'>;
  readonly caseAudit: Pick<CaseAudit, 'counts'>;
  readonly rebirths: Pick<Rebirths, 'counts'>;
  readonly outbox: Pick<Outbox, 'stats'>;
  readonly replies: Pick<ChannelReplies, 'counts'>;
  readonly receipts: Pick<ReceiptDoor, 'counts'>;
  readonly webPush: Pick<PushSubscriptions, 'ended'>;
}

export function meters(sources: MeterSources): Meters {
  const registry = new Registry();
  const { core, loop, broker, watches, records, telemetry, outbox } = sources;
  meterEdges(registry, sources);
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    const made = new Gauge({
      name: `shouwang_${name}`,
      help,
      registers: [registry],
      async collect() {
        made.set(await read());
      },
    });
  };
  const count = (name: string, help: string, read: () => number): void =>
    counted(registry, name, help, [], (add) => add({}, read()));
  const alerts = new Counter({
    name: 'shouwang_alerts_total',
    help: 'Alerts by rule and change',
    labelNames: ['rule', 'change'],
    registers: [registry],
  });
  const cases = new Counter({
    name: 'shouwang_cases_opened_total',
    help: 'Cases opened, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  const rejections = new Counter({
    name: 'shouwang_rejections_total',
    help: 'What was not taken, by reason',
    labelNames: ['reason'],
    registers: [registry],
  });
  const notices = new Counter({
    name: 'shouwang_notices_queued_total',
    help: 'Notices queued, by channel',
    labelNames: ['channel'],
    registers: [registry],
  });

  count('messages', 'Messages received since the start', () => loop.counts.messages);
  count('readings', 'Readings decoded since the start', () => loop.counts.readings);
  count('batches', 'Transactions committed since the start', () => loop.counts.batches);
  count('commit_retries', 'Commits that had to be tried again', () => loop.counts.commitRetries);
  gauge('commit_seconds', 'Duration of the last commit', () => loop.lastCommitMs / 1000);
  gauge('inbox_messages', 'Messages that wait for the loop', () => loop.inboxLength);
  gauge('homes', 'Homes in the registry', () => core.registry.counts.homes);
  gauge('devices', 'Devices in the registry', () => core.registry.counts.devices);
  gauge('broker_clients', 'Connected MQTT clients', () => broker.stats().clients);
  count(
    'broker_slow_readers_dropped',
    'MQTT subscribers dropped because they did not keep up',
    () => broker.stats().slowReadersDropped,
  );
  gauge('telemetry_points', 'Readings stored', async () => (await telemetry.stats()).points);
  gauge('telemetry_bytes', 'Size of the telemetry store', async () => (await telemetry.stats()).bytes);
  gauge('outbox_in_flight', 'Notices being sent', () => outbox.stats().inFlight);
  count('outbox_accepted', 'Notices that a provider took since the start', () => outbox.stats().accepted);
  count('outbox_retried', 'Attempts that will be repeated', () => outbox.stats().retried);
  count(
    'outbox_repeated',
    'Notices sent again after a crash, that their provider may have had',
    () => outbox.stats().repeated,
  );
  meterAudits(registry, sources);
  meterOperation(registry, sources);
  meterWatches(registry, watches);
  counted(
    registry,
    'findings_held_back',
    'Findings that a gate kept back since the start, by rule and gate',
    ['rule', 'gate'],
    (add) => {
      for (const [rule, gates] of core.engine.heldBack) for (const [gate, n] of gates) add({ rule, gate }, n);
    },
  );
  meterReasons(registry, sources);
  labelled(
    registry,
    'open_cases',
    'Open cases, by priority',
    'priority',
    async () => (await records.counts([''])).openCases,
  );

  return {
    registry,
    committed({ effects }) {
      for (const effect of effects) {
        if (effect.type === 'alert') alerts.inc({ rule: effect.alert.rule, change: effect.change });
        else if (effect.type === 'case' && effect.change === 'opened') cases.inc({ kind: effect.case.kind });
        else if (effect.type === 'rejection') rejections.inc({ reason: effect.rejection.reason });
        else if (effect.type === 'notice') notices.inc({ channel: effect.notice.channel });
      }
    },
  };
}

/** Who looks after the watching itself, and what they found. */
function meterAudits(
  registry: Registry,
  { audit, caseAudit, rosters }: Pick<MeterSources, 'audit' | 'caseAudit' | 'rosters'>,
): void {
  const count = (name: string, help: string, read: () => number): void =>
    counted(registry, name, help, [], (add) => add({}, read()));
  count('timers_missing', 'Timers of rules that the audit found missing', () => audit.counts.missing);
  count('timer_audit_rounds', 'Rounds of the audit through all homes', () => audit.counts.rounds);
  count('cases_forgotten', 'Cases whose next step was overdue or missing', () => caseAudit.counts.forgotten);
  count('case_audit_rounds', 'Rounds of the audit through all open cases', () => caseAudit.counts.rounds);
  const gaps: Gauge = new Gauge({
    name: 'shouwang_roster_gaps',
    help: 'Times ahead in which nobody on a roster could be called',
    registers: [registry],
    collect: () => {
      gaps.set(rosters.report.gaps.length);
    },
  });
}

function meterEdges(registry: Registry, sources: MeterSources): void {
  meterChannels(registry, sources);
  meterOutside(registry, sources.telemetry);
}

/** What people need to know of each channel: whether it is connected, and when it was last proven to work. */
function meterChannels(registry: Registry, { outbox, replies, receipts, webPush }: MeterSources): void {
  const gauge = (name: string, help: string, read: (of: LaneStats) => number | undefined): void => {
    const made = new Gauge({
      name: `shouwang_channel_${name}`,
      help,
      labelNames: ['channel'],
      registers: [registry],
      collect() {
        made.reset();
        for (const lane of outbox.stats().channels) {
          const value = read(lane);
          if (value !== undefined) made.set({ channel: lane.id }, value);
        }
      },
    });
  };
  const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
  gauge('connected', '1: the connection that the channel keeps is open', ({ session }) =>
    session ? Number(session.connected) : undefined,
  );
  gauge('problem', '1: what was tried last over the channel went wrong', ({ problem }) =>
    Number(problem !== undefined),
  );
  gauge('last_accepted_timestamp_seconds', 'When a provider last took a notice', (of) =>
    seconds(of.lastAcceptedAt),
  );
  gauge('last_delivered_timestamp_seconds', 'When a receipt last said that a notice arrived', (of) =>
    seconds(of.lastDeliveredAt),
  );
  gauge('last_seen_timestamp_seconds', 'When a person last saw or answered a notice', (of) =>
    seconds(of.lastSeenAt),
  );
  counted(
    registry,
    'channel_session_problems',
    'What went wrong with the connection that a channel keeps',
    ['channel', 'problem'],
    (add) => {
      for (const { id: channel, session } of outbox.stats().channels)
        for (const [problem, n] of Object.entries(session?.problems ?? {})) add({ channel, problem }, n);
    },
  );
  counted(
    registry,
    'channel_replies',
    'What came back over channels, by what became of it',
    ['result'],
    (add) => {
      for (const [result, n] of replies.counts) add({ result }, n);
    },
  );
  counted(
    registry,
    'push_subscriptions_ended',
    'Browsers that are not pushed to any more, by reason',
    ['reason'],
    (add) => {
      for (const [reason, n] of webPush.ended) add({ reason }, n);
    },
  );
  counted(
    registry,
    'channel_pushes',
    'What providers of channels pushed, by what became of it',
    ['result'],
    (add) => {
      for (const [result, n] of receipts.counts) add({ result }, n);
    },
  );
  counted(registry, 'notice_updates', 'Changes of notices that were sent, by result', ['result'], (add) => {
    for (const [result, n] of Object.entries(outbox.stats().updates)) add({ result }, n);
  });
}

/** What was not done, or asked for, and why. */
function meterReasons(registry: Registry, { rebirths, broker, outbox }: MeterSources): void {
  const byReason = (name: string, help: string, read: () => Readonly<Record<string, number>>): void =>
    counted(registry, name, help, ['reason'], (add) => {
      for (const [reason, n] of Object.entries(read())) add({ reason }, n);
    });
  byReason(
    'rebirth_requests',
    'Edge nodes of Sparkplug B that were asked to be born again',
    () => rebirths.counts,
  );
  byReason('broker_refused', 'What the broker refused, by reason', () => broker.stats().refused);
  byReason(
    'outbox_failed',
    'Notices that ended without being sent, by reason; withdrawn and merged ones too',
    () => outbox.stats().failed,
  );
}

/** A store of readings outside. Its lines are there also where there is none, so that the list of metrics is one. */
function meterOutside(registry: Registry, telemetry: TelemetryStore): void {
  const status = (): OutsideStatus | undefined => telemetry.outside?.();
  const gauge = (name: string, help: string, read: () => number): void => {
    const made = new Gauge({
      name: `shouwang_outside_${name}`,
      help,
      registers: [registry],
      collect() {
        made.set(read());
      },
    });
  };
  gauge('well', 'Whether the outside store takes readings; 1 where there is none', () =>
    status()?.trouble ? 0 : 1,
  );
  gauge(
    'waiting_readings',
    'Readings and events in the spool that it does not have',
    () => status()?.waiting.points ?? 0,
  );
  gauge('waiting_bytes', 'Size of the spool', () => status()?.waiting.bytes ?? 0);
  gauge('owed_periods', 'Periods that are sent out of the local store', () => status()?.owed.length ?? 0);
  counted(registry, 'outside_sent', 'Readings and events that it was sent since the start', [], (add) =>
    add({}, status()?.sent ?? 0),
  );
  counted(
    registry,
    'outside_set_aside',
    'Readings that it refused for good, by reason',
    ['reason'],
    (add) => {
      for (const [reason, n] of Object.entries(status()?.setAside ?? {})) add({ reason }, n);
    },
  );
  counted(
    registry,
    'outside_given_up',
    'Readings given up before it had them, by reason',
    ['reason'],
    (add) => {
      for (const [reason, n] of Object.entries(status()?.givenUp ?? {})) add({ reason }, n);
    },
  );
}

/** What only larger installations have: their lines are there all the same, so that the list of metrics is one. */
function meterOperation(registry: Registry, { broker, archiving }: MeterSources): void {
  const reaches = new Gauge({
    name: 'shouwang_archive_reaches_seconds',
    help: 'Epoch second up to which the archive holds everything; 0: there is none',
    registers: [registry],
    collect() {
      reaches.set(Math.floor((archiving?.status().reaches ?? 0) / 1000));
    },
  });
  const handedOn = 'Messages of homes that another service of the shared group watches over, handed on';
  counted(registry, 'broker_handed_on', handedOn, [], (add) => add({}, broker.stats().handedOn ?? 0));
}

function meterWatches(registry: Registry, watches: Gateway | undefined): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const made = new Gauge({
      name: `shouwang_watches_${name}`,
      help,
      registers: [registry],
      collect() {
        made.set(read());
      },
    });
  };
  gauge('connections', 'Connections to the watch port', () => watches?.stats().connections ?? 0);
  gauge('devices', 'Watches that are connected', () => watches?.stats().devices ?? 0);
  counted(registry, 'watches_frames', 'Frames of watches received since the start', [], (add) =>
    add({}, watches?.stats().received ?? 0),
  );
  counted(registry, 'watches_refused', 'What the watch port refused, by reason', ['reason'], (add) => {
    for (const [reason, n] of Object.entries(watches?.stats().refused ?? {})) add({ reason }, n);
  });
  counted(registry, 'watches_commands', 'Commands for watches, by what became of them', ['result'], (add) => {
    for (const [result, n] of Object.entries(watches?.stats().commands ?? {})) add({ result }, n);
  });
}

/** A count that stands somewhere already, since the start of the process: read when it is asked for. */
function counted(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: (add: (labels: Readonly<Record<string, string>>, n: number) => void) => void,
): void {
  const made = new Counter({
    name: `shouwang_${name}_total`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      made.reset();
      read((labels, n) => made.inc(labels, n));
    },
  });
}

function labelled(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
): void {
  const made = new Gauge({
    name: `shouwang_${name}`,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const [key, value] of Object.entries(await read())) made.set({ [label]: key }, value);
    },
  });
}
