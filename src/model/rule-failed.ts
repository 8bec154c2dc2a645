import type { ServiceFindingDefinition } from './service-finding.ts';

/** A defect of one rule in one home ends neither the rule elsewhere nor the watching of that home. */
export const RULE_FAILED: ServiceFindingDefinition = {
  priority: 'P2',
  title: { zh: '有规则运行出错，已从头开始', en: 'A rule fails in some homes, and begins anew there' },
  titleOf: ({ rules }) => ({
    zh: `规则 ${rules} 运行出错，已从头开始`,
    en: `${rules} fails in some homes, and begins anew there`,
  }),
  page: '/watch',
  text: ({ rules, count, homes, detail }) => ({
    zh: `规则 ${rules} 在 ${count} 处运行出错，已从头开始：${homes}（${detail}）。此前积累的已作废，在那里可能漏报，请人工留意这些住户；它已发出的告警不会自动结束。其余规则与住户照常。请停用该规则或改回最近的改动，并报告此缺陷`,
    en: `${rules} failed in ${count} and began anew: ${homes} (${detail}). What it had learned there is void and it may find nothing, so people have to look after these homes; what it has raised does not end by itself. All other rules and homes go on. Switch the rule off, or take back what was last changed about it, and please report this defect`,
  }),
};
