import type { LIMITS } from '../model/limits.ts';
import { OUTSIDE_TROUBLES } from '../model/outside-store.ts';
import { chineseOfMessage } from '../model/system-words.ts';
import { many, type Text } from '../model/text.ts';
import type { Health } from '../ports/service.ts';
import { ruleSetName } from '../rules/content.ts';
import type { Archiving } from './archiving.ts';
import { blindSpotsOf, listed, NO_BLIND_SPOT } from './blind-spots.ts';
import { certificateCheck } from './certificate-end.ts';
import { clockText } from './clock-witness.ts';
import { CHANGED_SINCE_START } from './config-since-start.ts';
import { isDiskLow, roomText } from './disk-room.ts';
import { faultyRules, faultyRulesText } from './faulty-rules.ts';
import { ruleClockCheck } from './rule-clock-check.ts';
import { sameVersion } from './rule-file.ts';
import { ruleClockLagMs } from './self-watch.ts';
import type { ServiceSources } from './service.ts';
import { silencedSpots } from './silenced-people.ts';
import { inNeedText } from './uncommitted.ts';
import { unheardText } from './unheard-cases.ts';

type Check = Health['checks'][string];

/** A fuller inbox, or rules further behind: an operator should know that the loop does not keep up. */
const INBOX_SHARE_MAX = 0.9;

/** What /readyz says, for whoever decides on restarts and for whoever reads why. */
export function healthOf(sources: ServiceSources): Health {
  const checks = { ...work(sources), ...audits(sources) };
  const ready = Object.values(checks).every(({ ok }) => ok);
  const { archiving, clock } = sources;
  const archive = archiving && archiveCheck(archiving, clock.now());
  const certificate = certificateCheck(sources.certificates(), clock.now());
  const slow = sources.clockWitness.slow(clock.now());
  const fast = sources.clockWitness.fast(clock.now());
  return {
    live: true,
    ready,
    checks: {
      ...checks,
      ...toldCheck(sources),
      ...attendance(sources),
      ...ruleFaults(sources),
      ...configuration(sources),
      rules: rulesCheck(sources),
      blindSpots: blindSpotsCheck(sources),
      ...outsideHealth(sources),
      ...unwritten(sources.checkpoints.telemetryTrouble),
      ...watchesHealth(sources),
      ...diskHealth(sources),
      ...(slow && { clock: { ok: false, detail: clockText(slow, 'slow') } }),
      ...(fast && { clock: { ok: false, detail: clockText(fast, 'fast') } }),
      ...(archive && { archive }),
      ...(certificate && { certificate }),
    },
  };
}

/** That nobody was watched a while ago stands beside what is so now, as long as its case does. */
function attendance({ core: { service } }: ServiceSources): Record<string, Check> {
  const detail = service.findings['unattended']?.open?.evidence.text;
  return detail ? { attendance: { ok: true, warning: true, detail } } : {};
}

/** Everybody else is watched, and so are these homes by other rules: whoever restarts a service for it gains nothing. */
function ruleFaults({ core }: ServiceSources): Record<string, Check> {
  const detail = faultyRulesText(faultyRules(core));
  return detail ? { ruleFaults: { ok: true, warning: true, detail } } : {};
}

/** Rules are read again by themselves; what stands in the other files is in force after a restart alone. */
function configuration({ sinceStart }: ServiceSources): Record<string, Check> {
  const names = sinceStart.changed();
  if (names.length === 0) return {};
  return { configuration: { ok: true, warning: true, detail: CHANGED_SINCE_START(names) } };
}

/** Good rules are in force all the same: this is for the operator, not for whoever restarts services. */
function rulesCheck({ core: { ruleSet }, rulesFile: { problem, earlier } }: ServiceSources): Check {
  if (problem !== undefined) return { ok: false, detail: problem };
  if (earlier !== undefined) return { ok: true, warning: true, detail: sameVersion(ruleSet, earlier) };
  const name = ruleSetName(ruleSet);
  return { ok: true, detail: { zh: `规则集 ${name}`, en: `rule set ${name}` } };
}

/** Neither is wrong by itself; together nobody would hear of somebody who needs help. */
function blindSpotsCheck({ core, reach, clock }: ServiceSources): Check {
  const spots = blindSpotsOf(core, reach.homes).map(({ text }) => text);
  spots.push(...silencedSpots(core, clock.now()));
  if (spots.length > 0) return { ok: true, warning: true, detail: listed(spots) };
  return { ok: true, detail: NO_BLIND_SPOT };
}

