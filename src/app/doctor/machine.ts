import { createSocket } from 'node:dgram';
import { closeSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY } from '../../lib/clock.ts';
import { errorText, NO_ANSWER } from '../../model/system-words.ts';
import { TextError } from '../../model/text.ts';
import { dataFiles } from '../../store/data-files.ts';
import { type DiskRoom, diskRoom, isDiskLow, roomText } from '../disk-room.ts';
import { type Finding, finding } from './finding.ts';

const FREE_SHARE_LOW = 0.1;

export function diskSpace(dataDir: string): Finding {
  const room = roomAt(dataDir);
  const result = isDiskLow(room) ? 'problem' : room.free < room.total * FREE_SHARE_LOW ? 'warning' : 'ok';
  const { zh, en } = roomText(dataDir, room);
  return finding('disk-space', result, zh, en);
}

const NO_ROOM: DiskRoom = { free: 0, total: 0 };
const roomAt = (dir: string): DiskRoom => diskRoom(dir) ?? NO_ROOM;

const DAYS_MIN = 7;
const DAYS_LOW = 60;

/** From the size of what is there and how long it took to come: crude, and enough to be warned in time. */
export async function diskGrowth(dataDir: string, now: number): Promise<Finding> {
  const began = statSync(dataFiles(dataDir).records, { throwIfNoEntry: false })?.birthtimeMs;
  const days = began === undefined ? 0 : (now - began) / DAY;
  if (days < 1)
    return finding('disk-growth', 'unknown', '数据不足一天，无法估计', 'The data is less than a day old');
  const perDay = (await bytesIn(dataDir)) / days;
  const left = roomAt(dataDir).free / Math.max(1, perDay);
  const result = left < DAYS_MIN ? 'problem' : left < DAYS_LOW ? 'warning' : 'ok';
  const pace = `${(perDay / 1e6).toFixed(1)} MB`;
  return finding(
    'disk-growth',
    result,
    `每天约 ${pace}，剩余空间可用约 ${Math.floor(left)} 天`,
    `About ${pace} a day: what is free lasts for about ${Math.floor(left)} days`,
  );
}

async function bytesIn(dir: string): Promise<number> {
  const names = await readdir(dir);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const SYNCS = 20;
const SYNC_MS_SLOW = 20;
const SYNC_MS_MAX = 100;

/** How long it takes until something is on the disk: every acknowledgement waits for it. */
export async function diskSync(dataDir: string): Promise<Finding> {
  const file = join(dataDir, `doctor.${process.pid}`);
  let took: number[];
  try {
    took = syncsOf(file);
  } catch (error) {
    // A disk that is full is what somebody calls the doctor for.
    const { zh, en } = errorText(error);
    return finding('disk-sync', 'problem', zh, en);
  } finally {
    await rm(file, { force: true });
  }
  took.sort((a, b) => a - b);
  const median = took[SYNCS / 2] ?? 0;
  const result = median > SYNC_MS_MAX ? 'problem' : median > SYNC_MS_SLOW ? 'warning' : 'ok';
  const [usual, worst] = [median.toFixed(1), (took.at(-1) ?? 0).toFixed(1)];
  return finding(
    'disk-sync',
    result,
    `fsync 中位数 ${usual} ms，最慢 ${worst} ms`,
    `fsync takes ${usual} ms (median of ${SYNCS}), ${worst} ms at worst`,
  );
}

/** In milliseconds each. */
function syncsOf(file: string): number[] {
  const took: number[] = [];
  const handle = openSync(file, 'w', 0o600);
  try {
    for (let n = 0; n < SYNCS; n++) {
      const began = performance.now();
      writeSync(handle, Buffer.alloc(4096));
      fsyncSync(handle);
      took.push(performance.now() - began);
    }
  } finally {
    closeSync(handle);
  }
  return took;
}

const NTP_BYTES = 48;
/** Seconds from 1900 to 1970 (RFC 5905, figure 4). */
const NTP_TO_UNIX_S = 2_208_988_800;
const NTP_WAIT_MS = 3_000;
const OFFSET_MS_LOW = 1_000;
/** The rules take a clock that is further off for one that was set back. */
const OFFSET_MS_MAX = 10_000;
const UNSYNCHRONIZED = 3;

/** Asks a time server (RFC 5905, the client's part of SNTP). @param server host, or host:port */
export async function clockOffset(server: string, now: () => number): Promise<Finding> {
  const answer = await askNtp(server, now).catch((error: Error) => error);
  if (answer instanceof Error) {
    const { zh, en } = errorText(answer);
    return finding(
      'clock-offset',
      'unknown',
      `无法询问 ${server}：${zh}`,
      `${server} could not be asked: ${en}`,
    );
  }
  const { offsetMs, leap } = answer;
  if (leap === UNSYNCHRONIZED)
    return finding('clock-offset', 'unknown', `${server} 自身未同步`, `${server} itself is not synchronized`);
  const away = Math.abs(offsetMs);
  const result = away > OFFSET_MS_MAX ? 'problem' : away > OFFSET_MS_LOW || leap !== 0 ? 'warning' : 'ok';
  const side = offsetMs > 0 ? ['慢', 'behind'] : ['快', 'ahead of'];
  const second = leap === 0 ? ['', ''] : ['；即将有闰秒', '; a leap second is announced'];
  return finding(
    'clock-offset',
    result,
    `比 ${server} ${side[0]} ${Math.round(away)} ms${second[0]}`,
    `${Math.round(away)} ms ${side[1]} ${server}${second[1]}`,
  );
}

function askNtp(server: string, now: () => number): Promise<{ offsetMs: number; leap: number }> {
  const [host = '', port = '123'] = server.split(':');
  const { promise, resolve, reject } = Promise.withResolvers<{ offsetMs: number; leap: number }>();
  const socket = createSocket('udp4');
  const timer = setTimeout(() => reject(new TextError(NO_ANSWER)), NTP_WAIT_MS);
  socket.on('error', reject);
  let sentAt = 0;
  socket.on('message', (reply) => {
    const back = now();
    if (reply.length < NTP_BYTES) return;
    const [received, sent] = [ntpMs(reply, 32), ntpMs(reply, 40)];
    resolve({ offsetMs: (received - sentAt + (sent - back)) / 2, leap: reply.readUInt8(0) >> 6 });
  });
  const request = Buffer.alloc(NTP_BYTES);
  // Version 4, mode 3: a client.
  request.writeUInt8(0x23, 0);
  // Connected, so that a machine on which nothing answers says so at once.
  socket.connect(Number(port), host, (error?: Error | null) => {
    // A name that nobody resolves is told here, and nowhere else.
    if (error) return reject(error);
    sentAt = now();
    socket.send(request);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

const ntpMs = (packet: Buffer, at: number): number =>
  (packet.readUInt32BE(at) - NTP_TO_UNIX_S + packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;

/** Every zone of the registry must be one that this Node knows, and is told which rules of the world it has. */
export function clockZones(zones: readonly string[]): Finding {
  const unknown = zones.filter((zone) => !isZone(zone));
  const rules = process.versions['tz'] ?? '?';
  if (unknown.length > 0)
    return finding(
      'clock-zones',
      'problem',
      `未知时区：${unknown.join('、')}`,
      `Zones that are not known: ${unknown.join(', ')}`,
    );
  return finding(
    'clock-zones',
    'ok',
    `${zones.join('、')}（时区数据 ${rules}）`,
    `${zones.join(', ')} (rules of ${rules})`,
  );
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
