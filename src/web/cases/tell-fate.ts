import type { Action } from '../state/action.ts';
import { announce, announceUrgently } from '../state/announcer.ts';
import { actions, onDone, onRefused } from '../state/outbox.ts';
import { t } from '../text/translate.ts';

/** Says aloud what becomes of a case that was taken in the list, where the button that did it is gone at once. */
export function tellFate({ key }: Action, place: string): void {
  const what = t('outbox.acknowledge');
  let waits = false;
  const stops = [
    onDone((_, action) => {
      if (action.key === key) end(() => announce(`${t('entry.acknowledged')} ✓ ${place}`));
    }),
    onRefused((action) => {
      const why = action.problem?.text ?? '';
      if (action.key === key) end(() => announceUrgently(`${place} ${t('outbox.refused', { what, why })}`));
    }),
    actions.subscribe((all) => {
      if (waits || all.find((one) => one.key === key)?.state !== 'waiting') return;
      waits = true;
      announce(`${place} ${t('outbox.waitingNow', { what })}`);
    }),
  ];
  const end = (tell: () => void) => {
    for (const stop of stops) stop();
    tell();
  };
}
