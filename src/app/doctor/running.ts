import { createServer } from 'node:net';
import type { Control } from '../../api/control.ts';
import { askService } from '../../api/control.ts';
import type { ServiceConfig } from '../../config/service-schema.ts';
import { SECOND } from '../../lib/clock.ts';
import type { Health } from '../../ports/service.ts';
import { type DoctorCheck, type Finding, finding } from './finding.ts';

/** What the running service says of itself, by the names that /readyz has. */
const OF_READYZ: Readonly<Record<string, DoctorCheck>> = {
  records: 'records',
  broker: 'broker',
  inbox: 'inbox',
  timers: 'timers',
  cases: 'cases',
  ruleClock: 'rule-clock',
  rules: 'rules',
  readings: 'telemetry-outside',
  archive: 'archive',
};
/** Whoever does not get these is not watched; the others want an operator, and not at once. */
const ONLY_WARNED: readonly DoctorCheck[] = ['rules', 'telemetry-outside'];

export async function runningFindings(control: Control, installed: string): Promise<Finding[]> {
  try {
    const health = await readyz(control);
    const { version } = await askService<{ version: string }>(control, 'GET', '/status');
    return [
      finding('service', 'ok', `运行中，进程 ${control.pid}`, `Runs as process ${control.pid}`),
      ...healthFindings(health),
      versions(installed, version),
      ...(await provenChannels(control)),
    ];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [finding('service', 'problem', `进程 ${control.pid} 不答复：${words}`, words)];
  }
}

async function readyz({ url, token }: Control): Promise<Health> {
  const response = await fetch(`${url}/readyz`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5 * SECOND),
  });
  return (await response.json()) as Health;
}

export const healthFindings = ({ checks }: Pick<Health, 'checks'>): Finding[] =>
  Object.entries(checks).flatMap(([name, { ok, detail }]) => {
    const check = OF_READYZ[name];
    if (check === undefined) return [];
    const result = ok ? 'ok' : ONLY_WARNED.includes(check) ? 'warning' : 'problem';
    return [finding(check, result, detail, detail)];
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

/** When each channel last had something taken by its provider: that it is configured proves nothing. */
async function provenChannels(control: Control): Promise<Finding[]> {
  const taken = await Promise.all(
    ['accepted', 'delivered'].map((state) =>
      askService<{ items: { channel: string }[] }>(control, 'GET', `/notices?state=${state}&limit=100`),
    ),
  );
  const proven = new Set(taken.flatMap(({ items }) => items.map(({ channel }) => channel)));
  const { items: all } = await askService<{ items: { id: string; channel: string }[] }>(
    control,
    'GET',
    '/channels',
  );
  const outward = all.filter(({ channel }) => channel !== 'terminal');
  const unproven = outward.filter(({ id }) => !proven.has(id)).map(({ id }) => id);
  if (outward.length === 0)
    return [
      finding(
        'channels',
        'problem',
        '除终端外没有渠道',
        'None but the terminal: nobody is told who does not look at it',
      ),
    ];
  if (unproven.length > 0)
    return [
      finding(
        'channels',
        'warning',
        `最近的通知中没有经过：${unproven.join('、')}`,
        `Nothing went over these lately: ${unproven.join(', ')}`,
      ),
    ];
  return [
    finding('channels', 'ok', outward.map(({ id }) => id).join('、'), outward.map(({ id }) => id).join(', ')),
  ];
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
