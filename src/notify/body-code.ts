/** The vendor's own code in a JSON body: HTTP 200 says nothing. Undefined: a proxy's page instead of the vendor's answer. */
export function bodyCode(
  body: string,
  codeKey: string,
  wordsKey: string,
): { readonly code: number | undefined; readonly words: string } {
  try {
    const answer = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const code = answer?.[codeKey];
    if (typeof code === 'number') return { code, words: String(answer?.[wordsKey] ?? '') };
  } catch {
    // Not JSON.
  }
  return { code: undefined, words: '' };
}
