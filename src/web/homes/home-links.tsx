import { useSignal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { useLoaded } from '../parts/loaded.tsx';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail, HomeLinkReply } from '../state/answers.ts';
import { call, get } from '../state/api.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';

interface Made {
  readonly of: HomeLinkReply;
  readonly url: string;
  readonly until: number;
}

/** Personal links for the resident and the family: made here, given away, withdrawn. */
export function HomeLinks({ of }: { of: HomeDetail }) {
  return may('responder', of.path) ? <Links of={of} /> : null;
}

function Links({ of: { home, residents, contacts, timeZone } }: { of: HomeDetail }) {
  const address = `/homes/${encodeURIComponent(home.id)}/links`;
  const links = useLoaded(() => get<{ items: readonly HomeLinkReply[] }>(address), [home.id]);
  const made = useSignal<Made | undefined>(undefined);
  const error = useSignal('');
  const { value, again } = links.value;
  const make = async (of: HomeLinkReply) => {
    const body = { visitor: of.visitor };
    const answer = await call<{ path: string; url?: string; until: number }>('POST', address, {
      body,
      key: newKey(),
    });
    error.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) {
      const { path, until, url = new URL(path, location.origin).href } = answer.value;
      made.value = { of, url, until };
    }
    again();
  };
  const revoke = async ({ visitor }: HomeLinkReply) => {
    const answer = await call('POST', `${address}/revoke`, { body: { visitor }, key: newKey() });
    error.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) announce(t('links.revoked'));
    again();
  };
  const phoneOf = ({ visitor: { kind, id } }: HomeLinkReply): string | undefined =>
    (kind === 'contact' ? contacts : residents).find((one) => one.id === id)?.phone;
  return (
    <section class="card" aria-labelledby="home-links">
      <h2 id="home-links">{t('links.title')}</h2>
      <p class="quiet-text">{t('links.help')}</p>
      <p class="error-text" role="alert">
        {error.value}
      </p>
      {value?.items.length === 0 && <p>{t('links.nobody')}</p>}
      <ul class="away-list">
        {value?.items.map((one) => (
          <li key={`${one.visitor.kind} ${one.visitor.id}`} data-visitor={one.visitor.id}>
            <LinkWords of={one} zone={timeZone} />
            <button
              type="button"
              class="button"
              aria-label={`${t(one.link ? 'links.makeAgain' : 'links.make')} ${one.name}`}
              onClick={() => void make(one)}
            >
              {t(one.link ? 'links.makeAgain' : 'links.make')}
            </button>
            {one.link && (
              <button
                type="button"
                class="button"
                aria-label={`${t('links.revoke')} ${one.name}`}
                onClick={() => void revoke(one)}
              >
                {t('links.revoke')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {made.value && (
        <MadeDialog
          of={made.value}
          phone={phoneOf(made.value.of)}
          zone={timeZone}
          onClose={() => {
            made.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function LinkWords({ of: { visitor, name, relation, link }, zone }: { of: HomeLinkReply; zone: string }) {
  const who = visitor.kind === 'resident' ? t('links.self') : relation;
  return (
    <p class="away-period">
      <b>{name}</b> {who && <span class="quiet-text">{who}</span>}{' '}
      {link ? (
        <span class="quiet-text">
          {t('links.until')} <Moment at={link.until} zone={zone} />
          {' · '}
          {t('links.madeBy', { name: link.madeBy })}
          {link.usedAt !== undefined && (
            <>
              {' · '}
              {t('links.used')} <Moment at={link.usedAt} zone={zone} />
            </>
          )}
        </span>
      ) : (
        <span class="quiet-text">{t('links.none')}</span>
      )}
    </p>
  );
}

/** The link, this once: to be copied, sent from the phone of whoever made it, or printed. */
function MadeDialog({
  of: { of: one, url, until },
  phone,
  zone,
  onClose,
}: {
  of: Made;
  phone: string | undefined;
  zone: string;
  onClose: () => void;
}) {
  const message = t('links.message', { name: one.name, url });
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    announce(t('links.copied'));
  };
  const number = phone?.replace(/[^\d+]/g, '');
  return (
    <Dialog title={t('links.for', { name: one.name })} onClose={onClose}>
      <div class="print-sheet">
        <p>
          <b>{t('links.for', { name: one.name })}</b>
        </p>
        <p class="home-link">{url}</p>
        <p>
          {t('links.until')} <Moment at={until} zone={zone} />
        </p>
        <p class="print-only">{t('links.printHelp')}</p>
      </div>
      <p class="message message-warning">{t('links.once')}</p>
      <div class="care-answers">
        {window.isSecureContext && (
          <button type="button" class="button primary" onClick={() => void copy()}>
            {t('links.copy')}
          </button>
        )}
        {number && (
          <a class="button" href={`sms:${number}?body=${encodeURIComponent(message)}`}>
            {t('links.sms')}
          </a>
        )}
        {'share' in navigator && (
          <button
            type="button"
            class="button"
            onClick={() => void navigator.share({ text: message }).catch(() => undefined)}
          >
            {t('links.share')}
          </button>
        )}
        <button type="button" class="button" onClick={() => print()}>
          {t('links.print')}
        </button>
      </div>
    </Dialog>
  );
}
