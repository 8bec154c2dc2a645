import type { Command, CommandReply } from '../model/command.ts';
import type { RuleSet } from '../model/rule-set.ts';
import { compileRules, type RetiredRule } from '../rules/compile.ts';
import { isWaiting } from '../rules/instance.ts';
import { noteCallsHeldBack } from './call-without-rule.ts';
import type { Core } from './core.ts';
import { endSilence, type Outcome, settle } from './settle.ts';
import { moveInstances } from './stored-instances.ts';

/** Puts another set of rules in force; what is open stands under its old rule until it ends. */
export function replaceRules(
  core: Core,
  { ruleSet }: Extract<Command, { type: 'rules.replace' }>,
  out: Outcome,
): CommandReply {
  // What sleeps was stored under the present rules.
  core.wakeAll();
  const from = core.rules;
  const retired = stillNeeded(core, ruleSet);
  const compiled = compileRules(ruleSet, core.kinds, retired);
  if (!compiled.ok)
    return { ok: false, failure: { code: 'RULES_INVALID', details: { problems: compiled.error } } };
  core.engine.replace(compiled.value);
  core.ruleSet = ruleSet;
  core.retiredRules = retired;
  for (const subject of [...core.groups.values(), ...core.subjects.values()]) {
    if (core.seq > subject.savedSeq) {
      const changes = core.engine.migrate(subject, from, core.now);
      // A fall that waited for its wearer under a rule that is off now, and whose hours are over.
      noteCallsHeldBack(core, out, false);
      settle(core, subject, changes, out);
      endSilence(core, subject);
      // Also where nothing was remembered: when it is due is stored beside the state, and follows from the rules.
      core.markChanged(subject);
    } else moveInstances(subject, from, compiled.value);
    core.file(subject);
  }
  out.add([{ type: 'rules', ruleSet }]);
  return { ok: true };
}

/** Rules that the new set does not have, but that open alerts stand under, or will in a moment. */
function stillNeeded(core: Core, ruleSet: RuleSet): RetiredRule[] {
  const kept = new Set(ruleSet.rules.map(({ id, kind }) => `${id}/${kind}`));
  const gone = core.rules.rules.map(({ id, kind }) => !kept.has(`${id}/${kind.kind}`));
  const needed = new Set<number>();
  if (gone.includes(true)) {
    for (const subject of [...core.groups.values(), ...core.subjects.values()]) {
      for (const { slots } of [subject, ...subject.devices])
        for (const instance of slots) {
          const { open, place } = instance;
          if (gone[place] && (open || isWaiting(core.rules.rules[place]?.kind, instance))) needed.add(place);
        }
    }
  }
  return core.rules.rules.flatMap(({ id, kind }, index) =>
    needed.has(index) ? [{ id, kind: kind.kind }] : [],
  );
}
