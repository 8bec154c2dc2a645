import { z } from 'zod';
import { type Answer, defineChannel } from '../define.ts';
import { plainText } from '../message-text.ts';

/** What the owner writes under `config` in config/channels.yaml. Mark secrets with `.meta({ secret: true })`. */
const config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ title: 'Address' }),
});

/** HTTP 200 is not success: read the provider's own code. Trying again must be able to change a `retry`. */
function answer(status: number, body: string): Answer {
  const detail = `HTTP ${status} ${body}`;
  if (status >= 200 && status < 300) return { kind: 'accepted', detail };
  if (status === 429) return { kind: 'retry', failure: 'provider-busy', detail };
  if (status >= 500) return { kind: 'retry', failure: 'provider-error', detail };
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

export default defineChannel<z.output<typeof config>>({
  channel: '__name__',
  title: { zh: '', en: '' },
  summary: { zh: '', en: '' },
  config,
  /** Stay below the provider's limit. */
  perMinuteMax: 18,
  deliver(notice, { url }, context) {
    return {
      transport: 'http',
      method: 'POST',
      url,
      // An address that an operator writes may lie in the house; take this out where the provider is on the internet.
      allowPrivate: true,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: plainText(notice, context, 2048) }),
    };
  },
  answer,
  /** `npm test` plays them. This one fails until the channel says what the provider really expects. */
  examples: [
    {
      name: 'a fall',
      config: { url: 'https://provider.example.org/send' },
      expect: {
        delivery: { body: 'what the provider expects' },
        answers: [{ status: 200, body: 'what it answers when it refuses', kind: 'refused' }],
      },
    },
  ],
});
