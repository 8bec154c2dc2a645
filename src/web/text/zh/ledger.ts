/** The ledger of what became of the cases. */
export const ledger = {
  'ledger.title': '台账',
  'ledger.lead': '一段时间内的全部事项：结果如何，时限是否遵守。',
  'ledger.from': '从',
  'ledger.to': '到',
  'ledger.wrongOrder': '结束日期须不早于开始日期。',
  'ledger.truncated': '事项过多，只统计了最新的 {n} 条。',
  'ledger.counts': '统计',
  'ledger.cases': '事项总数',
  'ledger.reopened': '曾重新打开',
  'ledger.satisfied': '回访满意率',
  'ledger.callBacks': '回访结果',
  'ledger.callBacks.none': '未回访即销号',
  'ledger.none': '没有',
  'ledger.targets': '时限',
  'ledger.requestTargets': '诉求时限',
  'ledger.targets.lead':
    '按时完成的数量与比例，重新打开的事项每轮分别计算；用时为半数与九成事项不超过的时间。',
  'ledger.within': '按时 {within}/{owed}（{share}%）',
  'ledger.took': '用时 {p50} / {p90}',
  'ledger.csv': '导出 CSV',
  'ledger.empty': '这段时间没有事项',
} as const;
