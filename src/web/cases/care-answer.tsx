import { useSignal } from '@preact/signals';
import type { CareState } from '../../model/case.ts';
import type { AwayAnswer } from '../../model/registry.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { announce } from '../state/announcer.ts';
import { call, type Problem } from '../state/api.ts';
import { newKey } from '../state/outbox.ts';
import { mayActOn } from '../state/session.ts';
import { type PlainKey, t } from '../text/translate.ts';
import { reloadDetail } from './case-detail.ts';

interface Answer {
  readonly answer: AwayAnswer;
  readonly days?: number;
  readonly text: PlainKey;
}

const LONGER: readonly Answer[] = [
  { answer: 'extend', days: 3, text: 'care.extend.3' },
  { answer: 'extend', days: 7, text: 'care.extend.7' },
];

/** What is asked, or may be put right: word of a registration, and news that somebody is back, want no answer. */
const CHOICES: Readonly<
  Record<CareState, { readonly title: PlainKey; readonly answers: readonly Answer[] }>
> = {
  asks: {
    title: 'care.title',
    answers: [
      { answer: 'back', text: 'care.back' },
      ...LONGER,
      { answer: 'moved', text: 'care.moved' },
      { answer: 'deceased', text: 'care.deceased' },
    ],
  },
  registered: { title: 'care.registered', answers: [{ answer: 'back', text: 'care.takeBack' }] },
  news: { title: 'care.notBack', answers: LONGER },
};

/** The question after an absence, answered by one tap. */
export function CareAnswer({ of: one, care }: { of: NumberedCase; care: CareState | undefined }) {
  const busy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  if (care === undefined || !mayActOn(one)) return null;
  const asks = care === 'asks';
  const { title, answers } = CHOICES[care];
  const say = async ({ answer, days }: Answer) => {
    if (busy.value) return;
    busy.value = true;
    const body = { answer, ...(days === undefined ? {} : { days }) };
    const path = `/homes/${encodeURIComponent(one.home)}/away-answer`;
    const reply = await call('POST', path, { body, key: newKey() });
    busy.value = false;
    problem.value = reply.ok ? undefined : reply.problem;
    if (reply.ok) announce(t('care.answered'));
    await reloadDetail();
  };
  return (
    <section class="card care" aria-labelledby="care">
      <h2 id="care">{t(title)}</h2>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value.text}
        </p>
      )}
      <div class="care-answers">
        {answers.map((each) => (
          <button
            key={each.text}
            type="button"
            class={`button ${asks && each.answer === 'back' ? 'primary' : ''}`}
            aria-disabled={busy.value}
            onClick={() => void say(each)}
          >
            {t(each.text)}
          </button>
        ))}
      </div>
      {asks && <p class="quiet-text">{t('care.help')}</p>}
    </section>
  );
}
