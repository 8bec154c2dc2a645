import type { CommandReply } from '../model/command.ts';

/**
 * Whether the command that tells of a call for help is on disk, or was refused for good: the one who called has left the
 * registry. `failed` is told why it is not; the call is to be told when it comes again.
 */
export async function callStored(
  reply: Promise<CommandReply>,
  failed: (error: unknown) => void,
): Promise<boolean> {
  try {
    const answer = await reply;
    if (answer.ok || answer.failure.code !== 'NOT_READY') return true;
    failed(new Error('the service stops, or its inbox is full'));
  } catch (error) {
    failed(error);
  }
  return false;
}
