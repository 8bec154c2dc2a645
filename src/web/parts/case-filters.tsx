import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { PRIORITIES } from '../../model/alert.ts';
import { CASE_STATUSES, type CaseStatus } from '../../model/case.ts';
import { CASE_KINDS } from '../../model/case-kind.ts';
import { shown } from '../cases/untaken-count.ts';
import { type Filter, filterQuery, USUAL } from '../cases/work-list.ts';
import { overdueCallBacks } from '../state/alarms.ts';
import { nodes } from '../state/places.ts';
import { covers, me, user } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { priorityMeaning } from './badges.tsx';
import { Icon, PriorityShape } from './icons.tsx';

/** What to see. Every choice goes into the address of the page. On a phone they fold away behind one button. */
export function CaseFilters({ filter, onChange, children }: ChoiceProps & { children?: ComponentChildren }) {
  const open = useSignal(false);
  const usual = filterQuery(filter) === '/';
  return (
    <div class={`filters ${open.value ? 'filters-open' : ''}`}>
      <div class="filters-row">
        <StatusChoice filter={filter} onChange={onChange} />
        <button
          type="button"
          class={`button filters-toggle ${usual ? '' : 'on'}`}
          aria-expanded={open.value}
          aria-controls="more-filters"
          onClick={() => {
            open.value = !open.value;
          }}
        >
          <Icon name="filter" />
          <span>{t('list.filters')}</span>
        </button>
      </div>
      {children}
      <div class="filters-more" id="more-filters">
        <PriorityChoice filter={filter} onChange={onChange} />
        <KindChoice filter={filter} onChange={onChange} />
        <AreaChoice filter={filter} onChange={onChange} />
        <label class="toggle">
          <input
            type="checkbox"
            checked={filter.owner !== undefined}
            onChange={(event) => onChange(withOwner(filter, event.currentTarget.checked))}
          />
          <span>{t('list.filter.mine')}</span>
        </label>
        {!usual && (
          <button
            type="button"
            class="button quiet"
            onClick={() => onChange({ status: USUAL, priority: [] })}
          >
            {t('list.filters.reset')}
          </button>
        )}
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly filter: Filter;
  readonly onChange: (to: Filter) => void;
}

function StatusChoice({ filter, onChange }: ChoiceProps) {
  return (
    <fieldset class="chips">
      <legend class="hidden">{t('list.filter.status')}</legend>
      {CASE_STATUSES.map((one) => (
        <button
          key={one}
          type="button"
          title={t(`status.${one}`)}
          aria-pressed={filter.status.includes(one)}
          onClick={() => onChange({ ...filter, status: toggledStatus(filter.status, one) })}
        >
          {/* Short, for all of them have to stand in one row on a phone. */}
          {t(`chip.${one}`)}
          {one === 'resolved' && <LateCallBacks />}
        </button>
      ))}
    </fieldset>
  );
}

/** How many of them are late, where people choose what they see. */
function LateCallBacks() {
  const { length: n } = overdueCallBacks.value;
  if (n === 0) return null;
  return (
    <span class="late" title={t('list.callBacksLate', { n })}>
      <span aria-hidden="true">{shown(n)}</span>
      <span class="hidden">{t('nav.callBacks', { n })}</span>
    </span>
  );
}

function PriorityChoice({ filter, onChange }: ChoiceProps) {
  return (
    <fieldset class="chips">
      <legend class="hidden">{t('list.filter.priority')}</legend>
      {PRIORITIES.map((one) => (
        <button
          key={one}
          type="button"
          class={`priority-${one}`}
          title={priorityMeaning(one, filter.kind)}
          aria-pressed={filter.priority.includes(one)}
          onClick={() => onChange({ ...filter, priority: toggled(filter.priority, one, PRIORITIES) })}
        >
          <PriorityShape priority={one} />
          {one}
        </button>
      ))}
    </fieldset>
  );
}

function KindChoice({ filter, onChange }: ChoiceProps) {
  return (
    <label class="select">
      <span class="hidden">{t('list.filter.kind')}</span>
      <select
        value={filter.kind ?? ''}
        onChange={(event) => {
          const { kind: _, ...rest } = filter;
          const chosen = CASE_KINDS.find((one) => one === event.currentTarget.value);
          onChange(chosen ? { ...rest, kind: chosen } : rest);
        }}
      >
        <option value="">
          {t('list.filter.kind')}
          {t('app.colon')}
          {t('app.all')}
        </option>
        {CASE_KINDS.map((one) => (
          <option key={one} value={one}>
            {t('list.filter.kind')}
            {t('app.colon')}
            {t(`kind.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Communities and grids that the person may see; nothing to choose when there is only one. */
function AreaChoice({ filter, onChange }: ChoiceProps) {
  const areas = useComputed(() => {
    const mine = (user.value?.roles ?? []).map((one) => one.node);
    return nodes.value
      .filter((one) => one.level === 'sub-district' || one.level === 'community' || one.level === 'grid')
      .filter((one) => mine.some((node) => covers(node, one.path)))
      .sort((a, b) => a.path.localeCompare(b.path));
  });
  if (areas.value.length < 2 && filter.area === undefined) return null;
  return (
    <label class="select">
      <span class="hidden">{t('list.filter.area')}</span>
      <select
        value={filter.area ?? ''}
        onChange={(event) => {
          const { area: _, ...rest } = filter;
          const chosen = event.currentTarget.value;
          onChange(chosen === '' ? rest : { ...rest, area: chosen });
        }}
      >
        <option value="">{t('list.filter.areaAll')}</option>
        {areas.value.map((one) => (
          <option key={one.path} value={one.path}>
            {'\u2003'.repeat(one.level === 'grid' ? 1 : 0)}
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Switches one value; none chosen means all. */
function toggled<T>(chosen: readonly T[], one: T, order: readonly T[]): T[] {
  const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
  return order.filter((other) => next.includes(other));
}

/** A list of no status at all would always be empty: with the last one goes the choice, and all are shown. */
function toggledStatus(chosen: readonly CaseStatus[], one: CaseStatus): readonly CaseStatus[] {
  const next = toggled(chosen, one, CASE_STATUSES);
  return next.length === 0 ? CASE_STATUSES : next;
}

function withOwner(filter: Filter, on: boolean): Filter {
  const { owner: _, ...rest } = filter;
  return on ? { ...rest, owner: me() } : rest;
}
