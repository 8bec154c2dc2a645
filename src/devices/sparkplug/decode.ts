import { LIMITS } from '../../model/limits.ts';
import { DESCRIBED_METRICS, takeProperty } from '../home/described.ts';
import { metricOf } from '../home/properties.ts';
import type { Take } from '../take.ts';
import { type SparkplugMetric, type SparkplugPayload, sparkplugPayload } from './payload.ts';

/** What is kept of a birth certificate: by alias, the name, the type and the unit of a metric. */
type Birth = Readonly<Record<string, readonly [name: string, datatype: number, unit: string]>>;

/** Metrics of the session itself: nothing that anybody measured. */
const OF_THE_SESSION = /^(bdSeq|Node Control\/|Device Control\/|Node Info\/)/;

/** NBIRTH and DBIRTH say all that there is, and under which alias it will come; NDATA and DDATA say what has changed. */
export function takeSparkplug(bytes: Uint8Array, take: Take): void {
  const payload = sparkplugPayload(bytes);
  const verb = take.context.topic?.split('/')[2] ?? '';
  const isBirth = verb.endsWith('BIRTH');
  if (isBirth) take.announce(certificate(payload, take));
  takeMetrics(payload, isBirth ? {} : birthOf(take.context.announced), take);
}

function takeMetrics({ metrics, timestamp }: SparkplugPayload, birth: Birth, take: Take): void {
  const unknown: string[] = [];
  const nameless: number[] = [];
  let useful = 0;
  for (const metric of metrics) {
    const born = metric.alias === undefined ? undefined : birth[metric.alias];
    const name = metric.name ?? (agrees(metric, born) ? born?.[0] : undefined);
    if (name === undefined) {
      nameless.push(metric.alias ?? -1);
      continue;
    }
    if (OF_THE_SESSION.test(name)) continue;
    const unit = metric.unit ?? unitOf(name, birth);
    const time = metric.timestamp ?? timestamp;
    const at = time === undefined ? take.at : take.deviceTime(time);
    const told = { path: name, ...(unit ? { unit } : {}), value: metric.value, at, described: true };
    if (takeProperty(take, told)) useful++;
    else unknown.push(name);
  }
  if (nameless.length > 0)
    take.reject('not-announced', `no birth certificate names the aliases ${nameless.slice(0, 8).join(', ')}`);
  else if (useful === 0 && unknown.length > 0)
    take.reject('unknown-metric', `nothing that is watched: ${unknown.slice(0, 6).join(', ').slice(0, 160)}`);
}

/** An alias of another type is that of another birth. */
const agrees = ({ datatype }: SparkplugMetric, born: Birth[string] | undefined): boolean =>
  born !== undefined && (datatype === undefined || datatype === 0 || datatype === born[1]);

const unitOf = (name: string, birth: Birth): string | undefined =>
  Object.values(birth).find(([one]) => one === name)?.[2];

/** All metrics with an alias or a unit; of more than can be kept, those that mean something to us. */
function certificate({ metrics }: SparkplugPayload, take: Take): string {
  const all = metrics.filter(({ name }) => name !== undefined && !OF_THE_SESSION.test(name));
  const text = written(all);
  if (text.length <= LIMITS.announcedCharsMax) return text;
  const { settings } = take.context;
  return written(
    all.filter(({ name = '', unit }) =>
      metricOf(name, { path: name, ...(unit ? { unit } : {}) }, settings, DESCRIBED_METRICS),
    ),
  );
}

function written(metrics: readonly SparkplugMetric[]): string {
  const entries = metrics.map(({ name = '', alias, datatype = 0, unit = '' }, i) => [
    alias ?? `n${i}`,
    [name, datatype, unit],
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

function birthOf(announced: string | undefined): Birth {
  return announced === undefined ? {} : (JSON.parse(announced) as Birth);
}
