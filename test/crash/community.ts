import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { parse, stringify } from 'yaml';
import { loadParts, problemText } from '../../src/app/load.ts';
import { startService } from '../../src/app/wiring.ts';
import { DAY, SECOND, wallClock } from '../../src/lib/clock.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { type RegistryEntry, registryEntrySchema } from '../../src/model/registry.ts';
import { ADMIN } from '../service.ts';

export const HOMES = 102;
/** Meters that speak through the one gateway; all others, and all bands, have a connection of their own. */
export const BEHIND_GATEWAY = [21, 22, 23, 24];
export const GATEWAY = 'gw';
/** Devices that report about once a second, so that their silence is found within seconds. */
export const CHATTY_METERS = 24;
const CHATTY_INTERVAL_MS = 3 * SECOND;

interface RuleYaml {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The product's rules, but for what would take hours: silence after some 10 s, a fall after 2 s. */
export function rulesText(version: string, reversed: boolean): string {
  const file = new URL('../../config/rules.yaml', import.meta.url);
  const product = (parse(readFileSync(file, 'utf8')) as { rules: RuleYaml[] }).rules;
  const quick: Readonly<Record<string, unknown>> = {
    M1: { intervals: 1.5, graceMinutes: 0.1, gatewayGraceMinutes: 0.05 },
    B2: { events: ['fall'], cancelledBy: 'fall_cancelled', cancelWindowSeconds: 2 },
  };
  const rules = product.map((rule) => ({ ...rule, params: quick[rule.id] ?? rule.params }));
  return stringify({ version, rules: reversed ? rules.reverse() : rules });
}

export async function writeConfig(
  dir: string,
  ports: { http: number; mqtt: number; webhook: number },
  store?: Record<string, unknown>,
): Promise<void> {
  const local = '127.0.0.1';
  const url = `http://${local}:${ports.webhook}/`;
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const files: Readonly<Record<string, unknown>> = {
    'service.yaml': {
      dataDir: join(dir, 'data'),
      log: { level: 'warn' },
      ...(store ? { store } : {}),
      mqtt: { host: local, port: ports.mqtt, webSocketPort: 'off' },
      http: { host: local, port: ports.http },
      files: { registry: [], rules: 'rules.yaml', notify: 'notify.yaml', channels: 'channels.yaml' },
    },
    'channels.yaml': {
      channels: [
        { id: 'terminal', channel: 'terminal' },
        { id: 'webhook', channel: 'webhook', config: { url, secret } },
      ],
    },
    // The webhook stands for people: a community of which nobody can be told is a fault that the service would find.
    'notify.yaml': {
      routes: [
        { kinds: ['safety', 'technical'], priorities: ['P1', 'P2', 'P3', 'P4'], channels: ['webhook'] },
      ],
      always: ['terminal'],
      fallback: { channels: ['terminal'] },
    },
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), stringify(content));
  await writeFile(join(dir, 'rules.yaml'), rulesText('0', false));
}

/** Starts the service once in this process, so that the records know homes, devices and an administrator. */
export async function seed(dir: string): Promise<void> {
  const parts = await loadParts({ dir, env: { SHOUWANG_ADMIN_PASSWORD: ADMIN.password } });
  if (!parts.ok) throw new Error(problemText(parts.error));
  const running = await startService({
    parts: parts.value,
    clock: wallClock(),
    logger: pino({ level: 'silent' }),
    env: {},
    print: () => {},
    seed: entries(),
    version: 'crash',
  });
  await running.stop();
}

/** Where it is noon now. Care and upkeep is told by day, so that a run at night would wait for the morning. */
function zoneOfNoon(now: number): string {
  const hours = 12 - new Date(now).getUTCHours();
  // The names count to the west: Etc/GMT-8 is eight hours before Greenwich.
  return hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

function entries(): RegistryEntry[] {
  const now = Date.now();
  const enrolledAt = now - 40 * DAY;
  const secretHash = (id: string): string => hashSecret(`secret of ${id}`);
  const raw: unknown[] = [
    { noun: 'node', path: 'haitang', level: 'community', name: '海棠社区', timeZone: zoneOfNoon(now) },
    { noun: 'node', path: 'haitang/g1', level: 'grid', name: '第一网格' },
    { noun: 'node', path: 'haitang/g1/b1', level: 'building', name: '1号楼' },
    { noun: 'gateway', id: GATEWAY, parent: 'haitang/g1/b1', enrolledAt, secretHash: secretHash(GATEWAY) },
  ];
  for (let n = 1; n <= HOMES; n++) {
    const gateway = BEHIND_GATEWAY.includes(n) ? { gateway: GATEWAY } : {};
    const pace = n <= CHATTY_METERS ? { expectedIntervalMs: CHATTY_INTERVAL_MS } : {};
    const device = { noun: 'device', home: `h${n}`, enrolledAt };
    raw.push({ noun: 'home', id: `h${n}`, parent: 'haitang/g1/b1', name: String(n) });
    raw.push({ noun: 'resident', id: `r${n}`, home: `h${n}`, name: '王秀英' });
    raw.push({
      ...device,
      id: `m${n}`,
      model: 'water-meter',
      secretHash: secretHash(`m${n}`),
      ...gateway,
      ...pace,
    });
    raw.push({ ...device, id: `b${n}`, model: 'wristband', secretHash: secretHash(`b${n}`) });
  }
  return raw.map((entry) => registryEntrySchema.parse(entry));
}
