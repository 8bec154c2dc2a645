import type { Text } from './text.ts';

/**
 * What a device reports as having happened, as opposed to a value that it measured; to add one see docs/devices.md. Ids
 * are given as for metrics (metric-words.ts). An event with a twin in `_cleared` stands until that is said.
 */
export const EVENTS = {
  sos: { id: 1, title: { zh: '紧急呼叫', en: 'SOS' } },
  fall: { id: 2, title: { zh: '跌倒', en: 'Fall' } },
  fall_cancelled: { id: 3, title: { zh: '跌倒取消', en: 'Fall cancelled' } },
  removed: { id: 4, title: { zh: '手环摘下', en: 'Removed from wrist' } },
  leak: { id: 5, title: { zh: '漏水标志', en: 'Leak flag' } },
  burst: { id: 6, title: { zh: '爆管标志', en: 'Burst flag' } },
  reverse: { id: 7, title: { zh: '倒流标志', en: 'Reverse flow flag' } },
  dry: { id: 8, title: { zh: '空管标志', en: 'Dry flag' } },
  tamper: { id: 9, title: { zh: '拆动标志', en: 'Tamper flag' } },
  leak_cleared: { id: 10, title: { zh: '漏水解除', en: 'Leak flag cleared' } },
  burst_cleared: { id: 11, title: { zh: '爆管解除', en: 'Burst flag cleared' } },
  reverse_cleared: { id: 12, title: { zh: '倒流解除', en: 'Reverse flow flag cleared' } },
  dry_cleared: { id: 13, title: { zh: '空管解除', en: 'Dry flag cleared' } },
  tamper_cleared: { id: 14, title: { zh: '拆动解除', en: 'Tamper flag cleared' } },
  boot: { id: 15, title: { zh: '重新启动', en: 'Restarted' } },
  put_on: { id: 16, title: { zh: '手环戴上', en: 'Put on the wrist' } },
  smoke: { id: 17, title: { zh: '烟雾报警', en: 'Smoke' } },
  carbon_monoxide: { id: 18, title: { zh: '一氧化碳报警', en: 'Carbon monoxide' } },
  gas: { id: 19, title: { zh: '燃气报警', en: 'Gas' } },
  alarm_cleared: { id: 20, title: { zh: '报警解除', en: 'Detector back to normal' } },
  alarm_test: { id: 21, title: { zh: '报警自检', en: 'Detector tested' } },
  low_battery: { id: 22, title: { zh: '电量低标志', en: 'Low battery flag' } },
  low_battery_cleared: { id: 23, title: { zh: '电量低解除', en: 'Low battery flag cleared' } },
  fault: { id: 24, title: { zh: '设备故障标志', en: 'Fault flag' } },
  fault_cleared: { id: 25, title: { zh: '设备故障解除', en: 'Fault flag cleared' } },
  freeze: { id: 26, title: { zh: '冰冻标志', en: 'Frost flag' } },
  freeze_cleared: { id: 27, title: { zh: '冰冻解除', en: 'Frost flag cleared' } },
  no_flow: { id: 28, title: { zh: '长期无流量标志', en: 'No-flow flag' } },
  no_flow_cleared: { id: 29, title: { zh: '长期无流量解除', en: 'No-flow flag cleared' } },
  /** What a device calls an alarm without saying which, or which we have no name for. */
  general_alarm: { id: 30, title: { zh: '一般报警', en: 'General alarm' } },
} as const satisfies Record<string, { id: number; title: Text }>;
