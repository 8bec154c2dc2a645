import { type SharePort, StreamShare, type ToShare } from './stream-share.ts';
import { openOwn } from './stream-source.ts';

/** In a worker that all tabs of this browser share: their one stream of the service. */
const share = new StreamShare(openOwn, () => Date.now());

/** Timers of a worker run on where those of a tab in the background rest. */
const ASK_MS = 60_000;
setInterval(() => share.ask(), ASK_MS);

/** Of the types of a worker only this is needed. */
const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void };
// Without streams it says nothing, and each page has its own.
if (typeof EventSource !== 'undefined')
  scope.onconnect = ({ ports: [port] }) => {
    if (port) port.onmessage = ({ data }: MessageEvent<ToShare>) => share.hear(port as SharePort, data);
  };
