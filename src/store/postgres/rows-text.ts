/**
 * Rows of any table as one parameter: a JSON array that the server reads with the types of the table itself. A table
 * that gains a column needs no change here.
 */
export function rowsText(rows: readonly object[]): string {
  return JSON.stringify(rows.map(asStored));
}

export const rowsFrom = (table: string, parameter: string): string =>
  `json_populate_recordset(null::${table}, ${parameter}::json)`;

/** A row as PostgreSQL can hold it. */
export function asStored(row: object): Record<string, unknown> {
  const stored: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) stored[column] = storable(value);
  return stored;
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  // The columns beside a document are for filters and order, in whole milliseconds.
  if (typeof value === 'number') return Math.floor(value);
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  return value;
}

/**
 * Text of a stranger (a topic, a client id) may hold what PostgreSQL does not store: a NUL, half of a surrogate pair.
 * A batch must not fail for that, again and again. Documents are JSON, which writes both as an escape.
 */
export const storableText = (text: string): string =>
  text.includes('\0') || !text.isWellFormed() ? text.replaceAll('\0', '\ufffd').toWellFormed() : text;

/** What becomes of a row that is there already, by its key: it is replaced, if the column says that this one is later. */
export function onConflict(
  key: readonly string[],
  replaced: 'all' | 'nothing' | 'version' | 'seq',
): (columns: readonly string[]) => string {
  const on = `on conflict (${key.map((column) => `"${column}"`).join(', ')}) do`;
  if (replaced === 'nothing') return () => `${on} nothing`;
  return (columns) => {
    const others = columns.filter((column) => !key.includes(column));
    const set = others.map((column) => `"${column}" = excluded."${column}"`).join(', ');
    return `${on} update set ${set}${LATER[replaced]}`;
  };
}

const LATER = {
  all: '',
  version: ' where excluded.version > t.version',
  seq: ' where excluded.seq >= t.seq',
} as const;
