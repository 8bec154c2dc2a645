import { allGaps, rosterFaults } from '../cases/duty/gaps.ts';
import { Duty } from '../cases/duty/on-duty.ts';
import { DAY } from '../lib/clock.ts';
import type { RosterReader } from '../ports/rosters.ts';
import { Registry } from '../registry/registry.ts';
import type { Parts } from './load.ts';
import { rosterReader } from './roster-views.ts';

/** The rosters as the files have them: without leave and swaps, which stand in the records of a service. */
export function rostersOfFiles(
  {
    rosters,
    registry: entries,
    channels,
    policy,
  }: Pick<Parts, 'rosters' | 'registry' | 'channels' | 'policy'>,
  now: number,
): RosterReader {
  const duty = new Duty(rosters);
  const registry = Registry.from(entries);
  const configured = new Set(channels.keys());
  const until = now + rosters.file.lookAheadDays * DAY;
  const report = {
    at: now,
    until,
    gaps: allGaps(duty, { from: now, until }, registry, configured),
    faults: rosterFaults(duty, policy, { from: now, until }, registry, configured),
  };
  return rosterReader({ duty, registry, channels: configured, policy }, { now: () => now }, { report });
}
