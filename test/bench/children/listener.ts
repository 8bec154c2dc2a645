import { parentPort, workerData } from 'node:worker_threads';
import { type Heard, type Listening, monotonicMs } from '../listener.ts';
import { StreamReader, Subscriber } from '../readers.ts';

const tell = (heard: Heard): void => parentPort?.postMessage(heard);

const listening = workerData as Listening;
if ('filter' in listening)
  await Subscriber.open({ ...listening, onData: () => tell({ kind: 'message', at: monotonicMs() }) });
else
  await StreamReader.open(listening, (home, change) =>
    tell({ kind: 'alert', at: monotonicMs(), home, change }),
  );
tell({ kind: 'ready', at: monotonicMs() });
