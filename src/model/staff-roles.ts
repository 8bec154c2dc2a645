import type { StaffRole } from './registry.ts';
import type { Text } from './text.ts';

/** What people call the roles of staff. Without the schemas, for pages that show them. */
export const STAFF_ROLE_TITLES: Readonly<Record<StaffRole, Text>> = {
  'grid-worker': { zh: '网格员', en: 'grid worker' },
  'building-steward': { zh: '楼栋长', en: 'building steward' },
  committee: { zh: '居委会', en: 'committee' },
  'sub-district-duty': { zh: '街道值班', en: 'sub-district duty' },
  'unit-head': { zh: '单元长', en: 'unit head' },
  volunteer: { zh: '志愿者', en: 'volunteer' },
  technician: { zh: '设备维护员', en: 'technician' },
};
