import { isRecordingError } from '../../simulators/recording-problem.ts';
import { survey } from '../../simulators/recording-survey.ts';

/**
 * Runs recordings; where a line ends the run, all that are wrong are told. Only then are recordings read once more: whoever
 * runs them side by side passes over lines that are others', and each would tell of its own.
 */
export async function tellingBadLines<T>(recordings: readonly string[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isRecordingError(error)) await survey(recordings);
    throw error;
  }
}
