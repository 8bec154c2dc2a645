import { company } from './request-categories/company.ts';
import { complaint } from './request-categories/complaint.ts';
import type { RequestCategoryDefinition } from './request-categories/define.ts';
import { errands } from './request-categories/errands.ts';
import { houseRepair } from './request-categories/house-repair.ts';
import { medicalCompany } from './request-categories/medical-company.ts';
import { other } from './request-categories/other.ts';

/** All that residents ask for. One more is one file in request-categories/ and its name here. */
export const REQUEST_CATEGORY_DEFINITIONS = {
  'house-repair': houseRepair,
  errands,
  'medical-company': medicalCompany,
  company,
  complaint,
  other,
} as const satisfies Record<string, RequestCategoryDefinition>;
export type RequestCategory = keyof typeof REQUEST_CATEGORY_DEFINITIONS;
export const REQUEST_CATEGORIES = Object.keys(REQUEST_CATEGORY_DEFINITIONS) as [
  RequestCategory,
  ...RequestCategory[],
];

export const requestCategory = (id: RequestCategory): RequestCategoryDefinition =>
  REQUEST_CATEGORY_DEFINITIONS[id];
