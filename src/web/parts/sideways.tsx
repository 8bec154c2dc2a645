import type { ComponentChildren } from 'preact';
import { t } from '../text/translate.ts';

/** What is wider than the page. On a phone no scroll bar is to be seen before somebody scrolls: there it says so. */
export function Sideways({ labelledBy, children }: { labelledBy: string; children: ComponentChildren }) {
  return (
    <>
      <p class="sideways-hint quiet-text" aria-hidden="true">
        {t('app.sideways')}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must scroll by the keyboard too. */}
      <section class="table-scroll" tabIndex={0} aria-labelledby={labelledBy}>
        {children}
      </section>
    </>
  );
}
