import { Gauge, type Registry } from 'prom-client';
import type { RecordStore } from '../ports/records.ts';
import type { Loop } from './loop.ts';

/** Whether the records can be written, and what is read out of them. */
export function meterRecords(
  registry: Registry,
  { loop, records }: { readonly loop: Pick<Loop, 'failing'>; readonly records: Pick<RecordStore, 'counts'> },
): void {
  const well: Gauge = new Gauge({
    name: 'shouwang_records_well',
    help: 'Whether the records take what is committed',
    registers: [registry],
    collect: () => well.set(loop.failing ? 0 : 1),
  });
  const open: Gauge = new Gauge({
    name: 'shouwang_open_cases',
    help: 'Open cases, by priority',
    labelNames: ['priority'],
    registers: [registry],
    async collect() {
      // Records that are away must not take the other figures with them: these are what tells of it. What was known
      // last would look like now, so it is left out.
      const { openCases } = await records.counts(['']).catch(() => ({ openCases: {} }));
      open.reset();
      for (const [priority, count] of Object.entries(openCases)) open.set({ priority }, count);
    },
  });
}
