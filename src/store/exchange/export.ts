import { existsSync, readFileSync } from 'node:fs';
import { open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../lib/make-folder.ts';
import type { MetricName } from '../../model/metrics.ts';
import { TextError } from '../../model/text.ts';
import type { Period, TelemetryStore } from '../../ports/telemetry.ts';
import { ENDINGS, type Format, openPart, type Part, rowsIn } from './part.ts';

export type ExportSource = Pick<TelemetryStore, 'devices' | 'history'>;

export interface ExportRequest {
  readonly source: ExportSource;
  readonly dir: string;
  readonly format: Format;
  readonly period: Period;
  /** All metrics, and what happened, if absent. */
  readonly metrics?: readonly MetricName[];
  /** Before this instant readings are missing from the source, because a store outside has them; absent: none are. */
  readonly localFrom?: number;
  /** Rows at which a file is closed with the device at hand. */
  readonly partRows: number;
  /** @param share 0 to 1 */
  readonly onProgress?: (rows: number, share: number) => void;
}

/** What an export has written: `export.json` when it is whole, `checkpoint.json` while it is not. */
export interface ExportManifest {
  readonly v: 1;
  readonly format: Format;
  readonly from: number;
  readonly to: number;
  readonly metrics: readonly string[];
  /** The last device that is in a file. */
  readonly after: string;
  /** `bytes`: of the file; absent in exports of earlier versions. */
  readonly parts: readonly { readonly name: string; readonly rows: number; readonly bytes?: number }[];
  readonly rows: number;
  /** From this instant on nothing is missing that there was; absent in exports of earlier versions: nobody knows. */
  readonly knownFrom?: number;
}

/** The folder holds something else than the beginning of this export. */
export class ExportRefused extends TextError {}

const CHECKPOINT = 'checkpoint.json';
export const MANIFEST = 'export.json';
const DEVICES_PER_PAGE = 1_000;

/**
 * Writes readings and events into files of a folder, device by device in the order of their ids, some at a time. Called
 * again after it was cut off it goes on behind the last file that is whole.
 * @throws ExportRefused if the folder holds something else.
 */
export async function exportTo(request: ExportRequest): Promise<ExportManifest> {
  const { dir, source } = request;
  await makeFolder(dir, 0o700);
  let done = await beginning(request);
  const devices = await allDevices(source);
  const wanted = request.metrics && new Set<string>(request.metrics);
  let part: Part | undefined;
  let rows = 0;
  const close = async (after: string): Promise<void> => {
    if (!part) return;
    await part.finish();
    const name = nameOf(done);
    const { size: bytes } = await stat(join(dir, name));
    done = { ...done, after, rows: done.rows + rows, parts: [...done.parts, { name, rows, bytes }] };
    await writeDurably(join(dir, CHECKPOINT), done);
    [part, rows] = [undefined, 0];
  };
  for (const [i, device] of devices.entries()) {
    if (device <= done.after) continue;
    for await (const piece of source.history(device, request.period)) {
      if (wanted && !('points' in piece && wanted.has(piece.metric))) continue;
      part ??= await openPart(join(dir, nameOf(done)), request.format);
      await part.add(device, piece);
      rows += rowsIn(piece);
      request.onProgress?.(done.rows + rows, i / devices.length);
    }
    if (rows >= request.partRows) await close(device);
  }
  await close(devices.at(-1) ?? '');
  await writeDurably(join(dir, MANIFEST), done);
  await rm(join(dir, CHECKPOINT), { force: true });
  return done;
}

const nameOf = ({ format, parts }: ExportManifest): string =>
  `part-${String(parts.length + 1).padStart(5, '0')}.${ENDINGS[format]}`;

async function beginning(request: ExportRequest): Promise<ExportManifest> {
  const { dir, format, period, metrics = [], localFrom = period.from } = request;
  const knownFrom = Math.max(period.from, localFrom);
  const fresh = { v: 1, format, ...period, metrics, after: '', parts: [], rows: 0, knownFrom } as const;
  const names = await readdir(dir);
  const file = join(dir, CHECKPOINT);
  if (!existsSync(file)) {
    // A first file that was never finished is the beginning of an export, and nothing else is.
    const others = names.filter((name) => !name.endsWith('.partial'));
    if (others.length > 0) throw new ExportRefused({ zh: `${dir} 不是空的`, en: `${dir} is not empty` });
    return fresh;
  }
  const known = JSON.parse(readFileSync(file, 'utf8')) as ExportManifest;
  const same = (one: ExportManifest): string =>
    JSON.stringify([one.v, one.format, one.from, one.to, one.metrics]);
  if (same(known) !== same(fresh))
    throw new ExportRefused({
      zh: `${dir} 中是另一次导出的开头：格式、时间段或指标不同`,
      en: `${dir} holds the beginning of another export: other format, period or metrics`,
    });
  return known;
}

async function allDevices(source: ExportSource): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const page = await source.devices(all.at(-1) ?? '', DEVICES_PER_PAGE);
    all.push(...page);
    if (page.length < DEVICES_PER_PAGE) return all;
  }
}

async function writeDurably(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.partial`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  const handle = await open(`${file}.partial`, 'r');
  await handle.sync();
  await handle.close();
  await rename(`${file}.partial`, file);
}
