import type { Text } from './text.ts';

/** Where in the home a device hangs, as far as rules must know: a stay in the bathroom, the front door. */
export const PLACES = {
  entrance: { zh: '入户门', en: 'front door' },
  hall: { zh: '过道', en: 'hall' },
  'living-room': { zh: '客厅', en: 'living room' },
  bedroom: { zh: '卧室', en: 'bedroom' },
  bathroom: { zh: '卫生间', en: 'bathroom' },
  kitchen: { zh: '厨房', en: 'kitchen' },
} as const satisfies Record<string, Text>;
export type DevicePlace = keyof typeof PLACES;
export const DEVICE_PLACES = Object.keys(PLACES) as [DevicePlace, ...DevicePlace[]];
