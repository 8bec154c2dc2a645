import { createServer } from 'node:net';
import type { Control } from '../../api/control.ts';
import { askAt, askService, requestOf } from '../../api/control.ts';
import type { ServiceConfig } from '../../config/service-schema.ts';
import { DAY, SECOND } from '../../lib/clock.ts';
import { errorText } from '../../model/system-words.ts';
import type { Locale } from '../../model/text.ts';
import type { Proof } from '../../notify/lane.ts';
import type { Health } from '../../ports/service.ts';
import { provenAt } from '../channel-watch.ts';
import type { Parts } from '../load.ts';
import { type DoctorCheck, type Finding, finding } from './finding.ts';
import { peopleOfService } from './people.ts';

/** What the running service says of itself, by the names that /readyz has. */
const OF_READYZ: Readonly<Record<string, DoctorCheck>> = {
  records: 'records',
  broker: 'broker',
  inbox: 'inbox',
  timers: 'timers',
  cases: 'cases',
  ruleClock: 'rule-clock',
  rules: 'rules',
  blindSpots: 'blind-spots',
  readings: 'telemetry-outside',
  archive: 'archive',
  clock: 'clock-offset',
  configuration: 'configuration-waits',
};
/** Whoever does not get these is not watched; the others want an operator, and not at once. */
const ONLY_WARNED: readonly DoctorCheck[] = ['rules', 'telemetry-outside'];

/** Where what is to be done about a warning is not what is to be done about a fault. */
const WARNS_AS: Partial<Record<DoctorCheck, DoctorCheck>> = {
  broker: 'heard-topics',
  rules: 'rule-version',
  'telemetry-outside': 'readings-elsewhere',
};

/** Where what is to be done about a fault of something that runs is not what is to be done about its file. */
const FAILS_AS: Partial<Record<DoctorCheck, DoctorCheck>> = { records: 'records-writing' };

export async function runningFindings(
  control: Control,
  installed: string,
  parts: Parts,
  now: number,
): Promise<Finding[]> {
  const runs = finding('service', 'ok', `运行中，进程 ${control.pid}`, `Runs as process ${control.pid}`);
  try {
    const checks = inBoth(await readyz(control, 'zh'), await readyz(control, 'en'));
    return [runs, ...healthFindings({ checks }), ...(await furtherFindings(control, installed, parts, now))];
  } catch (error) {
    const { zh, en } = errorText(error);
    return [
      runs,
      finding('service-unready', 'problem', `没有答复：${zh}`, `It does not answer: ${en}`),
      versions(installed),
    ];
  }
}

/** What it says where its records answer; where they do not, that is said. */
async function furtherFindings(
  control: Control,
  installed: string,
  parts: Parts,
  now: number,
): Promise<Finding[]> {
  try {
    const { version } = await askService<{ version: string }>(control, 'GET', '/status');
    return [
      versions(installed, version),
      await provenChannels(control, parts.loaded.config.selfWatch.channelProvenDays, now),
      ...(await peopleOfService(control, parts, now)),
    ];
  } catch (error) {
    const { zh, en } = errorText(error);
    const untold = finding(
      'service-unready',
      'problem',
      `对版本、渠道与人员的询问没有答复：${zh}`,
      `Asked for its version, channels and people it answers: ${en}`,
    );
    return [untold, versions(installed)];
  }
}

/** What it says of its checks in one language. */
type Told = Readonly<
  Record<string, { readonly ok: boolean; readonly warning?: boolean; readonly detail: string }>
>;

async function readyz(control: Control, locale: Locale): Promise<Told> {
  const asked = requestOf(control, 'GET');
  asked.headers['accept-language'] = locale;
  const { text } = await askAt(control, '/readyz', asked, 5 * SECOND);
  return (JSON.parse(text) as { checks: Told }).checks;
}

const inBoth = (zh: Told, en: Told): Health['checks'] =>
  Object.fromEntries(
    Object.entries(en).map(([name, { detail, ...rest }]) => [
      name,
      { ...rest, detail: { zh: zh[name]?.detail ?? detail, en: detail } },
    ]),
  );

