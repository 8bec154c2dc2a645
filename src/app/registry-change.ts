import type { Command, CommandReply } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import { noteAways } from './away.ts';
import type { Core } from './core.ts';
import { casesOfStaff } from './duty.ts';
import { asKept } from './kept-entry.ts';
import { leavingWith } from './left-homes.ts';
import { followAlerts, followPlaces, placesOfCases } from './moving.ts';
import { closeLeaving, openCallAgainst, openCaseAgainst, withOpenCasesOf } from './removal.ts';
import type { Outcome } from './settle.ts';
import { endStrangers } from './stranger-call.ts';
import { areasOf, homesAround } from './touched.ts';
import { tellOfHomes } from './visits.ts';

type Put = Extract<Command, { type: 'registry.apply' }>['put'];
type Remove = Extract<Command, { type: 'registry.apply' }>['remove'];

/** The registry as it shall be, and all that follows from that for homes, cases and gateways; or why it cannot be. */
export function applyRegistry(
  core: Core,
  entries: Put,
  remove: Remove,
  by: string,
  out: Outcome,
): CommandReply {
  const { registry } = core;
  const put = entries.map((entry) => asKept(core, entry, remove, by));
  const failure = registry.check(
    put,
    remove,
    (model) => core.models.get(model) !== undefined,
    core.models.settingsFault,
  );
  const obstacle = failure
    ? withOpenCasesOf(core, failure)
    : (openCaseAgainst(core, put, remove) ?? openCallAgainst(core, put));
  if (obstacle) return { ok: false, failure: obstacle };
  const touched = registry.touchedSubjects(put, remove);
  const areas = new Set(areasOf(core, touched));
  closeLeaving(core, put, remove, out);
  noteAways(core, put, by, out);
  const places = placesOfCases(core, [...touched, ...areas]);
  const leaving = leavingWith(core, put, remove);
  registry.apply(put, remove);
  const changes: Effect[] = [];
  for (const { noun, key } of remove) {
    const left = noun === 'device' ? leaving.get(key) : undefined;
    if (left) core.leftHomes.note(key, left);
    changes.push({ type: 'registry-remove', noun, key, ...(left && { left }) });
  }
  for (const entry of put) {
    if (entry.noun === 'device') core.leftHomes.forget(entry.id);
    changes.push({ type: 'registry-put', entry });
  }
  out.add(changes);
  for (const id of touched) core.syncGateway(id, core.now);
  for (const id of touched) core.syncHome(id, core.now);
  followPlaces(core, places, out);
  followAlerts(core, touched, out);
  endStrangers(core, put, out);
  tellOfHomes(core, put, new Set(touched), out);
  for (const id of areasOf(core, touched)) areas.add(id);
  const called = casesOfStaff(core, { put, remove });
  out.touched = [...out.touched, ...touched, ...areas, ...called];
  // A gateway that has called somebody is stored as well: no less than one below which something changes.
  out.around = [...out.around, ...homesAround(core, [...touched, ...areas, ...called])];
  return { ok: true };
}