function work({ loop, broker, core, clock, records: store }: ServiceSources): Record<string, Check> {
  const lag = ruleClockLagMs(core, clock);
  const { connected, clients, trouble: away, unheard = [], crowded, full } = broker.stats();
  const trouble = loop.uncommitted.why ?? store.trouble();
  const inNeed = inNeedText(loop.uncommitted.homes);
  const took = loop.lastCommitMs.toFixed(1);
  const { inboxLength: length, inbox } = loop;
  const { max, filled } = inbox;
  return {
    records: {
      ok: trouble === undefined,
      detail:
        trouble === undefined
          ? { zh: `最近一次提交用时 ${took} 毫秒`, en: `last commit took ${took} ms` }
          : { zh: `无法写入：${chineseOfMessage(trouble)}${inNeed.zh}`, en: `${trouble}${inNeed.en}` },
    },
    broker: {
      ok: connected,
      ...((unheard.length > 0 || crowded || full) && { warning: true }),
      detail: !connected
        ? { zh: `未连接${away ? `：${away.zh}` : ''}`, en: `not connected${away ? `: ${away.en}` : ''}` }
        : full
          ? noPlace(full, 'connectionsPerAddressMax')
          : unheard.length > 0
            ? notHeard(unheard)
            : crowded
              ? knocking(crowded)
              : { zh: `${clients} 个客户端在线`, en: many(clients, 'client', 'clients') },
    },
    inbox: {
      ok: filled < INBOX_SHARE_MAX,
      detail: { zh: `${length} 条报文在等待，上限 ${max} 条`, en: `${length} of ${max} messages wait` },
    },
    ruleClock: ruleClockCheck(lag, core),
  };
}

/** Somebody may call for help behind it, and be heard by nobody. */
const noPlace = (
  { address, refused }: { readonly address: string; readonly refused: number },
  limit: keyof typeof LIMITS,
): Text => ({
  zh: `最近十分钟内，因连接已满，${address} 等处已登记的设备被拒绝了 ${refused} 次，它们的呼救听不到：请调大 limits.${limit}（同一 NAT、代理或 Docker 网桥之后的设备都算一个地址）`,
  en: `within ten minutes devices that are enrolled were refused ${refused === 1 ? 'once' : `${refused} times`}, the last from ${address}, because there were as many connections as may be: calls for help of them are not heard. Raise limits.${limit} (all devices behind one NAT, proxy or Docker bridge have one address)`,
});

/** Those who come with their secret are let in all the same; a slow network may bring some too late. */
const knocking = ({ address, dropped }: { readonly address: string; readonly dropped: number }): Text => ({
  zh: `最近十分钟内，${address} 等处的连接过多而不登录，已断开 ${dropped} 个。凭密钥登录的设备不受限，但网络慢的可能要多试几次：请在防火墙处查看该地址`,
  en: `within ten minutes ${dropped} connections were dropped that said nothing, the last from ${address}. Devices with their secret are let in all the same, over a slow network perhaps after some tries: look at that address at your firewall`,
});

/** Readings come all the same. Who calls for help under a topic that is none of its model is not heard. */
const notHeard = (filters: readonly string[]): Text => ({
  zh: `对方不允许订阅 ${filters.join('、')}：设备若在其他主题呼救，本服务听不到`,
  en: `it does not let us subscribe to ${filters.join(', ')}: a device that calls for help under another topic than its own is not heard`,
});

/** The port for watches is named only where something is wrong. */
function watchesHealth({ watches }: ServiceSources): Record<string, Check> {
  const full = watches?.stats().full;
  if (!full) return {};
  return { watches: { ok: true, warning: true, detail: noPlace(full, 'watchConnectionsPerAddressMax') } };
}

/** What cannot be said over a channel any more. The service itself is well: to restart it would help nobody. */
function toldCheck({ unheard: { now } }: ServiceSources): Record<string, Check> {
  if (now.count === 0) return {};
  const detail = unheardText(now);
  return { told: now.grave ? { ok: false, detail } : { ok: true, warning: true, detail } };
}

