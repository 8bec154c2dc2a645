import { effect, signal, untracked } from '@preact/signals';
import { alarmKey, isAudible } from '../cases/alarms.ts';
import { alarms } from './alarms.ts';
import { sessionState } from './session.ts';
import { recall, remember } from './settings.ts';
import { connection } from './stream.ts';
import { untaken } from './untaken.ts';

/** `blocked`: it was wanted, and the browser lets no page make a sound before somebody has touched it. */
export type ChimeState = 'unsupported' | 'off' | 'on' | 'blocked';
export const chime = signal<ChimeState>('off');

/** While nobody has a P1 it sounds again: whoever was out of the room comes back to it. */
const AGAIN_MS = 60_000;
/** A weak signal is no news; that nothing has been heard for a minute is. */
const DEAF_AFTER_MS = 60_000;
const DEAF_AGAIN_MS = 5 * 60_000;
const LOOK_MS = 5_000;
const GESTURES = ['pointerdown', 'keydown'] as const;

let context: AudioContext | undefined;

/** As it was left in this browser. Off until somebody wants it: a phone has notices, and an office is no duty room. */
export function startChime(): void {
  if (!('AudioContext' in window)) chime.value = 'unsupported';
  else if (recall('chime') === 'on') void switchOn();
  startDoubting();
}

/**
 * Whoever relies on the sound must not take for quiet what is only that nothing arrives: nobody is signed in here any more,
 * since some hour of the night, or the connection is away.
 */
function startDoubting(): void {
  let deafAt: number | undefined;
  let rungAt: number | undefined;
  setInterval(() => {
    const isDeaf = sessionState.peek() === 'expired' || connection.peek().phase === 'stale';
    if (!isDeaf) [deafAt, rungAt] = [undefined, undefined];
    if (!isDeaf) return;
    const at = performance.now();
    deafAt ??= at;
    if (at - deafAt < DEAF_AFTER_MS || (rungAt !== undefined && at - rungAt < DEAF_AGAIN_MS)) return;
    rungAt = at;
    sound(DEAF_TONES);
  }, LOOK_MS);
}

/** From a tap: browsers want one before the first sound. */
export async function switchChimeOn(): Promise<void> {
  remember('chime', 'on');
  await switchOn();
  ring();
}

export function switchChimeOff(): void {
  remember('chime', undefined);
  chime.value = 'off';
  void context?.close();
  context = undefined;
}

async function switchOn(): Promise<void> {
  context ??= open();
  // A browser that forbids it lets this wait for ever instead of refusing.
  const resumed = context.resume();
  look();
  await Promise.race([resumed, new Promise((done) => setTimeout(done, 300))]);
  look();
}

function open(): AudioContext {
  const made = new AudioContext();
  made.onstatechange = look;
  for (const name of GESTURES) window.addEventListener(name, wake, { capture: true });
  return made;
}

/** Any touch of the page will do for the browser. */
function wake(): void {
  if (context && context.state !== 'running') void context.resume();
}

function look(): void {
  if (context) chime.value = context.state === 'running' ? 'on' : 'blocked';
}

/** Sounds what comes up from now on, and again what nobody takes; returns how to stop that. */
export function startRinging(): () => void {
  let known: ReadonlySet<string> | undefined;
  // Not by the wall, which may be set back by hours: all of them would be silent.
  let rungAt = performance.now();
  return effect(() => {
    const heard = alarms.value.filter(isAudible);
    // What there was when the page was opened is news to nobody here.
    if (untaken.value === undefined) return;
    untracked(() => {
      const keys = new Set(heard.map(alarmKey));
      const isNew = known !== undefined && [...keys].some((key) => !known?.has(key));
      const isDue = performance.now() - rungAt > AGAIN_MS && heard.some(({ why }) => why === 'untaken');
      known = keys;
      if (!isNew && !isDue) return;
      rungAt = performance.now();
      ring();
    });
  });
}

/** Three rising tones, twice: unlike what telephones and computers do by themselves. */
const TONES = [660, 880, 1100, 660, 880, 1100] as const;
/** And unlike a P1: two that fall. */
const DEAF_TONES = [550, 370] as const;
const TONE_S = 0.18;

export const ring = (): void => sound(TONES);

function sound(tones: readonly number[]): void {
  if (context?.state !== 'running') return;
  const from = context.currentTime + 0.02;
  for (const [index, pitch] of tones.entries()) {
    const at = from + index * TONE_S + (index > 2 ? 0.25 : 0);
    const [source, volume] = [context.createOscillator(), context.createGain()];
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.4, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + TONE_S);
    source.connect(volume).connect(context.destination);
    source.start(at);
    source.stop(at + TONE_S);
  }
}
