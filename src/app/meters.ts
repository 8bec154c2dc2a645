import type { Registry } from 'prom-client';
import type { LaneStats } from '../notify/lane.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Broker, CertificateInUse } from '../ports/broker.ts';
import type { ReceiptDoor } from '../ports/channel-reply.ts';
import type { Gateway } from '../ports/gateway.ts';
import type { HomeDoor } from '../ports/home-door.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Health, HealthCheck } from '../ports/service.ts';
import type { OutsideStatus, TelemetryStore } from '../ports/telemetry.ts';
import type { PushSubscriptions } from '../ports/web-push.ts';
import type { AlertTopics } from './alert-topics.ts';
import type { Archiving } from './archiving.ts';
import type { CaseAudit } from './case-audit.ts';
import type { ChannelReplies } from './channel-replies.ts';
import type { Core } from './core.ts';
import type { DiskRoom } from './disk-room.ts';
import type { Loop } from './loop.ts';
import type { Committed } from './loop-options.ts';
import { meterRecords } from './meter-records.ts';
import { MetricSet } from './metric-set.ts';
import type { Rebirths } from './rebirths.ts';
import type { RosterWatch } from './roster-watch.ts';
import type { TimerAudit } from './timer-audit.ts';
import type { UnheardCases } from './unheard-cases.ts';

/** What Prometheus sees of the service. Values that stand somewhere already are read when they are asked for. */
export interface Meters {
  readonly registry: Registry;
  committed(batch: Committed): void;
}

export interface MeterSources {
  readonly core: Core;
  readonly loop: Loop;
  readonly broker: Broker;
  readonly alerts: Pick<AlertTopics, 'waiting' | 'givenUp'>;
  /** Those that devices and people are shown, or that an outside broker shows us. */
  readonly certificates: () => readonly CertificateInUse[];
  /** The watch port, where it is on. */
  readonly watches: Gateway | undefined;
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly audit: Pick<TimerAudit, 'counts'>;
  /** Where an archive is configured. */
  readonly archiving?: Archiving | undefined;
  readonly rosters: Pick<RosterWatch, 'report'>;
  readonly caseAudit: Pick<CaseAudit, 'counts'>;
  readonly unheard: Pick<UnheardCases, 'now'>;
  readonly rebirths: Pick<Rebirths, 'counts'>;
  readonly outbox: Pick<Outbox, 'stats'>;
  readonly replies: Pick<ChannelReplies, 'counts'>;
  readonly receipts: Pick<ReceiptDoor, 'counts'>;
  readonly webPush: Pick<PushSubscriptions, 'ended'>;
  readonly homeDoor: Pick<HomeDoor, 'refused'>;
  readonly health: () => Health;
  readonly disk: () => DiskRoom | undefined;
}

export function meters(sources: MeterSources): Meters {
  const set = new MetricSet();
  meterChannels(set, sources);
  meterOutside(set, sources);
  const alerts = set.counter(['rule', 'change'], 'alerts', 'Alerts by rule and change');
  const cases = set.counter(['kind'], 'cases_opened', 'Cases opened, by kind');
  const rejections = set.counter(['reason'], 'rejections', 'What was not taken, by reason');
  const notices = set.counter(['channel'], 'notices_queued', 'Notices queued, by channel');
  const tests = set.counter(['state'], 'call_tests', 'Tests of calls for help, by what became of them');
  meterLoop(set, sources);
  meterOutbox(set, sources);
  meterAudits(set, sources);
  meterOperation(set, sources);
  meterWatches(set, sources);
  meterReasons(set, sources);
  meterRecords(set, sources);
  meterHealth(set, sources);

  return {
    registry: set.registry,
    committed({ effects }) {
      for (const effect of effects) {
        if (effect.type === 'alert') alerts.inc({ rule: effect.alert.rule, change: effect.change });
        else if (effect.type === 'case' && effect.change === 'opened') cases.inc({ kind: effect.case.kind });
        else if (effect.type === 'rejection') rejections.inc({ reason: effect.rejection.reason });
        else if (effect.type === 'notice') notices.inc({ channel: effect.notice.channel });
        else if (effect.type === 'call-test')
          tests.inc({ state: effect.test.real ? 'real' : effect.test.state });
      }
    },
  };
}

/** What /readyz says, for whoever has a Prometheus and asks nothing else. */
function meterHealth(set: MetricSet, { health, disk }: MeterSources): void {
  set.gauge('ready', '1: /readyz answers 200', () => Number(health().ready));
  const each = (read: (check: HealthCheck) => boolean | undefined): (readonly [string, number])[] =>
    Object.entries(health().checks).map(([name, check]) => [name, Number(read(check) ?? false)] as const);
  const well = '1: this check of /readyz is ok, perhaps with a warning (shouwang_check_warns); 0: it is not';
  set.gaugeBy('check', 'check_well', well, () => each(({ ok }) => ok));
  const warns = '1: this check of /readyz warns: it does its work, and an operator should look by day';
  set.gaugeBy('check', 'check_warns', warns, () => each(({ warning }) => warning));
  set.gauge('disk_free_bytes', 'Free on the disk of the data', () => disk()?.free ?? 0);
  set.gauge('disk_size_bytes', 'Size of the disk of the data', () => disk()?.total ?? 0);
}

