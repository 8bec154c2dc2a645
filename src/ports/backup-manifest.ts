/** What a backup holds; written beside the copies, last, as `backup.json`. */
export interface BackupManifest {
  readonly format: 1;
  /** When it was made, in epoch milliseconds. */
  readonly at: number;
  /** The last input that the records hold. */
  readonly lastSeq: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}
