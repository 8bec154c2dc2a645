import pino, { type Logger } from 'pino';

/** Lines that wait for a disk that takes none; what does not fit is lost. */
const WAITING_CHARS_MAX = 1 << 20;

/**
 * The log of a service, on stderr. Where that is a file on a disk that is full the service goes on: as an error nobody takes, the
 * first line that cannot be written ended it, or left it standing half started.
 */
export function serviceLog(level: string): Logger {
  const lines = pino.destination({ dest: 2, sync: true, maxLength: WAITING_CHARS_MAX });
  lines.on('error', () => undefined);
  return pino({ level }, lines);
}
