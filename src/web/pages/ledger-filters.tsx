import type { Signal } from '@preact/signals';
import { CASE_KIND_DEFINITIONS, CASE_KINDS, type CaseKind } from '../../model/case-kind.ts';
import { inputTime } from '../format/time.ts';
import { serviceNow } from '../state/clock.ts';
import { nodes, zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { monthTo } from './ledger-period.ts';

/** What the ledger is asked for. */
export interface LedgerChoice {
  readonly first: Signal<string>;
  readonly last: Signal<string>;
  readonly kind: Signal<CaseKind | ''>;
  /** Path of a node, or empty: all that the account sees. */
  readonly area: Signal<string>;
  /** Figures of the period before stand beside. */
  readonly compare: Signal<boolean>;
}

export function LedgerFilters({ of: { first, last, kind, area, compare } }: { of: LedgerChoice }) {
  const month = (back: 0 | 1) => {
    const chosen = monthTo(inputTime(serviceNow(), zoneOf()).slice(0, 10), back);
    [first.value, last.value] = [chosen.first, chosen.last];
  };
  return (
    <div class="ledger-filters">
      {([first, last] as const).map((value, i) => (
        <label key={i === 0 ? 'from' : 'to'} class="field">
          <span>{t(i === 0 ? 'ledger.from' : 'ledger.to')}</span>
          <input
            type="date"
            name={i === 0 ? 'from' : 'to'}
            value={value.value}
            onInput={(event) => {
              value.value = event.currentTarget.value;
            }}
          />
        </label>
      ))}
      <label class="field">
        <span>{t('list.filter.kind')}</span>
        <select
          name="kind"
          value={kind.value}
          onChange={(event) => {
            kind.value = CASE_KINDS.find((one) => one === event.currentTarget.value) ?? '';
          }}
        >
          <option value="">{t('app.all')}</option>
          {CASE_KINDS.map((one) => (
            <option key={one} value={one}>
              {pick(CASE_KIND_DEFINITIONS[one].title)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t('list.filter.area')}</span>
        <select
          name="area"
          value={area.value}
          onChange={(event) => {
            area.value = event.currentTarget.value;
          }}
        >
          <option value="">{t('list.filter.areaAll')}</option>
          {nodes.value
            .filter(({ level }) => level !== 'unit')
            .map(({ path, name }) => (
              <option key={path} value={path}>
                {' '.repeat(path.split('/').length - 1)}
                {name}
              </option>
            ))}
        </select>
      </label>
      <div class="ledger-choices">
        <button type="button" class="button" onClick={() => month(0)}>
          {t('ledger.thisMonth')}
        </button>
        <button type="button" class="button" onClick={() => month(1)}>
          {t('ledger.lastMonth')}
        </button>
        <label class="toggle">
          <input
            type="checkbox"
            name="compare"
            checked={compare.value}
            onChange={(event) => {
              compare.value = event.currentTarget.checked;
            }}
          />
          <span>{t('ledger.compare')}</span>
        </label>
      </div>
    </div>
  );
}
