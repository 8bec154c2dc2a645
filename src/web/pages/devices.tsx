import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { METRICS } from '../../model/metrics.ts';
import { DeviceBadge, Latest, NotHeard, OlderAway, troubleWords } from '../cases/sections.tsx';
import { CallTests } from '../homes/call-tests.tsx';
import { DeviceActions } from '../onboarding/device-actions.tsx';
import { DeviceChange } from '../onboarding/device-change.tsx';
import {
  DEVICE_ORDERS,
  type DeviceOrder,
  freshSince,
  inOrder,
  troubleOf,
  troublesAmong,
} from '../onboarding/device-order.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { Age, Moment } from '../parts/times.tsx';
import type { DeviceDetail, PageReply } from '../state/answers.ts';
import { type Answer, get, type Query } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { may } from '../state/session.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, number, pick, t } from '../text/translate.ts';

const PAGE = 500;
const PAGES_AT_ONCE = 4;
/** Nobody is asked while a word is still being typed. */
const TYPED_MS = 250;

/** What hangs on the walls and wrists: what was just hung first, then what needs somebody's hand. */
export function DevicesPage() {
  const { query, route } = useLocation();
  const onlySilent = query['silent'] === '1';
  const search = useSignal(query['q'] ?? '');
  const asked = useSignal(search.peek());
  const order = useSignal<DeviceOrder>('use');
  useEffect(() => {
    const timer = setTimeout(() => {
      asked.value = search.value;
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [search.value]);
  const words = asked.value.trim();
  const devices = useLoaded(() => loadDevices(onlySilent, words), [onlySilent, words]);
  const model = useSignal('');
  useEffect(() => {
    pageTitle.value = t('devices.title');
  }, [locale.value]);
  const all = useComputed(() => devices.value.value?.items ?? []);
  const models = useComputed(() => modelsOf(all.value));
  const shown = useComputed(() =>
    all.value.filter((one) => model.value === '' || one.device.model === model.value),
  );
  const sorted = useComputed(() => inOrder(shown.value, order.value, serviceNow()));
  const silent = useComputed(() => shown.value.filter((one) => one.status.silent).length);
  return (
    <div class="page">
      <h1>{t('devices.title')}</h1>
      <p class="lead">{t('devices.lead')}</p>
      <div class="toolbar">
        <label class="search">
          <span class="hidden">{t('devices.search')}</span>
          <input
            type="search"
            placeholder={t('devices.search')}
            value={search.value}
            onInput={(event) => {
              search.value = event.currentTarget.value;
            }}
          />
        </label>
        <label class="select">
          <span class="hidden">{t('devices.model')}</span>
          <select
            value={model.value}
            onChange={(event) => {
              model.value = event.currentTarget.value;
            }}
          >
            <option value="">
              {t('devices.model')}
              {t('app.colon')}
              {t('app.all')}
            </option>
            {models.value.map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label class="select">
          <span class="hidden">{t('devices.order')}</span>
          <select
            name="order"
            value={order.value}
            onChange={(event) => {
              order.value = event.currentTarget.value as DeviceOrder;
            }}
          >
            {DEVICE_ORDERS.map((one) => (
              <option key={one} value={one}>
                {t(`devices.order.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label class="toggle">
          <input
            type="checkbox"
            checked={onlySilent}
            onChange={(event) => route(event.currentTarget.checked ? '/devices?silent=1' : '/devices', true)}
          />
          <span>{t('devices.onlySilent')}</span>
        </label>
        <a class="button" href="/onboarding">
          {t('device.onboard')}
        </a>
      </div>
      <LoadState of={devices}>
        <p class="quiet-text">{t('devices.count', { n: shown.value.length, silent: silent.value })}</p>
        {devices.value.value?.isCut && <p class="message message-warning">{t('devices.cut')}</p>}
        <Troubles of={shown.value} />
        {shown.value.length === 0 ? (
          <p class="empty">{t('devices.none')}</p>
        ) : (
          <Table {...sorted.value} changed={() => devices.value.again()} />
        )}
      </LoadState>
    </div>
  );
}

/** How many need somebody, and why: the list may be longer than anybody scrolls. */
function Troubles({ of }: { of: readonly DeviceDetail[] }) {
  const troubles = troublesAmong(of, serviceNow());
  if (troubles.length === 0) return null;
  return (
    <p class="warning-text">
      {t('devices.troubles', { n: troubles.reduce((sum, { count }) => sum + count, 0) })}
      {t('app.colon')}
      {troubles.map(({ trouble, count }) => `${troubleWords(trouble)} ${number(count)}`).join(' · ')}
    </p>
  );
}

/** A phone stands still for a second and a half, every 20 s, where it draws a thousand. What needs somebody stands first. */
const DRAWN = 100;
const DRAWN_MORE = 200;

function Table({
  fresh,
  others,
  changed,
}: ReturnType<typeof inOrder<DeviceDetail>> & { changed: () => void }) {
  const room = useSignal(DRAWN);
  const left = others.length - room.value;
  const rows = (of: readonly DeviceDetail[]) =>
    of.map((one) => <Row key={one.device.id} of={one} changed={changed} />);
  return (
    <>
      <table class="table cards" aria-label={t('devices.title')}>
        <thead>
          <tr>
            <th scope="col">{t('devices.status')}</th>
            <th scope="col">{t('device.home')}</th>
            <th scope="col">{t('device.model')}</th>
            <th scope="col">{t('device.heard')}</th>
            <th scope="col" class="num">
              {t('device.battery')}
            </th>
            <th scope="col">{t('device.last')}</th>
          </tr>
        </thead>
        {fresh.length > 0 && (
          <tbody data-fresh>
            <GroupRow title={t('devices.fresh')} />
            {rows(fresh)}
          </tbody>
        )}
        {others.length > 0 && (
          <tbody>
            {fresh.length > 0 && <GroupRow title={t('devices.others')} />}
            {rows(others.slice(0, room.value))}
          </tbody>
        )}
      </table>
      {left > 0 && (
        <button
          type="button"
          class="button"
          onClick={() => {
            room.value += DRAWN_MORE;
          }}
        >
          {t('devices.drawMore', { n: Math.min(left, DRAWN_MORE), left })}
        </button>
      )}
    </>
  );
}

const GroupRow = ({ title }: { title: string }) => (
  <tr class="row-group">
    <th scope="rowgroup" colSpan={6}>
      {title}
    </th>
  </tr>
);

const BATTERY_LOW_PCT = 20;

function Row({ of, changed }: { of: DeviceDetail; changed: () => void }) {
  const { device, status, modelTitle, places, homeName, residents, path } = of;
  const zone = zoneOf(path);
  const battery = status.last.battery_pct?.value;
  const { battery_pct: _, ...rest } = status.last;
  const near = places.filter((one) => one.level !== 'sub-district' && one.level !== 'community');
  return (
    <tr class={troubleOf(of, serviceNow()) ? 'row-bad' : ''} data-device={device.id}>
      <td>
        <DeviceBadge of={of} />
      </td>
      <th scope="row" class="row-name">
        <b>{[...near.map((one) => one.name), homeName].join(' ')}</b>
        <span class="block">
          {residents.length > 0 && <span class="row-who">{residents.join(' ')} </span>}
          <code>{device.id}</code>
        </span>
      </th>
      <td data-label={t('device.model')}>{pick(modelTitle)}</td>
      <td data-label={t('device.heard')}>
        {status.heardAt === undefined ? (
          t('device.never')
        ) : (
          <>
            <Moment at={status.heardAt} zone={zone} />{' '}
            <span class="quiet-text">{<Age at={status.heardAt} />}</span>
          </>
        )}
      </td>
      <td class="num" data-label={t('device.battery')}>
        {battery === undefined ? (
          <span class="quiet-text">–</span>
        ) : (
          <span class={battery < BATTERY_LOW_PCT ? 'warning-text' : ''}>
            {number(battery, locale.value, METRICS.battery_pct.decimals)}%
          </span>
        )}
      </td>
      <td class="quiet-text" data-label={t('device.last')}>
        <Latest last={rest} />
        <OlderAway since={status.lastSince} zone={zone} />
        <NotHeard of={status} zone={zone} />
        <CallTests of={of} path={path} zone={zone} />
        {may('operator', path) && (
          <DeviceActions of={device} counts={mayHaveIndex(of)} zone={zone}>
            <DeviceChange of={device} path={path} changed={changed} />
          </DeviceActions>
        )}
      </td>
    </tr>
  );
}

/** Of one that has said nothing yet it is not known. */
const mayHaveIndex = ({ status: { last } }: DeviceDetail): boolean =>
  last.water_index_m3 !== undefined || Object.keys(last).length === 0;

interface Devices {
  readonly items: readonly DeviceDetail[];
  /** There are more. */
  readonly isCut: boolean;
}

/**
 * Pages by id. What somebody looks for the service finds, among all; else what was just hung and what needs somebody is asked
 * for first, so that it is there whatever number there is of the others.
 */
async function loadDevices(onlySilent: boolean, words: string): Promise<Answer<Devices>> {
  const silent = onlySilent ? { silent: true } : {};
  if (words !== '') return loadPages({ ...silent, q: words });
  if (onlySilent) return loadPages(silent);
  const found = new Map<string, DeviceDetail>();
  let isCut = false;
  for (const query of [{ trouble: false }, { trouble: true }, { enrolledFrom: freshSince(serviceNow()) }]) {
    const answer = await loadPages(query);
    if (!answer.ok) return answer;
    // Between two answers one may have changed sides.
    for (const one of answer.value.items) found.set(one.device.id, one);
    isCut ||= answer.value.isCut;
  }
  return { ok: true, value: { items: [...found.values()], isCut } };
}

async function loadPages(query: Query): Promise<Answer<Devices>> {
  const items: DeviceDetail[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_AT_ONCE; page++) {
    const answer = await get<PageReply<DeviceDetail>>('/devices', { ...query, limit: PAGE, cursor });
    if (!answer.ok) return answer;
    items.push(...answer.value.items);
    cursor = answer.value.next;
    if (cursor === undefined) break;
  }
  return { ok: true, value: { items, isCut: cursor !== undefined } };
}

const modelsOf = (devices: readonly DeviceDetail[]): [string, string][] =>
  [...new Map(devices.map((one) => [one.device.model, pick(one.modelTitle)]))].sort();
