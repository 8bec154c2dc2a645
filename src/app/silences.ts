import type { SilenceBook } from '../cases/context.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { ErrorCode } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { holdsCalls, isSilenceActive, type Silence, silenceEnd } from '../model/silence.ts';
import type { Core } from './core.ts';

type SilenceCommand = Extract<Command, { type: 'silence.begin' | 'silence.end' }>;

/**
 * What people wish not to hear of stands in the state of the service, like what they change about rosters. Each carries the
 * instants between which it holds, so a replay that finds it there before it began hears of it no sooner.
 */
export const silencesOf = (core: Core): SilenceBook => ({
  all: core.service.silences,
  held: (id, messages) => {
    // A home that was stored with this very input, and the service was not, is the only one that may be missed in a count.
    if (core.seq <= core.service.savedSeq) return;
    change(core, id, (silence) => ({ ...silence, held: silence.held + messages }));
  },
});

export function changeSilences(core: Core, command: SilenceCommand, by: string): CommandReply {
  return command.type === 'silence.begin' ? begin(core, command, by) : end(core, command.id, by);
}

function begin(
  core: Core,
  { type: _, ...wanted }: Extract<SilenceCommand, { type: 'silence.begin' }>,
  by: string,
): CommandReply {
  const { service, now } = core;
  if (core.seq <= service.savedSeq || service.silences.some(({ id }) => id === wanted.id))
    return { ok: true };
  const { mode, node, home, rule, channel, until } = wanted;
  const isBounded =
    mode === 'log-only' ? node !== undefined : (node ?? home ?? rule ?? channel) !== undefined;
  if (!isBounded) return refused('SILENCE_UNBOUNDED');
  const calls = holdsCalls(wanted) ? LIMITS.silenceCallsMsMax : LIMITS.silenceMsMax;
  const longest = mode === 'log-only' ? LIMITS.logOnlyMsMax : calls;
  if (until <= now || until - now > longest) return refused('SILENCE_TOO_LONG', { maxMs: longest });
  const kept = service.silences.filter((one) => silenceEnd(one) > now - LIMITS.silencesKeptMs);
  const room = LIMITS.silencesMax - kept.filter((one) => isSilenceActive(one, now)).length;
  if (room <= 0) return refused('SILENCE_FULL');
  const fresh: Silence = { ...wanted, by, from: now, held: 0 };
  service.silences = [...kept, fresh].slice(-LIMITS.silencesMax);
  core.markChanged(service);
  return { ok: true };
}

const refused = (code: ErrorCode, details?: Readonly<Record<string, unknown>>): CommandReply => ({
  ok: false,
  failure: { code, ...(details ? { details } : {}) },
});

/** What it kept still is told now, and not at the end that it would have had. */
function end(core: Core, id: string, by: string): CommandReply {
  const { service, now } = core;
  if (core.seq > service.savedSeq) {
    const silence = service.silences.find((one) => one.id === id);
    if (!silence || !isSilenceActive(silence, now)) return refused('SILENCE_NOT_FOUND');
    change(core, id, (one) => ({ ...one, endedAt: now, endedBy: by }));
  }
  for (const subject of [...core.subjects.values(), ...core.groups.values()]) {
    if (!subject.mayBeSilenced || core.seq <= subject.savedSeq) continue;
    for (const open of subject.book?.cases ?? []) {
      if (open.silenced?.silence !== id) continue;
      open.silenced = { ...open.silenced, until: now };
      core.markChanged(subject);
      core.file(subject);
    }
  }
  return { ok: true };
}

function change(core: Core, id: string, how: (silence: Silence) => Silence): void {
  const { service } = core;
  service.silences = service.silences.map((one) => (one.id === id ? how(one) : one));
  core.markChanged(service);
}
