import type { EventName } from './metrics.ts';

/** What people wear and press calls for: the events that somebody in need makes happen. Somebody must hear of each. */
export const CALLS = ['sos', 'fall'] as const satisfies readonly EventName[];
export type Call = (typeof CALLS)[number];
/** What a wearable says that names no kind of its alarm: it may be a call, and a rule of its own has to tell of it. */
export const CALLS_PERHAPS = [...CALLS, 'general_alarm'] as const satisfies readonly EventName[];
export type CallPerhaps = (typeof CALLS_PERHAPS)[number];
export const isCall = (event: EventName): event is Call => (CALLS as readonly EventName[]).includes(event);
