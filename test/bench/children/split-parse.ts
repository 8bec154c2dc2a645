import { createReadStream } from 'node:fs';

/** The anchor of a replay: reads a recording, splits it into lines and parses each, and does nothing with them. */
const [file = ''] = process.argv.slice(2);
let rest = '';
let lines = 0;
for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
  const text = rest + chunk;
  let from = 0;
  for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
    if (JSON.parse(text.slice(from, to)).topic) lines++;
    from = to + 1;
  }
  rest = text.slice(from);
}
process.send?.({ lines });
