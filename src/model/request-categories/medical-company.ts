import { defineRequestCategory } from './define.ts';

/** Somebody goes along to an appointment. Who is ill now needs help, no company. */
export const medicalCompany = defineRequestCategory({
  title: { zh: '陪同就医', en: 'company to a doctor' },
  priority: 'P3',
});
