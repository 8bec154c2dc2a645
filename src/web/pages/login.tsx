import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { Logo } from '../parts/icons.tsx';
import { LanguageChoice } from '../parts/shell.tsx';
import type { Problem } from '../state/api.ts';
import { signIn, user } from '../state/session.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, t } from '../text/translate.ts';

export function LoginPage() {
  useEffect(() => {
    pageTitle.value = t('login.title');
  }, [locale.value]);
  useEffect(() => toThePage, []);
  return (
    <main class="login">
      <div class="login-card">
        <div class="login-head">
          <Logo />
          <div>
            <h1>{t('app.name')}</h1>
            <p>{t('login.lead')}</p>
          </div>
        </div>
        <LoginForm />
        <LanguageChoice />
      </div>
    </main>
  );
}

/** The form goes, and with it what had the focus: whoever listens is told that another page is there. */
const toThePage = (): void => {
  requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }));
};

/** The session ended in the middle of something: the page below stays as it is. */
export function LoginDialog() {
  return (
    <Dialog title={t('login.title')} closable={false}>
      <p class="message">{t('login.expired')}</p>
      <LoginForm name={user.peek()?.id ?? ''} />
    </Dialog>
  );
}

/** A plain form, so that password managers know it; pasting is allowed, and the password may be looked at. */
function LoginForm({ name = '' }: { name?: string }) {
  const error = useSignal('');
  const busy = useSignal(false);
  const shown = useSignal(false);
  const userField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => (name === '' ? userField : passwordField).current?.focus(), []);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    // Read from the fields: a password manager may fill them without any event.
    const who = userField.current?.value.trim() ?? '';
    const password = passwordField.current?.value ?? '';
    if (who === '' || password === '') {
      error.value = t('login.missing');
      (who === '' ? userField : passwordField).current?.focus();
      return;
    }
    busy.value = true;
    error.value = '';
    const answer = await signIn(who, password);
    busy.value = false;
    if (answer.ok) return;
    error.value = explain(answer.problem);
    passwordField.current?.select();
  };

  return (
    <form class="form" method="post" action="/" onSubmit={submit} noValidate>
      <label class="field">
        <span>{t('login.user')}</span>
        <input
          ref={userField}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellcheck={false}
          required
          defaultValue={name}
          aria-invalid={error.value !== ''}
          aria-describedby="login-error"
        />
      </label>
      <div class="field">
        <label for="login-password">{t('login.password')}</label>
        <div class="with-button">
          <input
            id="login-password"
            ref={passwordField}
            name="password"
            // The types allow no change of the kind of a field, browsers do.
            type={(shown.value ? 'text' : 'password') as 'password'}
            autoComplete="current-password"
            autoCapitalize="none"
            spellcheck={false}
            required
            aria-invalid={error.value !== ''}
            aria-describedby="login-error"
          />
          <button
            type="button"
            class="button quiet"
            aria-pressed={shown.value}
            onClick={() => {
              shown.value = !shown.value;
            }}
          >
            {shown.value ? t('login.hide') : t('login.show')}
          </button>
        </div>
      </div>
      <p id="login-error" class="error-text" role="alert">
        {error.value}
      </p>
      <button type="submit" class="button primary wide" aria-disabled={busy.value}>
        {busy.value ? t('login.busy') : t('login.submit')}
      </button>
    </form>
  );
}

function explain(problem: Problem): string {
  if (problem.status === 0 || problem.status >= 500) return t('login.unreachable');
  if (problem.status === 429) return t('login.tooMany');
  if (problem.code === 'WRONG_CREDENTIALS' || problem.code === 'REQUEST_INVALID') return t('login.wrong');
  return problem.text;
}
