import { Reason } from '../homes/watch-words.tsx';
import { Icon } from '../parts/icons.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { nearPlace } from '../parts/place.tsx';
import type { CaseDetail, HomeWatched, PageReply } from '../state/answers.ts';
import { type Answer, get } from '../state/api.ts';
import { zoneOf } from '../state/places.ts';
import { t } from '../text/translate.ts';

const SHOWN_MAX = 100;
interface Behind {
  readonly homes: readonly HomeWatched[];
  readonly more: boolean;
}

/** Whom a gateway or an area without supply leaves unwatched: those of whom nothing would be found come first. */
export function HomesBehind({ of }: { of: CaseDetail }) {
  const { subject, path } = of.case;
  // Not by what its alerts are about: those of a gateway are about an area too, and no home has its path below a gateway.
  const isGateway = path.endsWith(`/${subject}`);
  const loaded = useLoaded(() => load(isGateway ? { gateway: subject } : { path }), [subject, path]);
  const { value } = loaded.value;
  const area = isGateway ? path.slice(0, -subject.length - 1) : path;
  return (
    <section class="card" aria-labelledby="behind">
      <h2 id="behind">{t('behind.title')}</h2>
      <LoadState of={loaded}>
        {value?.homes.length === 0 && <p>{t('behind.none')}</p>}
        <ul class="watch-homes">
          {value?.homes.map((one) => (
            <Row key={one.home.id} of={one} />
          ))}
        </ul>
        {value?.more && <p class="quiet-text">{t('watch.countMore', { n: value.homes.length })}</p>}
      </LoadState>
      <p>
        <a class="button quiet words" href={`/watch?area=${encodeURIComponent(area)}`}>
          {t('behind.watch')}
        </a>
      </p>
    </section>
  );
}

function Row({ of }: { of: HomeWatched }) {
  const { home, residents, reasons, level, path } = of;
  return (
    <li class="watch-home" data-behind={home.id}>
      <a href={`/homes/${encodeURIComponent(home.id)}`}>
        <b>{nearPlace(of)}</b>
        <span>{residents.map(({ name }) => name).join(' ')}</span>
        {level !== 'full' && (
          <span class={level === 'unwatched' ? 'warning-text' : 'quiet-text'}>
            {t(`watch.level.${level}`)}
          </span>
        )}
        <Icon name="forward" />
      </a>
      <ul>
        {reasons.map((one) => (
          <Reason key={one.state} of={one} zone={zoneOf(path)} />
        ))}
        {residents.map(({ id, name, phone }) =>
          phone === undefined ? null : (
            <li key={id}>
              <a class="button quiet" href={`tel:${phone.replace(/[^\d+]/g, '')}`}>
                <Icon name="phone" />
                {name} {phone}
              </a>
            </li>
          ),
        )}
      </ul>
    </li>
  );
}

async function load(where: { readonly path?: string; readonly gateway?: string }): Promise<Answer<Behind>> {
  const homes: HomeWatched[] = [];
  let more = false;
  for (const level of ['unwatched', 'partly', 'away'] as const) {
    const answer = await get<PageReply<HomeWatched>>('/watch', { level, limit: SHOWN_MAX, ...where });
    if (!answer.ok) return answer;
    homes.push(...answer.value.items);
    more ||= answer.value.next !== undefined;
  }
  return { ok: true, value: { homes, more } };
}