function meterLoop(set: MetricSet, { core, loop, broker, telemetry }: MeterSources): void {
  set.count('messages', 'Messages received since the start', () => loop.counts.messages);
  set.count('readings', 'Readings decoded since the start', () => loop.counts.readings);
  set.count('batches', 'Transactions committed since the start', () => loop.counts.batches);
  set.count('commit_retries', 'Commits that had to be tried again', () => loop.counts.commitRetries);
  set.gauge('commit_seconds', 'Duration of the last commit', () => loop.lastCommitMs / 1000);
  set.gauge('inbox_messages', 'Messages that wait for the loop', () => loop.inboxLength);
  set.gauge('inbox_bytes', 'Bytes of the messages that wait for the loop', () => loop.inbox.bytes);
  set.gauge('homes', 'Homes in the registry', () => core.registry.counts.homes);
  set.gauge('devices', 'Devices in the registry', () => core.registry.counts.devices);
  set.gauge('broker_clients', 'Connected MQTT clients', () => broker.stats().clients);
  set.count(
    'broker_slow_readers_dropped',
    'MQTT subscribers dropped because they did not keep up',
    () => broker.stats().slowReadersDropped,
  );
  set.gauge('telemetry_points', 'Readings stored', async () => (await telemetry.stats()).points);
  set.gauge('telemetry_bytes', 'Size of the telemetry store', async () => (await telemetry.stats()).bytes);
}

function meterOutbox(set: MetricSet, { outbox }: MeterSources): void {
  set.gauge('outbox_in_flight', 'Notices being sent', () => outbox.stats().inFlight);
  set.count('outbox_accepted', 'Notices that a provider took since the start', () => outbox.stats().accepted);
  set.count('outbox_retried', 'Attempts that will be repeated', () => outbox.stats().retried);
  set.count(
    'outbox_repeated',
    'Notices sent again after a crash, that their provider may have had',
    () => outbox.stats().repeated,
  );
}

/** Who looks after the watching itself, and what they found. */
function meterAudits(set: MetricSet, { core, audit, caseAudit, unheard, rosters }: MeterSources): void {
  const nobody = 'P1 and P2 that nobody has taken, and of which no notice has reached anybody';
  set.gauge('cases_unheard', nobody, () => unheard.now.count);
  set.count('timers_missing', 'Timers of rules that the audit found missing', () => audit.counts.missing);
  set.count(
    'timers_put_off',
    'Timers that stayed due though they had fired, each time one was put off',
    () => core.putOffs.count,
  );
  const failed = 'How often a rule failed in a home, gateway or area, and began anew there, by rule';
  set.countBy('rule', 'rule_faults', failed, () => Object.fromEntries(core.engine.faults.counts));
  set.count('timer_audit_rounds', 'Rounds of the audit through all homes', () => audit.counts.rounds);
  set.count(
    'cases_forgotten',
    'Cases whose next step was overdue or missing',
    () => caseAudit.counts.forgotten,
  );
  set.count('case_audit_rounds', 'Rounds of the audit through all open cases', () => caseAudit.counts.rounds);
  set.gauge(
    'roster_gaps',
    'Times ahead in which nobody on a roster could be called',
    () => rosters.report.gaps.length,
  );
}

/** What people need to know of each channel: whether it is connected, and when it was last proven to work. */
function meterChannels(set: MetricSet, sources: MeterSources): void {
  const { outbox, replies, receipts, webPush, homeDoor } = sources;
  const gauge = (name: string, help: string, read: (of: LaneStats) => number | undefined): void =>
    set.gaugeBy('channel', `channel_${name}`, help, () =>
      outbox.stats().channels.flatMap((lane) => {
        const value = read(lane);
        return value === undefined ? [] : [[lane.id, value] as const];
      }),
    );
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
  set.counts(
    ['channel', 'problem'],
    'channel_session_problems',
    'What went wrong with the connection that a channel keeps',
    (add) => {
      for (const { id: channel, session } of outbox.stats().channels)
        for (const [problem, n] of Object.entries(session?.problems ?? {})) add({ channel, problem }, n);
    },
  );
  const came = 'What came back over channels, by what became of it';
  set.countBy('result', 'channel_replies', came, () => replies.counts);
  const ended = 'Browsers that are not pushed to any more, by reason';
  set.countBy('reason', 'push_subscriptions_ended', ended, () => webPush.ended);
  const pushed = 'What providers of channels pushed, by what became of it';
  set.countBy('result', 'channel_pushes', pushed, () => receipts.counts);
  const refused = 'What was not done over personal links of a home, by reason';
  set.countBy('reason', 'home_links_refused', refused, () => homeDoor.refused);
  const changed = 'Changes of notices that were sent, by result';
  set.countBy('result', 'notice_updates', changed, () => ({ ...outbox.stats().updates }));
}

