/** How often a property is tried: `test:slow` does it as many times more. */
const SCALE = Number(process.env['PROPERTY_SCALE'] ?? 1);

/** The runs of a property of which the fast suite takes `fast`. */
export const runs = (fast: number): number => fast * SCALE;
