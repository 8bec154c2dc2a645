import type { Priority } from './alert.ts';
import { OUTSIDE_TROUBLES, type OutsideTrouble } from './outside-store.ts';
import type { Text } from './text.ts';

/**
 * What can be wrong with the watching itself. A closed list: each is a technical alert about the service as a whole, one
 * for all homes that it concerns, counted like every alert under its name.
 */
export const SERVICE_FINDING_NAMES = [
  'broker-away',
  'evaluation-behind',
  'clock-set-back',
  'timers-missing',
  'readings-waiting',
  'readings-given-up',
] as const;
export type ServiceFindingName = (typeof SERVICE_FINDING_NAMES)[number];

/** Named figures of a finding: how late, how many, which homes. */
export type ServiceFindingValues = Readonly<Record<string, number | string>>;

export interface ServiceFindingDefinition {
  readonly priority: Priority;
  readonly title: Text;
  /** One sentence with the figures in it. */
  readonly text: (values: ServiceFindingValues) => Text;
}

export const SERVICE_FINDINGS: Readonly<Record<ServiceFindingName, ServiceFindingDefinition>> = {
  'broker-away': {
    priority: 'P2',
    title: { zh: '外部消息服务断开，收不到任何读数', en: 'The outside broker is away: no reading arrives' },
    text: ({ minutes }) => ({
      zh: `已有 ${minutes} 分钟收不到任何设备的消息：所有住户暂无看护。各设备不再逐一告警`,
      en: `For ${minutes} minutes no device has been heard: nobody is watched over. Devices are not alerted one by one`,
    }),
  },
  'evaluation-behind': {
    priority: 'P2',
    title: { zh: '规则计算滞后', en: 'Rules are evaluated late' },
    text: ({ seconds }) => ({
      zh: `规则计算落后 ${seconds} 秒：告警会迟到。请检查机器负载与磁盘`,
      en: `The rules are ${seconds} s behind: alerts come late. Look at the load and the disk of the machine`,
    }),
  },
  'clock-set-back': {
    priority: 'P2',
    title: { zh: '机器时钟被调回', en: 'The clock of the machine was set back' },
    text: ({ seconds }) => ({
      zh: `机器时钟比最后一次计算早 ${seconds} 秒：在追上之前，失联与用水过少都无法发现`,
      en: `The clock stands ${seconds} s before the last evaluation: until it has caught up, no silence and no low use is found`,
    }),
  },
  'timers-missing': {
    priority: 'P3',
    title: { zh: '有规则定时丢失', en: 'Timers of rules were missing' },
    text: ({ count, homes }) => ({
      zh: `${count} 处的规则定时丢失，已补上，期间可能漏报：${homes}。请报告此缺陷`,
      en: `Timers of ${count} were missing and run again; something may have been found late: ${homes}. Please report this defect`,
    }),
  },
  'readings-waiting': {
    priority: 'P3',
    title: { zh: '外部数据库不接收读数', en: 'The outside store takes no readings' },
    text: ({ minutes, waiting, trouble }) => {
      const { zh, en } = OUTSIDE_TROUBLES[trouble as OutsideTrouble];
      return {
        zh: `${zh}，已有 ${minutes} 分钟：${waiting} 条读数在本机等待，看护不受影响`,
        en: `${en}, for ${minutes} minutes: ${waiting} readings wait on this machine, and the watching goes on`,
      };
    },
  },
  'readings-given-up': {
    priority: 'P2',
    title: { zh: '本机空间不足，放弃了最早的读数', en: 'The oldest readings were given up for lack of room' },
    text: ({ count }) => ({
      zh: `外部数据库长时间不可用，本机已满：${count} 条读数不再保存（看护不受影响）`,
      en: `The outside store was away until this machine was full: ${count} readings are not kept any more (the watching goes on)`,
    }),
  },
};

/** The subject that stands for the service as a whole. No id of a home, device or gateway may hold a tilde. */
export const SERVICE_SUBJECT = 'service~';

export const SERVICE_PLACE: Text = { zh: '守望服务', en: 'Shouwang service' };
