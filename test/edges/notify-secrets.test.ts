import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { secretsOf, withoutSecrets } from '../../src/notify/secrets.ts';
import { Bench, Receiver, SECRET } from './notify-bench.ts';

describe('a provider that repeats a secret of the channel', () => {
  it('is quoted without it: in the record, the log and the answer to a test', async () => {
    await using receiver = await Receiver.open();
    const channel = { id: 'platform', channel: 'webhook', config: { url: receiver.url, secret: SECRET } };
    await using bench = await Bench.open({ channels: [channel] });
    const said = { status: 403, body: `no account has ${SECRET}` };
    receiver.answers(said, said);
    const [id] = await bench.raise('h1', ['platform'], 'P1');
    await bench.settle();
    const notice = await bench.notice(id);
    expect(notice).toMatchObject({ state: 'failed', providerAnswer: 'HTTP 403 no account has •••' });
    expect(await bench.outbox.test('platform', '')).toMatchObject({ detail: 'HTTP 403 no account has •••' });
    expect(JSON.stringify([bench.logged, bench.outbox.stats()])).not.toContain(SECRET);
  });
});

describe('the secrets of a configuration', () => {
  const schema = z.strictObject({
    url: z.string(),
    token: z.string().optional().meta({ secret: true }),
    headers: z.record(z.string(), z.string()).default({}).meta({ secret: true }),
    accounts: z
      .array(z.strictObject({ name: z.string(), key: z.string().meta({ secret: true }) }))
      .default([]),
  });

  it('are those that its schema marks, wherever they stand, also as they are written in an address', () => {
    const config = {
      url: 'https://sms.example',
      token: 'token/with slash',
      headers: { authorization: 'Key abcdef' },
      accounts: [{ name: 'duty-desk', key: 'key-of-duty' }],
    };
    expect(secretsOf(schema, config)).toEqual(
      expect.arrayContaining(['token/with slash', 'token%2Fwith%20slash', 'Key abcdef', 'key-of-duty']),
    );
    expect(secretsOf(schema, config)).not.toContain('https://sms.example');
    expect(secretsOf(schema, config)).not.toContain('duty-desk');
  });

  it('do not blank words that stand anywhere', () => {
    const secrets = secretsOf(schema, { url: '', token: 'a' });
    expect(withoutSecrets({ kind: 'accepted', detail: 'a fall' }, secrets).detail).toBe('a fall');
  });
});
