import { stripVTControlCharacters } from 'node:util';

/**
 * A line for the terminal that the service runs on. Where standard output is a file or another program, or somebody wants no
 * colours (no-color.org), what would colour it is left out.
 */
export const onTerminal = (
  line: string,
  isTTY: boolean = process.stdout.isTTY,
  { NO_COLOR = '' }: Readonly<Record<string, string | undefined>> = process.env,
): string => (isTTY && NO_COLOR === '' ? line : stripVTControlCharacters(line));
