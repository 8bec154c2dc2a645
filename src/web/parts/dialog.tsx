import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../text/translate.ts';
import { standInHistory } from './dialog-history.ts';
import { LiveRegions } from './live-regions.tsx';

/** A native modal dialog: focus stays inside, Escape and "back" close it, the focus goes back to where it was. */
export function Dialog({
  title,
  children,
  onClose,
  closable = true,
}: {
  title: string;
  children: ComponentChildren;
  onClose?: () => void;
  closable?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => (closable ? standInHistory(() => close.current?.()) : undefined), [closable]);
  const cancel = (event: Event) => {
    event.preventDefault();
    if (closable) onClose?.();
  };
  return (
    <dialog ref={element} aria-labelledby={heading} onCancel={cancel}>
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        {closable && (
          <button
            type="button"
            class="button quiet icon-button"
            aria-label={t('app.close')}
            onClick={onClose}
          >
            ✕
          </button>
        )}
      </div>
      <div class="dialog-body">{children}</div>
      <LiveRegions />
    </dialog>
  );
}
