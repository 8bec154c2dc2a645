import { statfsSync } from 'node:fs';
import type { Text } from '../model/text.ts';

const GIGABYTE = 1e9;
/** Less is soon nothing; of a large disk, where more comes each day, it is soon already before. */
const FREE_BYTES_MIN = 1 * GIGABYTE;
const FREE_SHARE_MIN = 0.05;
const FREE_BYTES_ENOUGH = 10 * GIGABYTE;
/** What was low is well again with so much more: it does not come and go at the limit. */
const WELL_AGAIN = 1.2;

/** Bytes on the disk of a folder. */
export interface DiskRoom {
  readonly free: number;
  readonly total: number;
}

/** Undefined where the folder cannot be asked. */
export function diskRoom(dir: string): DiskRoom | undefined {
  try {
    const { bavail, bsize, blocks } = statfsSync(dir);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return undefined;
  }
}

/** Whether somebody has to make room: on a full disk nothing is acknowledged, and nobody is watched. */
export function isDiskLow({ free, total }: DiskRoom, wasLow = false): boolean {
  const share = Math.min(total * FREE_SHARE_MIN, FREE_BYTES_ENOUGH);
  return free < Math.max(FREE_BYTES_MIN, share) * (wasLow ? WELL_AGAIN : 1);
}

export function sizeText(bytes: number): string {
  return bytes < GIGABYTE ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / GIGABYTE).toFixed(1)} GB`;
}

export const roomText = (dir: string, { free, total }: DiskRoom): Text => ({
  zh: `${dir} 剩余 ${sizeText(free)}，共 ${sizeText(total)}`,
  en: `${sizeText(free)} of ${sizeText(total)} are free at ${dir}`,
});
