import { duration } from '../lib/progress.ts';
import type { Text } from '../model/text.ts';
import type { HealthCheck } from '../ports/service.ts';
import type { Core } from './core.ts';

const LAG_MS_MAX = 10_000;

/**
 * Whether the clock of the rules goes with the machine's, for whoever has to decide what to do about it.
 *
 * @param lagMs how far it is behind; negative: ahead
 */
export function ruleClockCheck(lagMs: number, { now, behind }: Pick<Core, 'now' | 'behind'>): HealthCheck {
  const lag = Math.round(lagMs);
  const ok = Math.abs(lagMs) < LAG_MS_MAX;
  if (lag < 0) return { ok, detail: ok ? slightlyAhead(-lag) : ahead(-lag) };
  if (ok) return { ok, detail: { zh: `落后 ${lag} 毫秒`, en: `${lag} ms behind` } };
  return { ok, detail: behind ? workingOff(lag, now) : late(lag, now) };
}

/** The machine's clock was set back. Until it has caught up, timers are late and nothing counts as fresh. */
const ahead = (lag: number): Text => ({
  zh: `比本机时钟快 ${spanZh(lag)}：本机时钟被调回，或此前走快过。请核对本机时钟（NTP）`,
  en: `${span(lag)} ahead of the machine: its clock was set back, or had gone ahead before. Compare the clock of the machine (NTP)`,
});

/** As servers of time move a clock. */
const slightlyAhead = (lag: number): Text => ({
  zh: `比本机时钟快 ${lag} 毫秒`,
  en: `${lag} ms ahead of the machine`,
});

/** After a long stop, or where very many came due at once. Whoever restarts it then begins that anew. */
const workingOff = (lag: number, now: number): Text => ({
  zh: `正在逐一补做停机或积压期间到期的事，已做到 ${instant(now)}，还差 ${spanZh(lag)}：新来的呼救照常受理，其他告警可能晚到。做完自行恢复，请勿重启`,
  en: `what came due while the service was away, or all at once, is being worked off: done up to ${instant(now)}, ${span(lag)} are left. Calls for help that come now are taken as ever, other alerts may be late. It ends by itself; do not restart it`,
});

const late = (lag: number, now: number): Text => ({
  zh: `规则停在 ${instant(now)}，已晚 ${spanZh(lag)}，到期的告警要等它：多半是记录库写得慢（见 records），或正在导入一大批住户，写完自行恢复；长时间不恢复请检查磁盘、PostgreSQL 和处理器`,
  en: `the rules stand at ${instant(now)}, ${span(lag)} late, and alerts that are due wait for them: most likely the records are slow (see records) or a large import is being written, and it ends by itself; where it does not, look at disk, PostgreSQL and processor`,
});

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const span = (ms: number): string => duration(ms / 1_000);
const spanZh = (ms: number): string => duration(ms / 1_000, '秒', '分', '小时');
