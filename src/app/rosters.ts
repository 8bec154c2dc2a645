import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Rosters } from '../cases/duty/on-duty.ts';
import { type ConfigProblem, loadYamlFile } from '../config/yaml-file.ts';
import { ok, type Result } from '../lib/result.ts';
import { holidaysSchema, PLAIN_WEEK, workCalendar } from '../model/holidays.ts';
import { rostersSchema } from '../model/roster.ts';
import { shownFile } from './registry-files.ts';

/** Reads the rosters and the holidays that they name. An installation from before there were rosters has none. */
export async function loadRosters(file: string): Promise<Result<Rosters, ConfigProblem[]>> {
  if (!existsSync(file)) return ok(new Rosters());
  const rosters = await loadYamlFile(shownFile(file), rostersSchema);
  if (!rosters.ok) return rosters;
  if (rosters.value.holidays === 'none') return ok(new Rosters(rosters.value, PLAIN_WEEK));
  const beside = shownFile(resolve(dirname(file), rosters.value.holidays));
  const holidays = await loadYamlFile(beside, holidaysSchema);
  return holidays.ok ? ok(new Rosters(rosters.value, workCalendar(holidays.value))) : holidays;
}
