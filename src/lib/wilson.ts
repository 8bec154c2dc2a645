/** The standard normal quantile of a two-sided interval of 95 %. */
const Z = 1.959964;

/**
 * The share of hits with its interval of 95 % after Wilson: one that says honestly how little a few cases tell. Undefined
 * where there are none. Source: E. B. Wilson, "Probable inference", JASA 22 (1927) 209–212.
 */
export function wilson(hits: number, of: number): { share: number; low: number; high: number } | undefined {
  if (of <= 0) return undefined;
  const share = hits / of;
  const spread = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const middle = share + (Z * Z) / (2 * of);
  const scale = 1 + (Z * Z) / of;
  return { share, low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
