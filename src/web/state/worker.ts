/** The one worker of the console: it shows what is pushed, and the frame of the console without a connection. */
const WORKER = '/push-worker.js';

export const isWorkerPossible = (): boolean => window.isSecureContext && 'serviceWorker' in navigator;

export const registerWorker = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register(WORKER);

/** On every page, signed in or not: it must be there before the connection is away. */
export function startWorker(): void {
  // Where a browser forbids it (private windows), a page without a connection is the browser's own.
  if (isWorkerPossible()) registerWorker().catch(() => undefined);
}
