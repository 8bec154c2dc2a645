import { useMemo } from 'preact/hooks';
import { said } from '../state/announcer.ts';

/**
 * Where a screen reader hears what is new. In the page and again in each open dialog, which keeps everything outside it
 * from being heard: each says what came while it was there.
 */
export function LiveRegions() {
  const since = useMemo(() => said.peek().at(-1)?.key ?? 0, []);
  const mine = said.value.filter(({ key }) => key > since);
  return (
    <>
      <Region urgent of={mine.filter(({ urgent }) => urgent)} />
      <Region urgent={false} of={mine.filter(({ urgent }) => !urgent)} />
    </>
  );
}

function Region({ urgent, of }: { urgent: boolean; of: typeof said.value }) {
  return (
    <div
      class="hidden"
      role={urgent ? 'alert' : 'status'}
      aria-live={urgent ? 'assertive' : 'polite'}
      aria-atomic="false"
      aria-relevant="additions"
      data-live-region={urgent ? 'urgent' : 'calm'}
    >
      {of.map(({ key, words }) => (
        <p key={key}>{words}</p>
      ))}
    </div>
  );
}
