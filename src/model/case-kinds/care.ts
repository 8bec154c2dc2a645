import { DAY, HOUR } from '../../lib/clock.ts';
import { defineCaseKind } from './define.ts';

/**
 * What has to be asked although nothing has happened: is somebody back whose absence has ended? It is answered in one tap,
 * and ends by itself where nobody has to answer any more.
 */
export const care = defineCaseKind({
  title: { zh: '关怀', en: 'Care' },
  abouts: [],
  actions: ['acknowledge', 'assign', 'step', 'withdraw-step', 'give-back', 'note', 'photo', 'resolve'],
  contact: [],
  told: ['grid-worker'],
  targets: {
    P1: { acknowledge: HOUR, resolve: DAY },
    P2: { acknowledge: HOUR, resolve: DAY },
    P3: { acknowledge: 4 * HOUR, resolve: DAY },
    P4: { acknowledge: DAY, resolve: 3 * DAY },
  },
});
