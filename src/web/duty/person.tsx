import type { DutyPerson } from '../../ports/rosters.ts';
import { Icon } from '../parts/icons.tsx';
import { t } from '../text/translate.ts';

/** A name, and the telephone as one large target. */
export function PersonLine({ of, call = false }: { of: DutyPerson; call?: boolean }) {
  return (
    <span class="duty-person">
      <b>{of.name}</b>
      {of.phone !== undefined && call && (
        <a
          class="button primary"
          href={`tel:${of.phone}`}
          aria-label={`${t('duty.call')} ${of.name} ${of.phone}`}
        >
          <Icon name="phone" />
          <span class="num">{of.phone}</span>
        </a>
      )}
    </span>
  );
}
