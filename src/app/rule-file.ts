import { writeOverride } from '../config/rule-overrides.ts';
import { formatProblem } from '../config/yaml-file.ts';
import type { Service } from '../ports/service.ts';
import { loadRuleSet } from './load.ts';
import type { ServiceSources } from './service.ts';

/** What is wrong with the rule file as it lies there now, if anything. */
export interface RulesFile {
  problem: string | undefined;
  /** The last change that we wrote into it. */
  writing: Promise<unknown>;
}

/** How another set of rules comes into force: the file was changed, by hand or by us. */
export function ruleChanges(
  { core, loop, parts }: Pick<ServiceSources, 'core' | 'loop' | 'parts'>,
  rulesFile: RulesFile,
): { readonly reload: Service['reloadRules']; readonly override: Service['overrideRule'] } {
  const reload: Service['reloadRules'] = async () => {
    const loaded = await loadRuleSet(parts.rulesFile, core.kinds);
    rulesFile.problem = loaded.ok ? undefined : loaded.error.map(formatProblem).join('; ');
    if (!loaded.ok) {
      return {
        ok: false,
        failure: { code: 'RULES_INVALID', details: { problems: loaded.error.map(formatProblem) } },
      };
    }
    if (JSON.stringify(loaded.value) === JSON.stringify(core.ruleSet))
      return { ok: true, version: core.ruleSet.version };
    const reply = await loop.submit({ type: 'rules.replace', ruleSet: loaded.value }, 'system');
    return reply.ok ? { ok: true, version: loaded.value.version } : { ok: false, failure: reply.failure };
  };
  const override: Service['overrideRule'] = async (wanted) => {
    // One after the other: each reads what the one before has written.
    const written = rulesFile.writing.then(() => writeOverride(parts.rulesFile, wanted));
    rulesFile.writing = written;
    const failure = await written;
    return failure ? { ok: false, failure } : reload();
  };
  return { reload, override };
}
