import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordingWriter, recordingLine } from '../../simulators/recording.ts';
import { type Random, seededRandom } from '../../src/lib/random.ts';
import { homeOf, meterOf } from './names.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2025, 0, 1);
const HOMES_IN_BUILDING = 40;
/** One home of a hundred draws no water for three days, late in the year. */
const [DRY, DRY_DAYS] = [7, 3];
/** How likely people draw water in each hour of the day, in UTC of a home eight hours ahead. */
const CHANCE_BY_HOUR = [
  0.75, 0.6, 0.5, 0.55, 0.7, 0.5, 0.4, 0.4, 0.5, 0.7, 0.75, 0.7, 0.65, 0.6, 0.4, 0.25, 0.15, 0.12, 0.1, 0.1,
  0.12, 0.2, 0.4, 0.65,
];

export interface YearFiles {
  readonly recording: string;
  readonly registry: string;
  readonly lines: number;
  /** Homes without water, and from when to when. */
  readonly dry: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
}

/** A recording of as many homes and days, a water meter each that is read every hour, gzipped as a recorder writes it. */
export async function writeYear(dir: string, homes: number, days: number): Promise<YearFiles> {
  const recording = join(dir, 'year.ndjson.gz');
  const registry = join(dir, 'year.csv');
  const rows = ['community,grid,building,unit,home,device,model,gateway,enrolled_at'];
  for (let home = 0; home < homes; home++) {
    const building = Math.floor(home / HOMES_IN_BUILDING);
    const place = `c,g${building % 5},b${building},u${home % 4},${homeOf(home)}`;
    rows.push(`${place},${meterOf(home)},water-meter,,${new Date(T0).toISOString()}`);
  }
  await writeFile(registry, `${rows.join('\n')}\n`);
  const dry = new Map<string, { from: number; to: number }>();
  for (let home = DRY; home < homes; home += 100) {
    const from = T0 + (Math.floor(days * 0.8) + (Math.floor(home / 100) % 10)) * DAY;
    dry.set(homeOf(home), { from, to: from + DRY_DAYS * DAY });
  }
  const random = seededRandom('a year');
  const litres = new Float64Array(homes).map(() => random.integer(1_000, 900_000));
  const writer = new RecordingWriter(recording);
  for (let hour = 0; hour < days * 24; hour++) {
    for (let home = 0; home < homes; home++) {
      const receivedAt = T0 + hour * HOUR + Math.floor((home / homes) * HOUR);
      const spell = home % 100 === DRY ? dry.get(homeOf(home)) : undefined;
      if (!spell || receivedAt <= spell.from || receivedAt > spell.to)
        (litres[home] as number) += drawn(random, hour % 24);
      const payload = {
        at: new Date(receivedAt - 1000).toISOString(),
        water_index_m3: (litres[home] as number) / 1000,
      };
      const full = writer.write(recordingLine(receivedAt, `shouwang/${meterOf(home)}/telemetry`, payload));
      if (full) await full;
    }
  }
  await writer.close();
  return { recording, registry, lines: writer.lines, dry };
}

const drawn = (random: Random, hour: number): number =>
  random.chance(CHANCE_BY_HOUR[hour] as number) ? random.integer(2, 25) : 0;
