import { shortLocal } from '../lib/local-time.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import { holdsCalls, isSilenceActive, type Silence } from '../model/silence.ts';
import type { Text } from '../model/text.ts';
import type { Core } from './core.ts';
import type { ServiceFindingState } from './service-finding.ts';

/**
 * Silences that hold back what is said of people: calls for help, or all that is milder. Over a channel alone the others are
 * asked and the fallback hears, so nobody is left untold.
 */
function holding(core: Core, calls: boolean, now: number): Silence[] {
  return core.service.silences.filter((one) => {
    if (!isSilenceActive(one, now) || holdsCalls(one) !== calls) return false;
    return calls || one.channel === undefined;
  });
}

/**
 * That people are not told is itself told, to others than whoever wanted it so. The figures are those of the silence that
 * began last, and the key is its instant: one more is news, the end of one is none.
 */
export function silencedFact(
  core: Core,
  calls: boolean,
  known: ServiceFindingState | undefined,
  now: number,
): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
  const found = holding(core, calls, now);
  const last = found.reduce<Silence | undefined>(
    (newest, one) => (newest && newest.from > one.from ? newest : one),
    undefined,
  );
  if (!last) return undefined;
  const before = Number(known?.open?.evidence.values['key'] ?? known?.key ?? 0);
  const where = scopeOf(core, last);
  return {
    since: last.from,
    values: {
      whereZh: where.zh,
      whereEn: where.en,
      by: last.by,
      reason: [last.reason, last.includesP1].filter(Boolean).join('；'),
      until: shortLocal(last.until, core.registry.timeZone(pathOf(core, last))),
      count: found.length,
      key: String(Math.max(before, last.from)),
      ends: Math.max(...found.map(({ until }) => until)),
    },
  };
}

/** While calls for help are held back, nobody says that all is well. */
export function silencedSpots(core: Core, now: number): Text[] {
  return holding(core, true, now).map((one) => {
    const { zh, en } = scopeOf(core, one);
    const until = shortLocal(one.until, core.registry.timeZone(pathOf(core, one)));
    return {
      zh: `${zh}：呼救也不通知任何人，至 ${until}（${one.by}：${one.reason}）`,
      en: `${en}: not even calls for help are told, until ${until} (${one.by}: ${one.reason})`,
    };
  });
}

const pathOf = ({ registry }: Core, { node, home }: Silence): string =>
  (home === undefined ? node : registry.homePath(home)) ?? '';

/** Which homes, rule or channel; without who lives there, for it is told to everybody who looks after the service. */
function scopeOf({ registry }: Core, { node, home, rule, channel }: Silence): Text {
  const place = home === undefined ? undefined : registry.spot(home);
  const area = node === undefined ? undefined : (registry.node(node)?.name ?? node);
  const parts: (Text | undefined)[] = [
    area === undefined ? undefined : { zh: area, en: area },
    place,
    rule === undefined ? undefined : { zh: `规则 ${rule}`, en: `rule ${rule}` },
    channel === undefined ? undefined : { zh: `渠道 ${channel}`, en: `channel ${channel}` },
  ];
  const named = parts.filter((part) => part !== undefined);
  return { zh: named.map(({ zh }) => zh).join('，'), en: named.map(({ en }) => en).join(', ') };
}
