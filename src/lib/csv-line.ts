/** Tables that people open in a spreadsheet. */

/** Control characters, line ends among them, and marks that turn the direction of what follows: one row is one line, and reads as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSEEN = /\r\n|[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
/** What a spreadsheet takes for a formula, in either width of these signs. */
const FORMULA = /^\s*[=+\-@＝＋－＠]/;
/** A telephone or another number is none: `+86 138 0000 1111` would not be what one dials with a mark before it. */
const NUMBER = /^[+-]?\d[\d .()-]*$/;

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** RFC 4180. A cell that a spreadsheet would take for a formula is made plain text, as OWASP has it: by a `'` before it. */
function csvCell(text: string): string {
  const seen = text.replaceAll(UNSEEN, ' ');
  const plain = FORMULA.test(seen) && !NUMBER.test(seen) ? `'${seen}` : seen;
  return /[",;]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** A cell of such a table as it was before. */
export const withoutFormulaMark = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
