import { defineCaseKind } from './define.ts';

/** What concerns the person: their open safety alerts together. */
export const safety = defineCaseKind({
  title: { zh: '安全', en: 'Safety' },
  abouts: ['person', 'home'],
  contact: ['P1', 'P2'],
});
