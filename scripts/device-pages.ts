import type { DeviceDefinition } from '../src/devices/define.ts';
import type { EventName, MetricName } from '../src/model/metrics.ts';
import type { Text } from '../src/model/text.ts';

/** A page of the catalogue: models that serve the same purpose. The first group that fits a model has it. */
export interface DeviceGroup {
  /** Name of its page in docs/devices/, and of the part that is made for it. */
  readonly name: string;
  readonly title: Text;
  readonly fits: (device: DeviceDefinition) => boolean;
}

const measures =
  (...wanted: readonly MetricName[]) =>
  ({ metrics }: DeviceDefinition): boolean =>
    wanted.some((metric) => metrics.includes(metric));
const tells =
  (...wanted: readonly EventName[]) =>
  ({ events }: DeviceDefinition): boolean =>
    wanted.some((event) => events.includes(event));

/** Meters and sensors of a home, and what people measure, in one form: a way in which devices of many kinds speak. */
const ofManyKinds = (device: DeviceDefinition): boolean =>
  measures('water_index_m3', 'water_leak_bool')(device) && measures('door_open_bool', 'motion_bool')(device);

export const DEVICE_GROUPS: readonly DeviceGroup[] = [
  {
    name: 'any-kind',
    title: { zh: '自描述与通用', en: 'Self-describing and of any kind' },
    fits: ofManyKinds,
  },
  {
    name: 'water-meters',
    title: { zh: '水表与计数模块', en: 'Water meters and counters of pulses' },
    fits: measures('water_index_m3', 'pulse_count'),
  },
  {
    name: 'wearables',
    title: { zh: '手环、手表与求助按钮', en: 'Wearables, watches and buttons' },
    fits: tells('sos', 'fall'),
  },
  {
    name: 'health',
    title: { zh: '健康设备与文档', en: 'Health devices and documents' },
    fits: measures('systolic_mmhg', 'pulse_bpm', 'spo2_pct', 'body_temperature_c'),
  },
  {
    name: 'leak-and-alarm',
    title: { zh: '漏水、烟雾与燃气', en: 'Leak, smoke and gas' },
    fits: (device) => measures('water_leak_bool')(device) || tells('leak', 'smoke', 'gas')(device),
  },
  {
    name: 'doors-and-motion',
    title: { zh: '门窗、人体与位置', en: 'Doors, motion and position' },
    fits: measures('door_open_bool', 'motion_bool', 'latitude_deg'),
  },
  {
    name: 'energy-and-climate',
    title: { zh: '电、气与环境', en: 'Electricity, gas and climate' },
    fits: () => true,
  },
];

/** The models of each group, in the order of their names. */
export function byGroup(models: readonly DeviceDefinition[]): ReadonlyMap<DeviceGroup, DeviceDefinition[]> {
  const groups = new Map<DeviceGroup, DeviceDefinition[]>(DEVICE_GROUPS.map((group) => [group, []]));
  for (const model of models) {
    const group = DEVICE_GROUPS.find(({ fits }) => fits(model));
    if (group) groups.get(group)?.push(model);
  }
  return groups;
}

/** The address that GitHub and others give a heading: its letters, lower case, with hyphens for blanks. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

export const headingOf = ({ model, title }: DeviceDefinition): string =>
  `\`${model}\` ${title.zh} · ${title.en}`;

/** A line for each model, under its group, with the way to its section. */
export const contents = (models: readonly DeviceDefinition[]): string =>
  [...byGroup(models)]
    .map(([{ name, title }, members]) =>
      [
        `### [${title.zh} · ${title.en}](devices/${name}.md) (${members.length})`,
        members
          .map(
            (device) =>
              `- [\`${device.model}\`](devices/${name}.md#${anchorOf(headingOf(device))}) ${device.title.zh} · ${device.title.en}${device.maker === undefined ? '' : ` (${device.maker})`}`,
          )
          .join('\n'),
      ].join('\n\n'),
    )
    .join('\n\n');
