import { useSignal } from '@preact/signals';
import type { AwayAnswer } from '../../model/registry.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { announce } from '../state/announcer.ts';
import { call, type Problem } from '../state/api.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { type PlainKey, t } from '../text/translate.ts';
import { reloadDetail } from './case-detail.ts';

const ANSWERS: readonly { answer: AwayAnswer; days?: number; text: PlainKey }[] = [
  { answer: 'back', text: 'care.back' },
  { answer: 'extend', days: 3, text: 'care.extend.3' },
  { answer: 'extend', days: 7, text: 'care.extend.7' },
  { answer: 'moved', text: 'care.moved' },
  { answer: 'deceased', text: 'care.deceased' },
];

/** The question after an absence, answered by one tap. */
export function CareAnswer({ of: one }: { of: NumberedCase }) {
  const busy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  if (one.kind !== 'care' || one.status === 'struck-off' || !may('responder', one.path)) return null;
  const say = async ({ answer, days }: (typeof ANSWERS)[number]) => {
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
      <h2 id="care">{t('care.title')}</h2>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value.text}
        </p>
      )}
      <div class="care-answers">
        {ANSWERS.map((each) => (
          <button
            key={each.text}
            type="button"
            class={`button ${each.answer === 'back' ? 'primary' : ''}`}
            aria-disabled={busy.value}
            onClick={() => void say(each)}
          >
            {t(each.text)}
          </button>
        ))}
      </div>
      <p class="quiet-text">{t('care.help')}</p>
    </section>
  );
}
