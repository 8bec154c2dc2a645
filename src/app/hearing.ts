import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { Core } from './core.ts';
import { Decoder } from './decode.ts';
import { isNewCall } from './device-call.ts';
import { DeviceFaults } from './device-fault.ts';
import { EnrolledCalls } from './enrolled-calls.ts';
import type { Parts } from './load.ts';
import type { Loop } from './loop.ts';
import { newcomersOf } from './onboarding.ts';
import { type Outward, publishBytes } from './outward.ts';
import { Rebirths } from './rebirths.ts';
import { Strangers } from './strangers.ts';

/** What takes messages apart, and what it notices by the way: who announces himself, who is to be born again, who calls. */
export function hearingOf(
  core: Core,
  parts: Pick<Parts, 'models' | 'envelopes'>,
  running: Outward & { loop?: Loop },
  logger: Logger,
  clock: Clock,
) {
  const { models, envelopes } = parts;
  const newcomers = newcomersOf(clock);
  const rebirths = new Rebirths({
    isEnrolled: (address) => core.registry.byAddress('topic', address) !== undefined,
    publish: (topic, payload) => publishBytes(running, topic, payload, logger),
  });
  const submit = async (command: Command): Promise<CommandReply> =>
    running.loop?.submit(command, 'system') ?? { ok: false, failure: { code: 'NOT_READY' } };
  const strangers = new Strangers({ models, envelopes, logger, submit });
  const enrolledCalls = new EnrolledCalls({
    logger,
    submit,
    isNew: (call) => isNewCall(core, call),
  });
  const decoder = new Decoder(models, envelopes, (message) => {
    newcomers.announced.note(message);
    rebirths.see(message);
  });
  const faults = new DeviceFaults(core, submit, logger);
  return { ...newcomers, rebirths, strangers, enrolledCalls, faults, decoder };
}
