import { type ReadOptions, readBlocks } from './recording.ts';
import { BadLines, BrokenRecordings, RecordingError } from './recording-problem.ts';

/** What recordings hold, in the order in which they are named. */
export interface Survey {
  readonly messages: number;
  /** When the first and the last message were received; undefined where there is none. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/**
 * Reads recordings from end to end, before anything is done with them.
 * @param onBytes told how many bytes of all files have been read, and how many messages were in them
 * @throws BrokenRecordings with all that is wrong in them
 */
export async function survey(
  files: readonly string[],
  onBytes?: (bytes: number, messages: number) => void,
): Promise<Survey> {
  const bad = new BadLines();
  let messages = 0;
  let [first, last]: [number | undefined, number | undefined] = [undefined, undefined];
  let before = 0;
  for (const file of files) {
    let read = 0;
    const options: ReadOptions = {
      onProblem: (problem) => bad.add(problem),
      onBytes: (bytes) => {
        read = bytes;
        onBytes?.(before + bytes, messages);
      },
    };
    try {
      for await (const block of readBlocks(file, options)) {
        messages += block.length;
        first ??= block.receivedAt[0];
        last = block.receivedAt[block.length - 1] ?? last;
        for (let place = 0; place < block.length; place++) block.taken();
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      bad.add(error);
    }
    before += read;
  }
  if (bad.count > 0) throw new BrokenRecordings(bad, messages);
  return { messages, first, last };
}
