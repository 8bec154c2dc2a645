import { effect, signal, untracked } from '@preact/signals';
import { call, get } from './api.ts';
import { sessionState } from './session.ts';
import { registerWorker } from './worker.ts';

/**
 * Whether notices are pushed to this browser. `no-service`: the browser's own push service does not answer, as where a
 * network does not let it; `elsewhere`: the service has no such channel.
 */
export type PushState =
  | 'unknown'
  | 'unsupported'
  | 'insecure'
  | 'elsewhere'
  | 'denied'
  | 'no-service'
  | 'off'
  | 'on'
  | 'busy';

export const pushState = signal<PushState>('unknown');

interface PushReply {
  readonly publicKey: string;
  readonly available: boolean;
}

const isSupported = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** Looks once somebody is signed in. A subscription that stands is told again: push services forget without saying so. */
export function startPush(): void {
  effect(() => {
    if (sessionState.value === 'signed-in') untracked(() => void look());
  });
}

async function look(): Promise<void> {
  if (!window.isSecureContext) pushState.value = 'insecure';
  else if (!isSupported()) pushState.value = 'unsupported';
  else {
    const ours = await get<PushReply>('/web-push');
    if (!ours.ok || !ours.value.available) pushState.value = ours.ok ? 'elsewhere' : 'unknown';
    else if (Notification.permission === 'denied') pushState.value = 'denied';
    else {
      const known = await (await registerWorker()).pushManager.getSubscription();
      if (known === null || Notification.permission !== 'granted') pushState.value = 'off';
      else await subscribe(ours.value.publicKey);
    }
  }
}

/** Asks the person, then the browser, then tells the service. Only from a tap: browsers want that. */
export async function switchPushOn(): Promise<void> {
  pushState.value = 'busy';
  if ((await Notification.requestPermission()) !== 'granted') {
    pushState.value = 'denied';
    return;
  }
  const ours = await get<PushReply>('/web-push');
  if (ours.ok) await subscribe(ours.value.publicKey);
  else pushState.value = 'off';
}

export async function switchPushOff(): Promise<void> {
  const known = await subscribed();
  if (!known) return;
  await call('POST', '/web-push/stop', { body: { endpoint: known.endpoint } });
  await forgetPush();
}

/** Of a session that has ended the service has forgotten by itself where it pushed to. */
export async function forgetPush(): Promise<void> {
  const known = await subscribed();
  if (!known) return;
  await known.unsubscribe();
  pushState.value = 'off';
}

async function subscribed(): Promise<PushSubscription | undefined> {
  if (!isSupported()) return undefined;
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

async function subscribe(publicKey: string): Promise<void> {
  try {
    const { pushManager } = await registerWorker();
    const before = await pushManager.getSubscription();
    // Of a key that is not ours any more nothing would arrive.
    if (before && !isOurs(before, publicKey)) await before.unsubscribe();
    const subscription = await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: publicKey,
    });
    const { endpoint, keys } = subscription.toJSON();
    const told = await call('PUT', '/web-push', { body: { endpoint, keys, label: browserName() } });
    pushState.value = told.ok ? 'on' : 'off';
  } catch {
    pushState.value = 'no-service';
  }
}

function isOurs({ options }: PushSubscription, publicKey: string): boolean {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') === publicKey;
}

/** Enough for a person to tell their phone from the computer of the duty room. */
function browserName(): string {
  const { userAgent } = navigator;
  const system = /(Android|iPhone|iPad|Windows|Macintosh|Linux)/.exec(userAgent)?.[1] ?? '';
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent)?.[1] ?? '';
  return `${system} ${browser}`.trim();
}
