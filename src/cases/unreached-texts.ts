import type { Text } from '../model/text.ts';

/** What is said of call-backs that nobody answers. */
export const unreachedText = (times: number): Text => ({
  zh: `回访 ${times} 次均未能联系，请向联系人核实，必要时上门`,
  en: `${times} call-backs have reached nobody: ask the contacts, and go there if they do not know`,
});

/** What is added where it is late as well. */
export function triedText(times: number | undefined): Text {
  if (!times) return { zh: '', en: '' };
  return {
    zh: `（已试 ${times} 次，未能联系）`,
    en: ` (tried ${times === 1 ? 'once' : `${times} times`}, and nobody was reached)`,
  };
}
