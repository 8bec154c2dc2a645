import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Colours are read from the style once: when the system turns dark, the chart is drawn again. */
export function useSystemDark(): boolean {
  const dark = useSignal(matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const change = () => {
      dark.value = query.matches;
    };
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return dark.value;
}
