import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runningService } from '../../api/control.ts';
import type { ServiceConfig } from '../../config/service-schema.ts';
import { DEFAULT_TIME_ZONE } from '../../registry/registry.ts';
import { loadParts, type Parts, problemText } from '../load.ts';
import { unheardOf } from '../make-broker.ts';
import { brokerCertificate, ownCertificate } from './certificates.ts';
import { type Finding, finding } from './finding.ts';
import { clockOffset, clockZones, diskGrowth, diskSpace, diskSync } from './machine.ts';
import { peopleOfFiles, spotsOfFiles } from './people.ts';
import { channelsFinding, NO_CHANNEL, portsFree, runningFindings, versions } from './running.ts';
import { secrecy } from './secrecy.ts';
import {
  archiveOf,
  backups,
  besideTheData,
  dataMustBeThere,
  elsewhere,
  type Looked,
  lookedAt,
  outsideStore,
  storedProofs,
  storeFiles,
} from './stores.ts';

export interface ExamineOptions {
  readonly config: string;
  readonly data?: string;
  /** A time server, host or host:port. */
  readonly ntp: string;
  /** A folder of backups, each in a folder of its own. */
  readonly backups?: string;
  /** The version that is installed. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

/** Looks at everything that can be wrong around a service, whether it runs or not. Changes nothing. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const flags = options.data === undefined ? {} : { dataDir: options.data };
  const loaded = await loadParts({
    dir: options.config,
    env: options.env,
    flags,
    oldRulesDo: true,
    emptyStepsDo: true,
  });
  if (!loaded.ok) {
    const [zh, en] = [problemText(loaded.error, 'zh'), problemText(loaded.error)];
    return [finding('configuration', 'problem', zh, en), versions(options.version)];
  }
  const parts = loaded.value;
  const { config } = parts.loaded;
  const configured = finding('configuration', 'ok', options.config, options.config);
  return [configured, ...(await aroundData(options, parts)), ...(await doors(config, options.now()))];
}

async function aroundData(options: ExamineOptions, parts: Parts): Promise<Finding[]> {
  const { config } = parts.loaded;
  const { dataDir } = config;
  const now = options.now();
  const control = await runningService(dataDir);
  const disk = existsSync(dataDir)
    ? [diskSpace(dataDir), await diskGrowth(dataDir, now), await diskSync(dataDir)]
    : [finding('disk-space', 'unknown', `${dataDir} 尚不存在`, `${dataDir} is not there yet`)];
  const clock = [await clockOffset(options.ntp, options.now), clockZones(zonesOf(parts))];
  const yaml = ['service.yaml', config.files.channels].map((name) => resolve(options.config, name));
  const secret = [
    ...dataMustBeThere(config, options.config),
    ...(await secrecy(dataDir, options.config, yaml)),
  ];
  const backup = await backups(options.backups, now);
  if (control) {
    const running = await runningFindings(control, options.version, parts, now);
    const files = running.some(({ check }) => check === 'archive')
      ? besideTheData(config.archive?.folder ?? '', dataDir)
      : await archiveOf(config, now, true);
    return [...running, ...disk, ...secret, ...clock, ...files, backup];
  }
  const looked = await lookedAt(config);
  return [
    finding('service', 'problem', '没有运行', 'Does not run'),
    versions(options.version),
    ...disk,
    ...secret,
    ...clock,
    ...looked.findings,
    ...(await storeFiles(config)),
    ...(await outsideStore(config)),
    ...elsewhere(config),
    configuredChannels(parts, looked, now),
    ...peopleOf(parts, looked, now),
    await portsFree(config),
    ...(await archiveOf(config, now, false)),
    backup,
  ];
}

function zonesOf({ registry }: Parts): string[] {
  const zones = registry.flatMap((entry) =>
    entry.noun === 'node' && 'timeZone' in entry && entry.timeZone !== undefined ? [entry.timeZone] : [],
  );
  return [...new Set([DEFAULT_TIME_ZONE, ...zones])];
}

/** Who stands in records that nobody can read is not known: the files may hold others, or nobody. */
function peopleOf(parts: Parts, { records, findings }: Looked, now: number): Finding[] {
  if (!findings.some(({ check, result }) => check === 'records-server' && result === 'problem'))
    return [...peopleOfFiles(parts, records?.people, now), ...spotsOfFiles(parts, records)];
  const [zh, en] = ['记录库没有应答，无从检查', 'The records do not answer, so nobody can say'];
  return [finding('rosters', 'unknown', zh, en), finding('policy', 'unknown', zh, en)];
}

/** What was proven before the service stopped, as far as it can be read beside it. */
function configuredChannels(
  { channels, loaded: { config } }: Parts,
  { records }: Looked,
  now: number,
): Finding {
  const outward = [...channels.values()].filter(({ definition }) => definition.channel !== 'terminal');
  if (outward.length === 0) return NO_CHANNEL;
  const proofs = storedProofs(records);
  if (proofs)
    return channelsFinding(
      outward.map(({ id }) => ({ ...proofs[id], id })),
      config.selfWatch.channelProvenDays,
      now,
    );
  const names = outward.map(({ id }) => id);
  return finding('channels', 'ok', names.join('、'), names.join(', '));
}

/** Somebody has a certificate for our address, and it is not us: then who they are wants to be named. */
export function unnamedProxy({ tls, publicUrl, trustedProxies }: ServiceConfig['http']): Finding[] {
  if (tls || !publicUrl?.startsWith('https:') || trustedProxies.length > 0) return [];
  const { host } = new URL(publicUrl);
  return [
    finding(
      'proxy',
      'warning',
      `${host} 由代理提供，而 http.trustedProxies 为空`,
      `Something else serves ${host}, and http.trustedProxies names no proxy`,
    ),
  ];
}

async function doors({ mqtt, http }: ServiceConfig, now: number): Promise<Finding[]> {
  const found: Finding[] = [];
  if (mqtt.mode === 'embedded' && mqtt.tls) found.push(ownCertificate('certificate-mqtt', mqtt.tls, now));
  if (http.tls) {
    const name = http.publicUrl === undefined ? undefined : new URL(http.publicUrl).hostname;
    found.push(ownCertificate('certificate-http', http.tls, now, name));
  }
  found.push(...unnamedProxy(http));
  const outside = mqtt.mode === 'external' ? mqtt.external : undefined;
  if (outside && /^(mqtts|wss):/.test(outside.url))
    found.push(await brokerCertificate(outside.url, outside.caFile, now));
  const unheard = outside ? unheardOf(outside) : [];
  if (unheard.length > 0)
    found.push(
      finding(
        'heard-topics',
        'warning',
        `mqtt.external.filters 未包含 ${unheard.join('、')}`,
        `mqtt.external.filters leave out ${unheard.join(', ')}`,
      ),
    );
  if (outside?.sharedGroup !== undefined && outside.sharing === 'turns')
    found.push(
      finding(
        'shared-group',
        'warning',
        `与组 ${outside.sharedGroup} 共享`,
        `Shared with the group ${outside.sharedGroup}`,
      ),
    );
  return found;
}
