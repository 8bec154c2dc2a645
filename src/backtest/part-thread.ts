import { parentPort, workerData } from 'node:worker_threads';
import { loadEnvelopes, loadRuleKinds } from '../app/definitions.ts';
import { modelsOrFail } from '../app/operator-models.ts';
import { loadRosters } from '../app/rosters.ts';
import { assert } from '../lib/result.ts';
import { Registry } from '../registry/registry.ts';
import { partsOf, registryOf } from './parts.ts';
import { runBacktest } from './run.ts';
import type { PartReport, PartWork } from './side-by-side.ts';

// One part of a backtest, in a thread of its own: see side-by-side.ts.

const { recordings, latenessMs, entries, index, count, models, rostersFile, core, visits } =
  workerData as PartWork;
assert(parentPort, 'a part of a backtest runs in a thread');
const tell = (report: PartReport): void => parentPort?.postMessage(report);

const part = partsOf(Registry.from(entries), count)[index];
assert(part, `part ${index} of ${count}`);
const rosters = await loadRosters(rostersFile);
assert(rosters.ok, `the rosters of ${rostersFile} were read before`);
const run = await runBacktest({
  recordings,
  latenessMs,
  part,
  ...(visits ? { visits } : {}),
  core: {
    ...core,
    models: await modelsOrFail(models),
    kinds: await loadRuleKinds(),
    registry: registryOf(part),
    rosters: rosters.value,
  },
  envelopes: await loadEnvelopes(),
  onProgress: ({ messages, at, bytesRead }) => tell({ progress: { messages, at, bytesRead } }),
});
tell({ run: { ...run, coverage: run.coverage.data() } });
