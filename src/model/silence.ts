import { z } from 'zod';
import type { Priority } from './alert.ts';
import { covers } from './paths.ts';
import { SILENCE_MODES } from './silence-modes.ts';

const word = z.string().min(1).max(400);

/** What it is about: of several, all must fit. */
export const silenceScopeSchema = z.object({
  node: word.optional().meta({ description: 'a node of the tree, and all below it' }),
  home: word.optional(),
  rule: word.optional().meta({ description: 'id of a rule in the set' }),
  channel: word.optional().meta({ description: 'name of a channel in config/channels.yaml' }),
});
export type SilenceScope = z.output<typeof silenceScopeSchema>;

export const silenceSchema = silenceScopeSchema.extend({
  mode: z.enum(SILENCE_MODES).default('silence'),
  until: z.number().int().positive(),
  reason: z.string().trim().min(1).max(300),
  /** Why even a P1 or a call for help shall not be told; absent: both are. A site on trial is silent about all. */
  includesP1: z.string().trim().min(1).max(300).optional(),
  /** Staff who are told in a site on trial, by their ids. */
  testers: z.array(z.string().min(1).max(64)).max(50).default([]),
});

export interface Silence extends Readonly<z.output<typeof silenceSchema>> {
  readonly id: string;
  readonly by: string;
  readonly from: number;
  /** When somebody ended it before its time, and who. */
  readonly endedAt?: number;
  readonly endedBy?: string;
  /** Messages that it held back. */
  readonly held: number;
}

/** When it is over, by its time or because somebody ended it. */
export const silenceEnd = ({ until, endedAt }: Pick<Silence, 'until' | 'endedAt'>): number =>
  endedAt ?? until;

export const isSilenceActive = (silence: Silence, now: number): boolean =>
  silence.from <= now && now < silenceEnd(silence);

/** One message that would be sent. */
export interface Utterance {
  readonly path: string;
  readonly home: string;
  readonly rule: string | undefined;
  readonly channel: string;
  readonly priority: Priority;
}

/** Does it hold back even that somebody's life is at risk, or that somebody calls for help? That has a reason of its own. */
export const holdsCalls = ({ mode, includesP1 }: Pick<Silence, 'mode' | 'includesP1'>): boolean =>
  mode === 'log-only' || includesP1 !== undefined;

/** Does it hold this back? */
export function silences(silence: Silence, said: Utterance): boolean {
  const { node, home, rule, channel } = silence;
  if (said.priority === 'P1' && !holdsCalls(silence)) return false;
  return (
    (node === undefined || covers(node, said.path)) &&
    (home === undefined || home === said.home) &&
    (rule === undefined || rule === said.rule) &&
    (channel === undefined || channel === said.channel)
  );
}
