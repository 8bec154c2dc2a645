import { onTestFinished } from 'vitest';

const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
type Dispatcher = { close(): Promise<void>; constructor: new (options: object) => Dispatcher };
const dispatchers = globalThis as unknown as Record<symbol, Dispatcher>;

/** Until the test is over, `fetch` gives up at once where as delivered it gives up after five minutes. */
export async function hastyFetch(): Promise<void> {
  await fetch('data:,');
  const usual = dispatchers[DISPATCHER] as Dispatcher;
  const hasty = new usual.constructor({ headersTimeout: 1 });
  dispatchers[DISPATCHER] = hasty;
  onTestFinished(async () => {
    dispatchers[DISPATCHER] = usual;
    await hasty.close();
  });
}
