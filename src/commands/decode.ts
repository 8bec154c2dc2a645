import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { loadDeviceModels } from '../app/definitions.ts';
import { UsageError } from '../cli.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import { REJECTION_REASONS } from '../model/rejection.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** `decode`: what a device model makes of payloads, one a line. */
export default function addDecode(program: Command): void {
  program
    .command('decode')
    .description(
      'Reads one payload a line from stdin (JSON, hex or base64) and writes what the model makes of it, one line each.',
    )
    .requiredOption('-m, --model <model>', 'device model, such as water-meter')
    .option('-t, --topic <topic>', 'the topic it came under, for models that need it')
    .option('--received-at <time>', 'when it was received, RFC 3339; now if absent')
    .action(async (options: { model: string; topic?: string; receivedAt?: string }) => {
      const models = await loadDeviceModels();
      const definition = models.get(options.model);
      if (!definition) {
        const known = models.all().map(({ model }) => model);
        throw new UsageError(`no device model "${options.model}"; there are ${known.join(', ')}`);
      }
      const given = options.receivedAt === undefined ? undefined : parseRfc3339(options.receivedAt);
      if (options.receivedAt !== undefined && given === undefined)
        throw new UsageError(`--received-at ${options.receivedAt} is not RFC 3339`);
      for await (const line of createInterface({ input: process.stdin })) {
        if (line.trim() === '') continue;
        const decoded = definition.decode(payloadOf(line), given ?? Date.now());
        if (!decoded.ok) {
          const message = `${REJECTION_REASONS[decoded.reason].en}: ${decoded.detail}`;
          console.log(JSON.stringify({ rejection: { code: decoded.reason, message } }));
          continue;
        }
        const { readings, events, rejections } = decoded;
        console.log(
          JSON.stringify({
            readings: readings.map(({ metric, value, at }) => ({ metric, value, at: iso(at) })),
            ...(events.length > 0 ? { events: events.map(({ event, at }) => ({ event, at: iso(at) })) } : {}),
            ...(rejections.length > 0
              ? { rejections: rejections.map(({ reason, detail }) => ({ code: reason, message: detail })) }
              : {}),
          }),
        );
      }
    });
}

/** JSON as it stands; otherwise bytes in hex or base64. What is none of them is text. */
function payloadOf(line: string): Uint8Array {
  const text = line.trim();
  if (/^[[{"]/.test(text)) return Buffer.from(text, 'utf8');
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text) && text.length >= 4 && !/^\d{1,15}$/.test(text))
    return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 && text.length >= 8 && !/^\d+$/.test(text))
    return Buffer.from(text, 'base64');
  return Buffer.from(text, 'utf8');
}