export const healthFindings = ({ checks }: Pick<Health, 'checks'>): Finding[] =>
  Object.entries(checks).flatMap(([name, { ok, warning, detail }]) => {
    const check = OF_READYZ[name];
    if (check === undefined) return [];
    if (ok && warning) return [finding(WARNS_AS[check] ?? check, 'warning', detail.zh, detail.en)];
    if (ok) return [finding(check, 'ok', detail.zh, detail.en)];
    const result = ONLY_WARNED.includes(check) ? 'warning' : 'problem';
    return [finding(FAILS_AS[check] ?? check, result, detail.zh, detail.en)];
  });

const NODE_MAJOR = 24;

export function versions(installed: string, running?: string): Finding {
  const node = process.versions.node;
  const [zh, en] = [`Node ${node}，守望 ${installed}`, `Node ${node}, Shouwang ${installed}`];
  if (Number.parseInt(node, 10) < NODE_MAJOR) return finding('versions', 'problem', zh, en);
  if (running !== undefined && running !== installed)
    return finding('versions', 'warning', `${zh}；运行中的是 ${running}`, `${en}; what runs is ${running}`);
  return finding('versions', 'ok', zh, en);
}

/** The proof of a channel, newest first: its provider took something, said that it arrived, a person saw it. */
export type ProvenChannel = Proof & { readonly id: string };

/**
 * When each channel was last proven to work, by drills and by what was sent (decision 0026): that it is configured proves
 * nothing, and what was proven long ago little.
 */
export function channelsFinding(outward: readonly ProvenChannel[], provenDays: number, now: number): Finding {
  if (outward.length === 0) return NO_CHANNEL;
  const proofs = outward.map((one) => ({ id: one.id, at: provenAt(one) }));
  const old = proofs.filter(({ at }) => at === undefined || now - at > provenDays * DAY);
  const said = (of: typeof proofs, never: string): string =>
    of.map(({ id, at }) => `${id} (${at === undefined ? never : new Date(at).toISOString()})`).join(', ');
  if (old.length > 0)
    return finding(
      'channels',
      'warning',
      `${provenDays} 天内没有证实可用：${said(old, '从未')}`,
      `Not proven within ${provenDays} days: ${said(old, 'never')}`,
    );
  return finding('channels', 'ok', `最近证实：${said(proofs, '')}`, `Last proven: ${said(proofs, '')}`);
}

export const NO_CHANNEL: Finding = finding(
  'channels',
  'problem',
  '除终端外没有渠道',
  'None but the terminal: nobody is told who does not look at it',
);

async function provenChannels(control: Control, provenDays: number, now: number): Promise<Finding> {
  const { items } = await askService<{ items: (ProvenChannel & { channel: string })[] }>(
    control,
    'GET',
    '/channels',
  );
  return channelsFinding(
    items.filter(({ channel }) => channel !== 'terminal'),
    provenDays,
    now,
  );
}

/** Whether a service that starts now would get its ports. */
export async function portsFree({ mqtt, http }: ServiceConfig): Promise<Finding> {
  const wanted =
    mqtt.mode === 'external'
      ? [[http.host, http.port] as const]
      : [
          [http.host, http.port] as const,
          [mqtt.host, mqtt.port] as const,
          ...(mqtt.webSocketPort === 'off' ? [] : [[mqtt.host, mqtt.webSocketPort] as const]),
          ...(mqtt.tls ? [[mqtt.host, mqtt.tls.port] as const] : []),
        ];
  const taken: string[] = [];
  for (const [host, port] of wanted) {
    const trouble = port === 0 ? undefined : await cannotListen(host, port);
    if (trouble !== undefined) taken.push(`${port} (${trouble})`);
  }
  const ports = wanted.map(([, port]) => port).join(', ');
  return taken.length > 0
    ? finding(
        'broker',
        'problem',
        `端口被占用：${taken.join('、')}`,
        `Ports that cannot be had: ${taken.join(', ')}`,
      )
    : finding('broker', 'ok', `端口可用：${ports}`, `Ports are free: ${ports}`);
}

function cannotListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
