import { inputTime } from '../format/time.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { Sideways } from '../parts/sideways.tsx';
import type { WatchedHoursReply } from '../state/answers.ts';
import { get, queryString } from '../state/api.ts';
import { FIGURES_EVERY_MS } from '../state/loading.ts';
import { zoneOf } from '../state/places.ts';
import { number, t } from '../text/translate.ts';
import { Figure } from './ledger-figure.tsx';

const SHOWN = 20;
/** In the order in which they are read: what should be, what should not, what does not count. */
const KINDS = ['watched', 'blind', 'untold', 'unarmed', 'unattended', 'away', 'unknown'] as const;
/** Those that differ from home to home and are somebody's to change. */
const OF_HOMES = ['blind', 'untold', 'unarmed', 'away'] as const;

interface Options {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly earlier: { readonly from?: number; readonly to?: number } | undefined;
}

/** For how much of the period people were watched, and which homes were not. */
export function WatchedHours({ from, to, path, earlier }: Options) {
  const within = path === '' ? {} : { path };
  const query = { from, to, ...within };
  const now = useLoaded(
    () => get<WatchedHoursReply>('/watched-hours', { ...query, limit: SHOWN }),
    [from, to, path],
    FIGURES_EVERY_MS,
  );
  const then = useLoaded<WatchedHoursReply | undefined>(
    async () =>
      earlier?.from === undefined || earlier.to === undefined
        ? ({ ok: true, value: undefined } as const)
        : get<WatchedHoursReply>('/watched-hours', {
            from: earlier.from,
            to: earlier.to,
            ...within,
            limit: 1,
          }),
    [earlier?.from, earlier?.to, path],
    FIGURES_EVERY_MS,
  );
  const { value } = now.value;
  return (
    <section class="card watched-hours" aria-labelledby="watched-hours">
      <h2 id="watched-hours">{t('ledger.hours.title')}</h2>
      <p id="watched-hours-lead" class="quiet-text">
        {t('ledger.hours.lead')}
      </p>
      <LoadState of={now}>
        {value && value.total.homes === 0 && <p class="quiet-text">{t('ledger.hours.none')}</p>}
        {value && value.total.homes > 0 && (
          <>
            <Since of={value} />
            <Totals of={value} past={then.value.value} />
            <Homes of={value} />
            <p class="no-print">
              <a
                class="button"
                href={`/api/v1/watched-hours.csv${queryString(query)}`}
                download="watched-hours.csv"
              >
                {t('ledger.hours.csv')}
              </a>
            </p>
          </>
        )}
      </LoadState>
    </section>
  );
}

/** Where a part of the period was before anything was written down, that stands first. */
function Since({ of: { from, recordedFrom } }: { of: WatchedHoursReply }) {
  if (recordedFrom === undefined || recordedFrom <= from) return null;
  const at = inputTime(recordedFrom, zoneOf()).replace('T', ' ');
  return <p class="warning-text">{t('ledger.hours.since', { at })}</p>;
}

function Totals({ of, past }: { of: WatchedHoursReply; past: WatchedHoursReply | undefined }) {
  // Of a period of which nothing is known there is nothing to stand beside.
  const earlier = past && past.total.homes > 0 ? past.total : undefined;
  const { total } = of;
  return (
    <dl class="ledger-group">
      <Figure name={t('ledger.hours.share')} of={shareOf(total)} past={earlier && shareOf(earlier)} />
      <Figure
        name={t('ledger.hours.homes')}
        of={number(total.homes)}
        past={earlier && number(earlier.homes)}
      />
      <Figure
        name={t('ledger.hours.blindLong')}
        of={number(total.blindLong)}
        past={earlier && number(earlier.blindLong)}
      />
      {KINDS.filter((kind) => kind === 'watched' || total.hours[kind] > 0 || earlier?.hours[kind]).map(
        (kind) => (
          <Figure
            key={kind}
            name={t(`ledger.hours.${kind}`)}
            of={hours(total.hours[kind])}
            past={earlier && hours(earlier.hours[kind])}
          />
        ),
      )}
    </dl>
  );
}

function Homes({ of: { homes, more } }: { of: WatchedHoursReply }) {
  if (homes.length === 0) return <p class="quiet-text no-print">{t('ledger.hours.allWatched')}</p>;
  const kinds = OF_HOMES.filter((kind) => homes.some((one) => one.hours[kind] > 0));
  const known = sharedBy(homes);
  return (
    <div class="no-print">
      <Sideways labelledBy="watched-hours-lead">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('ledger.hours.home')}</th>
              {[
                t('ledger.hours.share'),
                ...kinds.map((kind) => t(`ledger.hours.${kind}`)),
                t('ledger.hours.longest'),
              ].map((name) => (
                <th key={name} scope="col" class="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {homes.map((one) => (
              <tr key={one.home}>
                <th scope="row">
                  <span class="quiet-text block">{areaOf(one, known)}</span>
                  <a href={`/homes/${encodeURIComponent(one.home)}`}>{doorOf(one)}</a>
                </th>
                <td class="num">{shareOf(one)}</td>
                {kinds.map((kind) => (
                  <td key={kind} class="num">
                    {one.hours[kind] === 0 ? '–' : hours(one.hours[kind])}
                  </td>
                ))}
                <td class="num">{one.longestBlind === 0 ? '–' : hours(one.longestBlind)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      {more > 0 && <p class="quiet-text">{t('ledger.hours.more', { n: more })}</p>}
    </div>
  );
}

type Home = WatchedHoursReply['homes'][number];
const isDoor = (level: string): boolean => level === 'building' || level === 'unit';

/** Two communities may have a 3号楼 501 each; what all of them lie in need not stand at each. */
const areaOf = ({ places }: Home, known: ReadonlySet<string>): string =>
  places
    .filter(({ level, path }) => !isDoor(level) && !known.has(path))
    .map((each) => each.name)
    .join(' ');

const sharedBy = (homes: readonly Home[]): ReadonlySet<string> =>
  new Set(
    (homes[0]?.places ?? [])
      .map(({ path }) => path)
      .filter((path) => homes.every(({ places }) => places.some((one) => one.path === path))),
  );

const doorOf = ({ places, name }: Home): string =>
  [...places.filter(({ level }) => isDoor(level)).map((each) => each.name), name].join(' ');

const hours = (n: number): string => t('ledger.hours.n', { n: number(n, undefined, 2) });

/** Rounded down: 100 stands where nothing is missing. */
const shareOf = ({ share }: { share?: number }): string =>
  share === undefined ? '–' : `${number(Math.floor(1000 * share) / 10, undefined, 1)}%`;
