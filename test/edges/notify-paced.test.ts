import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/lib/clock.ts';
import { Bench, Receiver } from './notify-bench.ts';

const feishu = (url: string) => ({
  id: 'group',
  channel: 'feishu-robot',
  config: { token: 'token-of-the-robot', origin: new URL(url).origin },
});
const TAKEN = { status: 200, body: '{"code":0,"msg":"success","data":{}}' };
/** As the vendor's gateway says it. */
const TOO_MANY = { status: 400, body: '{"code":9499,"msg":"too many request","data":{}}' };

describe('a robot whose vendor counts seconds', () => {
  it('gets a burst of emergencies over some seconds, each by itself', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [feishu(receiver.url)] });
    receiver.answers(...Array.from({ length: 9 }, () => TAKEN));
    for (let home = 1; home <= 6; home++) await bench.raise(`h${home}`, ['group'], 'P1');
    await bench.settle();
    expect(receiver.received).toHaveLength(4);
    await bench.pass(2 * SECOND);
    expect(receiver.received).toHaveLength(6);
    for (const { body } of receiver.received) expect(body).not.toContain('汇总');
  });

  it('that says that it was too fast is told once more, and is not taken for one that refuses us', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [feishu(receiver.url)] });
    receiver.answers(TOO_MANY, TAKEN);
    const [id] = await bench.raise('h1', ['group'], 'P1');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'queued', failure: 'provider-busy' });
    await bench.pass(90 * SECOND);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted' });
  });
});