function audits({ core, audit, caseAudit }: ServiceSources): Record<string, Check> {
  const [timers, cases] = [audit.counts, caseAudit.counts];
  const stuck = core.putOffs.still(core).count;
  return {
    timers: {
      ok: audit.lastFound.length === 0,
      ...(stuck > 0 && { warning: true }),
      detail: {
        zh: `已巡检全部住户 ${timers.rounds} 轮，漏掉的定时 ${timers.missing} 个${stuck > 0 ? `；${stuck} 处的规则反复触发，已限为每分钟一次` : ''}`,
        en: `${timers.missing} missing in ${timers.rounds} rounds through all homes${stuck > 0 ? `; what fires without end is held to once a minute in ${stuck}` : ''}`,
      },
    },
    cases: {
      ok: caseAudit.lastFound.length === 0,
      detail: {
        zh: `已巡检全部未结事项 ${cases.rounds} 轮，漏掉的 ${cases.forgotten} 件`,
        en: `${cases.forgotten} forgotten in ${cases.rounds} rounds through all open cases`,
      },
    },
  };
}

/** The store of readings outside: whoever watches people does not need it, but an operator must know. */
function outsideHealth({ telemetry }: ServiceSources): Record<string, Check> {
  const status = telemetry.outside?.();
  if (!status) return elsewhere(telemetry.localFrom?.() ?? Number.NEGATIVE_INFINITY);
  const { trouble, waiting, kind, owed } = status;
  const isOwed = owed.length > 0;
  const rest: Text = {
    zh: `${waiting.points} 条读数待发送${isOwed ? '，本地库中还有更多' : ''}`,
    en: `${many(waiting.points, 'reading waits', 'readings wait')}${isOwed ? ', and more in the local store' : ''}`,
  };
  if (!trouble)
    return { readings: { ok: true, detail: { zh: `${kind}：${rest.zh}`, en: `${kind}: ${rest.en}` } } };
  const { zh, en } = OUTSIDE_TROUBLES[trouble.code];
  const detail = {
    zh: `${kind}：${zh}（${trouble.detail}）；${rest.zh}`,
    en: `${kind}: ${en} (${trouble.detail}); ${rest.en}`,
  };
  return { readings: { ok: false, detail } };
}

/** People are watched all the same; but what is not written waits in memory and on the disk of the records, and grows. */
function unwritten(trouble: string | undefined): Record<string, Check> {
  if (trouble === undefined) return {};
  const detail = {
    zh: `本机读数库无法写入：${chineseOfMessage(trouble)}；读数留在内存和记录库中，会不断增多，请尽快处理`,
    en: `the readings cannot be written here: ${trouble}; they stay in memory and in the records, and grow there until they can`,
  };
  return { readings: { ok: false, detail } };
}

/** Nobody is watched less for it; but what is not here must not look as if it had never been. */
function elsewhere(localFrom: number): Record<string, Check> {
  return Number.isFinite(localFrom)
    ? { readings: { ok: true, warning: true, detail: readingsElsewhere(localFrom) } }
    : {};
}

/** It works as yet: somebody has to make room before the disk is full, and nothing is acknowledged any more. */
function diskHealth({ parts, disk }: ServiceSources): Record<string, Check> {
  const room = disk();
  if (!room || !isDiskLow(room)) return {};
  return { disk: { ok: false, detail: roomText(parts.loaded.config.dataDir, room) } };
}

export function readingsElsewhere(localFrom: number): Text {
  const since = new Date(localFrom).toISOString();
  return {
    zh: `${since} 以前的读数在外部数据库中，而配置中已没有外部数据库`,
    en: `readings of before ${since} are with a store outside, and the configuration names none`,
  };
}

/** An archive that stands still harms nobody who lives alone today: it is told, and nothing is restarted for it. */
function archiveCheck(archiving: Archiving, now: number): Check {
  const { reaches, trouble } = archiving.status();
  const until = reaches === undefined ? undefined : new Date(reaches).toISOString();
  const upTo: Text =
    until === undefined
      ? { zh: '尚无内容', en: 'holds nothing' }
      : { zh: `到 ${until} 为止`, en: `reaches ${until}` };
  const ok = reaches !== undefined && now - reaches <= archiving.lateMs;
  if (trouble === undefined) return { ok, detail: upTo };
  // It goes on for now, and an operator should look.
  return {
    ok,
    ...(ok && { warning: true }),
    detail: { zh: `${upTo.zh}；${chineseOfMessage(trouble)}`, en: `${upTo.en}; ${trouble}` },
  };
}
