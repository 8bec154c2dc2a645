import { type DeviceState, noteFlag } from '../model/device-state.ts';
import { LAST_GASP_MS, WALKS_NOW_MS, withWord } from '../model/held-word.ts';
import type { DeviceEvent, Reading } from '../model/message.ts';
import { idsOf } from '../model/metrics.ts';

/** Metrics that say what holds until the next word: how a wearable is carried, whether a meter has power, who moved. */
export const CARRIED = idsOf([
  'worn_bool',
  'charging_bool',
  'mains_power_bool',
  'power_w',
  'motion_bool',
  'door_open_bool',
  'steps_count',
]);

/** Between two words of a step counter: fewer are a hand that moved. */
const STEPS_OF_A_WALK = 20;

/** So many walks are remembered: what was measured in the last hours is judged by them, also when it comes late. */
const WALKS_KEPT = 8;

export function rememberCarried(state: DeviceState, readings: readonly Reading[]): void {
  for (const reading of readings) rememberOne(state, reading);
  if (walksAgain(state)) state.worn = withWord(state.worn, 1, (state.steps as { movedAt: number }).movedAt);
}

function rememberOne(state: DeviceState, { metric, value, at }: Reading): void {
  if (metric === 'worn_bool') state.worn = withWord(state.worn, value, at);
  else if (metric === 'charging_bool') state.charging = withWord(state.charging, value, at);
  else if (metric === 'mains_power_bool') state.mains = withWord(state.mains, value, at);
  else if (metric === 'power_w') isPowered(state, value, at);
  else if (metric === 'motion_bool' && value === 1) state.movedAt = Math.max(state.movedAt, at);
  else if (metric === 'door_open_bool' && value === 1) state.openedAt = Math.max(state.openedAt, at);
  else if (metric === 'steps_count') rememberSteps(state, value, at);
}

/** What draws power has it, also where the word that the supply is back was lost. */
function isPowered(state: DeviceState, watts: number, at: number): void {
  const { mains } = state;
  if (mains?.value === 0 && watts > 0 && at - mains.at > LAST_GASP_MS) state.mains = withWord(mains, 1, at);
}

function rememberSteps(state: DeviceState, value: number, at: number): void {
  const { steps } = state;
  if (!steps) {
    // Who walked before is not known: rest begins to count here.
    state.steps = { value, at, movedAt: at };
  } else if (at > steps.at) {
    const walked = value - steps.value >= STEPS_OF_A_WALK;
    if (walked) noteWalk(steps, at);
    steps.value = value;
    steps.at = at;
  }
}

/** Somebody walked between its last two words. Of a band that tells once an hour nobody knows when. */
function noteWalk(steps: NonNullable<DeviceState['steps']>, at: number): void {
  const isNow = at - steps.at <= WALKS_NOW_MS;
  steps.movedAt = at;
  steps.movedFrom = steps.at;
  if (isNow) steps.walks = withWalk(steps.walks, at);
}

/** With one walk more. A full list is moved down in its place: who walks all day would leave one behind at each word. */
function withWalk(walks: number[] | undefined, at: number): number[] {
  if (!walks || walks.length < WALKS_KEPT) return [...(walks ?? []), at];
  for (let i = 1; i < walks.length; i++) walks[i - 1] = walks[i] as number;
  walks[walks.length - 1] = at;
  return walks;
}

/** Not every band repeats whether it is worn: the event says it as well. */
export function rememberEvents(state: DeviceState, events: readonly DeviceEvent[]): void {
  for (const { event, at } of events) {
    if (event === 'removed') state.worn = withWord(state.worn, 0, at);
    else if (event === 'put_on') state.worn = withWord(state.worn, 1, at);
    else noteFlag(state, event);
  }
}

/**
 * A band that goes for a walk is worn, unless it says otherwise itself. Without this, one that tells of being taken off
 * but never of being put on again would make no claim for ever.
 */
function walksAgain({ worn, steps }: DeviceState): boolean {
  return worn !== undefined && steps !== undefined && worn.value === 0 && steps.movedAt > worn.at;
}