/** What was not done, or asked for, and why. */
function meterReasons(set: MetricSet, { core, rebirths, broker, outbox }: MeterSources): void {
  set.counts(
    ['rule', 'gate'],
    'findings_held_back',
    'Findings that a gate kept back since the start, by rule and gate',
    (add) => {
      for (const [rule, gates] of core.engine.heldBack) for (const [gate, n] of gates) add({ rule, gate }, n);
    },
  );
  const asked = 'Edge nodes of Sparkplug B that were asked to be born again';
  set.countBy('reason', 'rebirth_requests', asked, () => rebirths.counts);
  set.countBy('reason', 'broker_refused', 'What the broker refused, by reason', () => broker.stats().refused);
  const unsent = 'Notices that ended without being sent, by reason; withdrawn and merged ones too';
  set.countBy('reason', 'outbox_failed', unsent, () => outbox.stats().failed);
}

/** A store of readings outside. Its lines are there also where there is none, so that the list of metrics is one. */
function meterOutside(set: MetricSet, { telemetry }: MeterSources): void {
  const status = (): OutsideStatus | undefined => telemetry.outside?.();
  const gauge = (name: string, help: string, read: (of?: OutsideStatus) => number): void =>
    set.gauge(`outside_${name}`, help, () => read(status()));
  gauge('well', 'Whether the outside store takes readings; 1 where there is none', (of) =>
    of?.trouble ? 0 : 1,
  );
  const waiting = 'Readings and events in the spool that it does not have';
  gauge('waiting_readings', waiting, (of) => of?.waiting.points ?? 0);
  gauge('waiting_bytes', 'Size of the spool', (of) => of?.waiting.bytes ?? 0);
  gauge('owed_periods', 'Periods that are sent out of the local store', (of) => of?.owed.length ?? 0);
  set.count(
    'outside_sent',
    'Readings and events that it was sent since the start',
    () => status()?.sent ?? 0,
  );
  const refused = 'Readings that it refused for good, by reason';
  set.countBy('reason', 'outside_set_aside', refused, () => status()?.setAside ?? {});
  const lost = 'Readings given up before it had them, by reason';
  set.countBy('reason', 'outside_given_up', lost, () => status()?.givenUp ?? {});
}

/** What only larger installations have: their lines are there all the same, so that the list of metrics is one. */
function meterOperation(set: MetricSet, { broker, alerts, archiving, certificates }: MeterSources): void {
  const ends =
    'Epoch second at which the first of our certificates ends: that of the ports of devices, of the console, or of an outside broker; 0: none is in use';
  set.gauge('certificate_ends_timestamp_seconds', ends, () =>
    Math.floor(certificates().reduce((first, { endsAt }) => Math.min(first || endsAt, endsAt), 0) / 1000),
  );
  const reaches = 'Epoch second up to which the archive holds everything; 0: there is none';
  set.gauge('archive_reaches_seconds', reaches, () => Math.floor((archiving?.status().reaches ?? 0) / 1000));
  const sessionsLost =
    'How often an outside broker no longer had our session, and what waited in it, when we came back';
  set.count('broker_sessions_lost', sessionsLost, () => broker.stats().sessionsLost ?? 0);
  const handedOn = 'Messages of homes that another service of the shared group watches over, handed on';
  set.count('broker_handed_on', handedOn, () => broker.stats().handedOn ?? 0);
  const unsaid = 'Alerts whose last change an outside broker has not taken yet: it is said again';
  set.gauge('alerts_unpublished', unsaid, () => alerts.waiting);
  const givenUp =
    'Alerts given up before an outside broker took their last change: more waited than can be kept';
  set.count('alerts_given_up', givenUp, () => alerts.givenUp);
}

function meterWatches(set: MetricSet, { watches }: MeterSources): void {
  set.gauge('watches_connections', 'Connections to the watch port', () => watches?.stats().connections ?? 0);
  set.gauge('watches_devices', 'Watches that are connected', () => watches?.stats().devices ?? 0);
  const frames = 'Frames of watches received since the start';
  set.count('watches_frames', frames, () => watches?.stats().received ?? 0);
  const refused = 'What the watch port refused, by reason';
  set.countBy('reason', 'watches_refused', refused, () => watches?.stats().refused ?? {});
  const commands = 'Commands for watches, by what became of them';
  set.countBy('result', 'watches_commands', commands, () => watches?.stats().commands ?? {});
}
