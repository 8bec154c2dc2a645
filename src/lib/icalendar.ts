/** What a calendar program shows of one appointment. Instants in epoch milliseconds. */
export interface CalendarEvent {
  /** Unique and lasting: the same appointment has it in the next export too. */
  readonly id: string;
  readonly from: number;
  readonly until: number;
  readonly summary: string;
  readonly description?: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `20260301T080000Z`. */
function stamp(at: number): string {
  const date = new Date(at);
  const day = `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
  return `${day}T${two(date.getUTCHours())}${two(date.getUTCMinutes())}${two(date.getUTCSeconds())}Z`;
}

const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');

const LINE_BYTES_MAX = 75;

/** Lines longer than 75 bytes go on in the next, behind a space; no character is cut in two (RFC 5545 §3.1). */
function folded(line: string): string {
  const lines: string[] = [];
  let current = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > LINE_BYTES_MAX) {
      lines.push(current);
      current = ' ';
      bytes = 1;
    }
    current += character;
    bytes += size;
  }
  return [...lines, current].join('\r\n');
}

/** A calendar in the form of RFC 5545. `made` is when it was written. */
export function calendarText(name: string, events: readonly CalendarEvent[], made: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Shouwang//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escaped(name)}`,
    ...events.flatMap(({ id, from, until, summary, description }) => [
      'BEGIN:VEVENT',
      `UID:${escaped(id)}`,
      `DTSTAMP:${stamp(made)}`,
      `DTSTART:${stamp(from)}`,
      `DTEND:${stamp(until)}`,
      `SUMMARY:${escaped(summary)}`,
      ...(description === undefined ? [] : [`DESCRIPTION:${escaped(description)}`]),
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}
