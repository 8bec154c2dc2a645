import { join } from 'node:path';
import type { CasesOrder, CasesReport } from '../children/cases.ts';
import { count, type Figure, type Row } from '../figure.ts';
import { Child, childFile } from '../process.ts';

const LIST_GOAL_MS = 50;
const TICK_GOAL_MS = 100;

/** Many open cases and much staff: the list over HTTP, and the instant at which all escalate. */
export const cases: Figure = {
  name: 'cases',
  title: 'Ten thousand open cases',
  linuxOnly: false,
  async run(context) {
    const order: CasesOrder = {
      cases: 10_000,
      staff: 1_000,
      history: context.quick ? 20_000 : 200_000,
      requests: context.quick ? 200 : 1_000,
    };
    const child = new Child(childFile('cases'), {
      args: [JSON.stringify(order)],
      node: ['--max-old-space-size=4096'],
      env: { SHOUWANG_BENCH_DIR: context.dir },
      log: join(context.dir, 'cases.log'),
    });
    const report = await child.says<CasesReport>(900_000);
    const slowest = Math.max(...Object.values(report.lists).map(({ p99 }) => p99));
    const list: Row = {
      what: `List of cases over HTTP, ${count(order.cases)} open and ${count(order.history)} over, ${count(order.staff)} staff: p99 of the slowest list`,
      goal: `≤ ${LIST_GOAL_MS} ms`,
      result: `${slowest.toFixed(1)} ms`,
      met: slowest <= LIST_GOAL_MS,
      numbers: { slowest },
      notes: Object.entries(report.lists).map(
        ([what, { p50, p99, cpuMs }]) =>
          `${what}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, CPU ${cpuMs.toFixed(1)} ms with the asking`,
      ),
    };
    const tick: Row = {
      what: `The next step of ${count(order.cases)} cases due at one instant: the longest time that nothing else has its turn`,
      goal: `≤ ${TICK_GOAL_MS} ms`,
      result: `${report.longestMs.toFixed(1)} ms`,
      met: report.longestMs <= TICK_GOAL_MS,
      numbers: { longestMs: report.longestMs, allMs: report.allMs, idleMs: report.idleMs },
      notes: [
        `CPU of one piece of 100 cases with its commit: half ≤ ${report.sliceCpuMs.p50.toFixed(1)} ms, the dearest ${report.sliceCpuMs.max.toFixed(1)} ms (all threads)`,
        `all of them committed with their notices after ${(report.allMs / 1000).toFixed(1)} s; a look with nothing due takes ${report.idleMs.toFixed(3)} ms`,
      ],
    };
    return [list, tick];
  },
};
