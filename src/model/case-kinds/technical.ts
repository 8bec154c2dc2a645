import { defineCaseKind } from './define.ts';

/** What concerns devices, gateways, areas and the service itself. */
export const technical = defineCaseKind({
  title: { zh: '设备', en: 'Technical' },
  abouts: ['device', 'area'],
  contact: [],
});
