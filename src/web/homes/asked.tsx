import { useSignal } from '@preact/signals';
import type { HomeDetail } from '../state/answers.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';
import type { AskedBefore } from './asked-fields.tsx';
import { HelpDialog } from './help-asked.tsx';
import { RequestDialog } from './request-asked.tsx';

/** What somebody asks for by word of mouth: help, or something that can wait. */
export function Asked({ of }: { of: HomeDetail }) {
  const asks = useSignal<'help' | 'request' | undefined>(undefined);
  const before = useSignal<AskedBefore | undefined>(undefined);
  if (!may('responder', of.path)) return null;
  const open = (what: 'help' | 'request', typed?: AskedBefore) => {
    before.value = typed;
    asks.value = what;
  };
  const close = () => {
    asks.value = undefined;
  };
  return (
    <>
      <p class="asked-buttons">
        <button type="button" class="button primary" onClick={() => open('help')}>
          {t('help.register')}
        </button>
        <button type="button" class="button" onClick={() => open('request')}>
          {t('request.register')}
        </button>
      </p>
      {asks.value === 'help' && <HelpDialog of={of} before={before.value} onClose={close} />}
      {asks.value === 'request' && (
        <RequestDialog of={of} onHelp={(typed) => open('help', typed)} onClose={close} />
      )}
    </>
  );
}
