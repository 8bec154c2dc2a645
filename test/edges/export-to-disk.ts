import { type ExportSource, exportTo } from '../../src/store/exchange/export.ts';
import type { Format } from '../../src/store/exchange/part.ts';

/** Exports some thousand readings that no packing makes small, and says how that went. */
const [dir = '', format = ''] = process.argv.slice(2);
const points = Array.from({ length: 5_000 }, (_, i) => ({ at: i * 60_000, value: Math.sin(i * i) }));
const source: ExportSource = {
  devices: async (after) => (after === '' ? ['m1'] : []),
  async *history() {
    for (let i = 0; i < points.length; i += 100)
      yield { metric: 'water_index_m3', points: points.slice(i, i + 100) };
  },
};
const request = { source, dir, format: format as Format, period: { from: 0, to: 1e12 }, partRows: 1e6 };
try {
  console.log(`${(await exportTo(request)).rows} rows`);
} catch (error) {
  console.log((error as NodeJS.ErrnoException).code ?? error);
}
