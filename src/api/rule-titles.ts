import { HELP_ASKED_RULE, HELP_ASKED_TITLE } from '../model/help-asked.ts';
import { SERVICE_FINDING_NAMES, SERVICE_FINDINGS } from '../model/service-finding.ts';
import type { Text } from '../model/text.ts';
import type { Service } from '../ports/service.ts';

/** What is of no rule of the set, where what was said last has figures in it, or words of one case. */
const OF_SERVICE: Readonly<Record<string, Text>> = {
  [HELP_ASKED_RULE]: HELP_ASKED_TITLE,
  ...Object.fromEntries(SERVICE_FINDING_NAMES.map((name) => [name, SERVICE_FINDINGS[name].title])),
};

/** Ids of rules are for whoever writes them: others know a rule by what it finds. One that is gone, by its kind. */
export function titled({ ruleKinds, ruleTitle }: Pick<Service, 'ruleKinds' | 'ruleTitle'>) {
  const kinds = new Map(ruleKinds().map(({ kind, title }) => [kind, title]));
  return <T extends { readonly rule: string; readonly kind: string; readonly said: Text }>({
    kind,
    said,
    ...rest
  }: T) => {
    return { ...rest, title: ruleTitle(rest.rule) ?? kinds.get(kind) ?? OF_SERVICE[rest.rule] ?? said };
  };
}
