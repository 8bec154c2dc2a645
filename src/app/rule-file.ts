import { writeOverride } from '../config/rule-overrides.ts';
import { type ConfigProblem, formatProblem, problemIn } from '../config/yaml-file.ts';
import type { RuleSet } from '../model/rule-set.ts';
import type { Text } from '../model/text.ts';
import type { RecordStore } from '../ports/records.ts';
import type { RuleFileChange } from '../ports/rules-in-force.ts';
import type { Service } from '../ports/service.ts';
import { ruleContent, ruleSetName } from '../rules/content.ts';
import { blindSpotsOf } from './blind-spots.ts';
import { loadRuleSet, type Parts } from './load.ts';
import type { ServiceSources } from './service.ts';

/** What is wrong with the rule file as it lies there now, if anything. */
export interface RulesFile {
  problem: Text | undefined;
  /** The mark of the set before, where the one in force says something else and calls itself by the same version. */
  earlier?: string | undefined;
  /** The last change that we wrote into it. */
  writing: Promise<unknown>;
}

const EARLIER_KEY = 'rules.earlier';

/** As it was left: that a version was given twice holds over a restart, for alerts bear the mark of before as well. */
export async function rulesFileOf(
  { ruleProblems }: Pick<Parts, 'ruleProblems'>,
  { version }: RuleSet,
  records: Pick<RecordStore, 'meta'>,
): Promise<RulesFile> {
  const stored = JSON.parse((await records.meta(EARLIER_KEY)) || '{}') as {
    version?: string;
    earlier?: string;
  };
  return {
    problem: ruleProblems.length > 0 ? inOneLine(ruleProblems) : undefined,
    earlier: stored.version === version ? stored.earlier : undefined,
    writing: Promise.resolve(),
  };
}

const inBoth = (problem: ConfigProblem): Text => ({
  zh: problemIn('zh')(problem),
  en: formatProblem(problem),
});

export const inOneLine = (problems: readonly ConfigProblem[]): Text => ({
  zh: problems.map(problemIn('zh')).join('；'),
  en: problems.map(formatProblem).join('; '),
});

/** How another set of rules comes into force: the file was changed, by hand or by us. */
export function ruleChanges(
  sources: Pick<ServiceSources, 'core' | 'loop' | 'parts' | 'records' | 'rulesFile' | 'logger'>,
): { readonly reload: Service['reloadRules']; readonly override: Service['overrideRule'] } {
  const { core, loop, parts, rulesFile, logger } = sources;
  const read = async (byUs: boolean): ReturnType<Service['reloadRules']> => {
    const loaded = await loadRuleSet(parts.rulesFile, core.kinds);
    rulesFile.problem = loaded.ok ? undefined : inOneLine(loaded.error);
    if (!loaded.ok) {
      return {
        ok: false,
        failure: { code: 'RULES_INVALID', details: { problems: loaded.error.map(inBoth) } },
      };
    }
    const before = core.ruleSet;
    const change = changeOf(loaded.value, before);
    const inForce = { version: loaded.value.version, content: ruleContent(loaded.value), change };
    // Whoever was first to read the file: what holds is told to each who asks.
    if (JSON.stringify(loaded.value) === JSON.stringify(before))
      return { ok: true, ...inForce, change: rulesFile.earlier === undefined ? change : 'same-version' };
    const reply = await loop.submit({ type: 'rules.replace', ruleSet: loaded.value }, 'system');
    if (!reply.ok) return { ok: false, failure: reply.failure };
    // An exception that the console writes bears an author and a reason of its own.
    if (!byUs || change === 'new-version') await noteChange(sources, before);
    for (const { of, text } of blindSpotsOf(core)) if (of === 'rules') logger.warn(text.en);
    return { ok: true, ...inForce };
  };
  const reload: Service['reloadRules'] = () => read(false);
  const override: Service['overrideRule'] = async (wanted) => {
    // One after the other: each reads what the one before has written.
    const written = rulesFile.writing.then(() => writeOverride(parts.rulesFile, wanted));
    rulesFile.writing = written;
    const failure = await written;
    return failure ? { ok: false, failure } : read(true);
  };
  return { reload, override };
}

/** Says in the log that another set is in force, by whichever way it came, and keeps whether its version tells it apart. */
export async function noteChange(
  { core, records, rulesFile, logger }: Pick<ServiceSources, 'core' | 'records' | 'rulesFile' | 'logger'>,
  before: RuleSet,
): Promise<void> {
  const { ruleSet, rules } = core;
  const change = changeOf(ruleSet, before);
  if (change !== 'same-version')
    logger.info({ version: ruleSet.version, content: rules.content }, 'a changed rule set is in force');
  if (change === 'none') return;
  rulesFile.earlier = change === 'same-version' ? ruleContent(before) : undefined;
  if (rulesFile.earlier !== undefined) logger.warn(sameVersion(ruleSet, rulesFile.earlier).en);
  await records.saveMeta(
    EARLIER_KEY,
    JSON.stringify({ version: ruleSet.version, earlier: rulesFile.earlier }),
  );
}

function changeOf(next: RuleSet, before: RuleSet): RuleFileChange {
  if (next.version !== before.version) return 'new-version';
  return ruleContent(next) === ruleContent(before) ? 'none' : 'same-version';
}

export function sameVersion(next: RuleSet, then: string): Text {
  const now = ruleSetName(next);
  return {
    zh: `规则集 ${now}：内容已改而版本号未变，此前同号的内容是 ${then}；告警上两个标记都会出现`,
    en: `rule set ${now}: it was changed without a new version; ${then} went by the same. Alerts bear both marks`,
  };
}
