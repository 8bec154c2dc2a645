import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatProblem, loadYaml, loadYamlFile } from '../../src/config/yaml-file.ts';
import type { Notice } from '../../src/model/notice.ts';
import { EXAMPLE_CONTEXT, EXAMPLE_NOTICE } from '../../src/notify/example.ts';
import { channelsSchema, configureChannels, loadChannelDefinitions } from '../../src/notify/load.ts';
import { cutBytes, oneLine, plainText } from '../../src/notify/message-text.ts';
import { leftOpen } from '../filled-in.ts';

const definitions = await loadChannelDefinitions();
const notice = (change: Partial<Notice> = {}): Notice => ({ ...EXAMPLE_NOTICE, ...change });

describe.each([...definitions.values()])('the channel $channel', (definition) => {
  it('has a name, texts in both languages, a limit and examples', () => {
    expect(definition.channel).toMatch(/^[a-z0-9-]+$/);
    const { title, summary } = definition;
    expect(leftOpen({ title, summary }), 'texts that are left to fill in').toEqual([]);
    expect(definition.perMinuteMax).toBeGreaterThan(0);
    expect(definition.examples.length).toBeGreaterThan(0);
    expect(() => z.toJSONSchema(definition.config, { io: 'input' })).not.toThrow();
  });

  it.each([...definition.examples])(
    'does as its example says: $name',
    ({ config, expect: expected, ...example }) => {
      const parsed = definition.config.parse(config);
      const delivery = definition.deliver(notice(example.notice), parsed, EXAMPLE_CONTEXT);
      expect(delivery).toMatchObject(expected.delivery ?? {});
      if (delivery.transport === 'http') expect(definition.answer).toBeDefined();
      for (const { status, body, headers = {}, ...meant } of expected.answers ?? []) {
        expect(definition.answer?.(status, body, headers), `${status} ${body}`).toMatchObject(meant);
      }
    },
  );

  it('speaks both languages, and finds its way without a link', () => {
    const parsed = definition.config.parse(definition.examples[0]?.config);
    const { link: _link, ...withoutLink } = EXAMPLE_CONTEXT;
    const said = definition.deliver(notice(), parsed, { ...withoutLink, locale: 'en' });
    expect(JSON.stringify(said).replaceAll('%20', ' ')).toContain('The band reports a fall');
    expect(JSON.stringify(said)).not.toContain('undefined');
  });
});

describe('the text for a chat', () => {
  it('is never longer than the vendor takes, never cut inside a character, and keeps the link', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 1500 });
    fc.assert(
      fc.property(words, words, (title, body) => {
        const content = {
          ...EXAMPLE_NOTICE.content,
          title: { zh: title, en: '' },
          body: { zh: body, en: '' },
        };
        const text = plainText(notice({ content }), EXAMPLE_CONTEXT, 2048);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
        expect(Buffer.from(text).toString()).toBe(text.toWellFormed());
        expect(text.endsWith(`\n${EXAMPLE_CONTEXT.link}`)).toBe(true);
      }),
    );
  });

  it('of a very long name still ends with the link', () => {
    const content = { ...EXAMPLE_NOTICE.content, body: { zh: '王'.repeat(1000), en: '' } };
    const text = plainText(notice({ content }), EXAMPLE_CONTEXT, 2048);
    expect(Buffer.byteLength(text)).toBeGreaterThan(2044);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    expect(text.endsWith(`王…\n${EXAMPLE_CONTEXT.link}`)).toBe(true);
  });

  it('keeps a text that fits as it is, and marks one that was cut', () => {
    expect(cutBytes('王老人', 9)).toBe('王老人');
    expect(cutBytes('王老人', 8)).toBe('王…');
    expect(oneLine('a\r\n\u001b[31mb\u2028c')).toBe('a [31mb c');
  });
});

describe('config/channels.yaml', () => {
  it('that comes with the service is valid', async () => {
    const file = await loadYamlFile('config/channels.yaml', channelsSchema(definitions));
    if (!file.ok) throw new Error(file.error.map(formatProblem).join('\n'));
    const channels = configureChannels(file.value, definitions);
    expect([...channels.keys()]).toEqual(['terminal', 'mqtt']);
  });

  it('holds commented examples that are valid when the comment signs are taken away', async () => {
    const text = await readFile('config/channels.yaml', 'utf8');
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const taken = text.replace(/^ {2}# (- id:| {2,}\S)/gm, '  $1').replace('whsec_...', secret);
    const file = loadYaml(taken, 'channels.yaml', channelsSchema(definitions));
    if (!file.ok) throw new Error(file.error.map(formatProblem).join('\n'));
    expect(file.value.channels.map(({ id }) => id)).toEqual([
      ...['terminal', 'mqtt', 'duty-robot', 'platform'],
      ...['wecom-bot', 'ding-card', 'feishu-card'],
      'mail',
      'push',
      'sms',
      'voice',
      'sms-2',
    ]);
  });

  it.each([
    ['channels:\n  - id: a\n    channel: webhok\n', 'c.yaml:3:14', 'webhook'],
    ['channels:\n  - id: a\n    channel: webhook\n', 'c.yaml:2:5', 'secret'],
    ['channels:\n  - id: a\n    channel: wecom-robot\n    config:\n      key: 1\n', 'c.yaml:5:12', 'key'],
    ['channels:\n  - {id: a, channel: terminal}\n  - {id: a, channel: terminal}\n', 'c.yaml:3:10', 'second'],
    [
      'channels:\n  - id: v\n    channel: aliyun-voice\n    config:\n      accessKeyId: LTAI-example\n      accessKeySecret: example-secret\n      calls: {default: {start: TTS_1, acknowledged: TTS_2}}\n',
      'c.yaml:4:5',
      'shownNumber',
    ],
    [
      'channels:\n  - id: s\n    channel: aliyun-sms\n    config:\n      accessKeyId: LTAI-example\n      accessKeySecret: example-secret\n      signName: 海棠社区\n      templates: {case-opened: SMS_1}\n',
      'c.yaml:8:7',
      'none of their own',
    ],
    ['channels: [{id: m, channel: mqtt-topic, config: {topic: "a/#"}}]\n', 'c.yaml:1:57', '#'],
  ])('says where a mistake stands: %j', (text, place, words) => {
    const file = loadYaml(text, 'c.yaml', channelsSchema(definitions));
    if (file.ok) throw new Error('the mistake was not seen');
    const said = file.error.map(formatProblem).join('\n');
    expect(said).toContain(place);
    expect(said).toContain(words);
  });
});
