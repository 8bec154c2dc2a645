import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteFile } from '../sqlite/file.ts';

/**
 * The instant before which readings of a telemetry file that nobody has open may be with another store, in epoch
 * milliseconds; undefined: all of them are here.
 */
export function localFromOf(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const row = db.prepare("select value from meta where key = 'localFrom'").get() as
      | { value: number }
      | undefined;
    return row?.value || undefined;
  } finally {
    db.close();
  }
}

/** Says of a file that nobody has open that from this instant on all readings are here; undefined: all that there are. */
export function setLocalFrom(file: string, at: number | undefined): void {
  const own = openSqliteFile(file);
  try {
    own.db
      .prepare(
        "insert into meta (key, value) values ('localFrom', ?) on conflict (key) do update set value = excluded.value",
      )
      .run(at ?? 0);
  } finally {
    own.close();
  }
}
