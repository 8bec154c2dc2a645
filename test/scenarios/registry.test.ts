import { describe, expect, test } from 'vitest';
import { step } from '../../src/app/pipeline.ts';
import type { Command } from '../../src/model/command.ts';
import { entryMark } from '../../src/model/entry-mark.ts';
import { community, coreOf, T0 } from '../core.ts';
import { productRules, tell } from './story.ts';

const setting = { homes: { h1: ['meter', 'band'], h2: ['meter'] } } as const;
const home = { noun: 'home', id: 'h1', parent: 'haitang/g1/b1/u1', name: '501' };
const band = (story: { now: number }, of = 'h1') => ({
  noun: 'device',
  id: 'h1-band',
  model: 'wristband',
  home: of,
  enrolledAt: story.now,
});
const leave = [
  { noun: 'device', key: 'h1-band' },
  { noun: 'device', key: 'h1-meter' },
  { noun: 'resident', key: 'h1-r' },
  { noun: 'home', key: 'h1' },
] as const;

/** A meter that is put into the second home now. */
const secondMeter = (enrolledAt: number) => ({
  noun: 'device',
  id: 'h2-meter',
  model: 'water-meter',
  home: 'h2',
  enrolledAt,
});

describe('a home that leaves the registry', () => {
  tell(
    'and comes back under its old id is heard as before: its first SOS has an alert, a case and notices',
    setting,
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      story.until('10:10');
      expect(story.resolve('h1.c1')).toBe('ok');
      story.home('h1').meter.dies();
      // Nobody has asked how it went: the home is still somebody's concern.
      expect(story.register([], [...leave])).toBe('REGISTRY_OPEN_CASE');
      expect(story.callBack('h1.c1', 'satisfied', '吴强')).toBe('ok');
      expect(story.register([], [...leave])).toBe('ok');
      story.until('11:00');
      expect(story.register([home, band(story)])).toBe('ok');
      story.until('11:30');
      story.home('h1').band.presses();
      expect(story.alerts('h1')).toEqual([
        'B1 raised day 1 10:00, resolved day 1 10:10',
        'B1 raised day 1 11:30',
      ]);
      expect(story.cases('h1')).toEqual(['h1.c1 safety P1 struck-off: a1', 'h1.c2 safety P1 open: a2']);
      expect(new Set(story.notices.map(({ case: id }) => id))).toEqual(new Set(['h1.c1', 'h1.c2']));
    },
  );

  tell('is not let go while somebody still has a case about it', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    expect(story.register([], [...leave])).toBe('REGISTRY_OPEN_CASE');
    story.home('h1').band.presses(story.now + 1000);
    expect(story.rawAlerts('h1')).toMatchObject([{ count: 2 }]);
  });
});

describe('a device', () => {
  test('keeps the secret that was issued while a change of its entry waited, and the change survives the secret', () => {
    const core = coreOf(community({ h1: [{ id: 'band', model: 'wristband' }] }), productRules);
    const submit = (command: Command) =>
      step(core, { kind: 'command', receivedAt: T0, id: 'x', by: 'test', command });
    const before = core.registry.device('band');
    if (!before) throw new Error('no band');
    submit({ type: 'registry.secret', noun: 'device', id: 'band', secretHash: 'one' });
    submit({ type: 'registry.apply', put: [{ ...before, disabled: true }], remove: [] });
    expect(core.registry.device('band')).toEqual({ ...before, disabled: true, secretHash: 'one' });
    submit({ type: 'registry.secret', noun: 'device', id: 'band', secretHash: 'two' });
    expect(core.registry.device('band')).toEqual({ ...before, disabled: true, secretHash: 'two' });
    const { effects } = submit({ type: 'registry.secret', noun: 'gateway', id: 'gone', secretHash: 'x' });
    expect(effects).toMatchObject([{ reply: { ok: false, failure: { code: 'NOT_FOUND' } } }]);
  });

  test('is left alone by a change that was decided on another entry than the one that is there when it is made', () => {
    const core = coreOf(community({ h1: [{ id: 'band', model: 'wristband' }] }), productRules);
    const before = core.registry.device('band');
    if (!before) throw new Error('no band');
    const key = { noun: 'device', key: 'band' } as const;
    const put = (entry: typeof before, mark: string | undefined) => {
      const command: Command = {
        type: 'registry.apply',
        put: [entry],
        remove: [],
        expected: { ...key, mark },
      };
      return step(core, { kind: 'command', receivedAt: T0, id: 'x', by: 'test', command }).effects;
    };
    const changed = { ...before, place: 'bedroom' } as const;
    expect(put(changed, entryMark(before))).toContainEqual(expect.objectContaining({ type: 'registry-put' }));
    for (const [mark, code] of [
      [entryMark(before), 'REGISTRY_ENTRY_CHANGED'],
      [undefined, 'REGISTRY_ENTRY_EXISTS'],
    ] as const)
      expect(put(before, mark)).toMatchObject([
        { reply: { ok: false, failure: { code, details: { ...key, etag: `"${entryMark(changed)}"` } } } },
      ]);
    expect(core.registry.device('band')).toEqual(changed);
  });

  tell(
    'that moves to another home takes its alerts off the old one, and is watched in the new one',
    setting,
    (story) => {
      story.until('10:00');
      expect(story.register([band(story, 'h2')])).toBe('ok');
      expect(story.alerts('h1')).toEqual([]);
      story.until('10:10');
      story.home('h1').band.presses();
      expect(story.open('h2')).toEqual(['B1']);
    },
  );

  tell('stays and is heard until its call was attended to', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    const off = { ...band(story), disabled: true };
    expect(story.register([band(story, 'h2')])).toBe('REGISTRY_OPEN_CALL');
    expect(story.register([off])).toBe('REGISTRY_OPEN_CALL');
    expect(story.open('h1')).toEqual(['B1']);
    // What is put as it stands, and what does not leave, is nobody's obstacle.
    expect(story.register([band(story)])).toBe('ok');
    expect(story.resolve('h1.c1')).toBe('ok');
    expect(story.register([off])).toBe('ok');
  });

  tell('says in the time line of what it leaves open where it is now', setting, (story) => {
    story.until('10:00');
    const meter = secondMeter(story.now);
    expect(story.register([meter])).toBe('ok');
    story.home('h2').meter.dies();
    story.until('day 2 03:00');
    expect(story.open('h2')).toEqual(['M1']);
    expect(story.register([{ ...meter, home: 'h1' }])).toBe('ok');
    expect(story.lastEntry('h2.c1', 'alert-cleared')?.text.zh).toMatch(/，设备已移到 \S+。事项仍待人工确认/);
  });

  tell(
    'stays while a case about the person is not over, and goes while only a technical one is',
    setting,
    (story) => {
      story.until('10:00');
      const meter = secondMeter(story.now);
      expect(story.register([meter])).toBe('ok');
      story.home('h2').meter.dies();
      story.until('day 2 03:00');
      expect(story.open('h2')).toEqual(['M1']);
      expect(story.register([], [{ noun: 'device', key: 'h2-meter' }])).toBe('ok');
      const gone = { noun: 'device', key: band(story).id } as const;
      story.home('h1').band.presses();
      expect(story.register([], [gone])).toBe('REGISTRY_OPEN_CASE');
      expect(story.open('h1')).toEqual(['B1']);
      expect(story.register([band(story)], [gone])).toBe('ok');
    },
  );

  tell('that becomes another model leaves no alert behind that nothing could end', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    expect(story.register([{ ...band(story), model: 'water-meter' }])).toBe('ok');
    expect(story.alerts('h1')).toEqual(['B1 raised day 1 10:00, removed day 1 10:00']);
    expect(story.case('h1.c1').status).toBe('open');
  });

  tell('that is switched off keeps that it was heard, until it is let go', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    const at = story.now;
    story.after(60_000);
    // Before, it is refused: somebody calls.
    story.resolve('h1.c1');
    const heard = () => story.core.subjects.get('h1')?.heardOff;
    story.register([{ ...band(story), disabled: true }]);
    expect(heard()).toEqual({ 'h1-band': at });
    story.register([{ noun: 'home', id: 'h1', parent: 'haitang/g1/b1/u1', name: '202' }]);
    expect(heard()).toEqual({ 'h1-band': at });
    story.register([band(story)]);
    expect(heard()).toBeUndefined();
  });

  tell('that is switched off is not missed; switched on again it is', setting, (story) => {
    story.until('10:00');
    const meter = secondMeter(story.now);
    expect(story.register([{ ...meter, disabled: true }])).toBe('ok');
    story.home('h2').meter.dies();
    story.until('22:00');
    expect(story.alerts('h2')).toEqual([]);
    expect(story.register([meter])).toBe('ok');
    story.until('day 2 03:00');
    expect(story.alerts('h2')).toEqual(['M1 raised day 2 02:00']);
  });

  tell(
    'that comes behind a gateway waits for it from then on',
    { ...setting, gateways: { gw: ['h1'] } },
    (story) => {
      story.until('10:00');
      const meter = { ...secondMeter(story.now), gateway: 'gw' };
      expect(story.register([meter])).toBe('ok');
      story.gatewayDies('gw');
      story.home('h2').meter.dies();
      story.until('20:00');
      expect(story.alerts()).toEqual(['M1 raised day 1 12:45']);
    },
  );

  tell(
    'that called before it was enrolled has its home told, also where a gateway calls it by the id that it has now',
    { ...setting, gateways: { gw: ['h1'] } },
    (story) => {
      story.until('10:00');
      expect(story.register([], [{ noun: 'device', key: 'h1-band' }])).toBe('ok');
      const sos = { 'h1-band': [{ ts: story.now, values: { event: 'sos' } }] };
      const [refused] = story.hear('v1/gateway/telemetry', sos, 'gw');
      expect(refused).toMatchObject({ reason: 'unknown-device', detail: 'platform:h1-band' });
      const told = { at: story.now, gateway: 'gw', from: 'gw', topic: '', sent: '' } as const;
      story.command({ type: 'stranger.called', address: 'platform:h1-band', call: 'sos', ...told }, 'system');
      expect(story.open('gw')).toEqual(['stranger-calls']);
      expect(story.register([band(story)])).toBe('ok');
      expect(story.open('gw')).toEqual([]);
      expect(story.open('h1')).toEqual(['calls-before-enrolment']);
    },
  );

  tell('that is nobody\u2019s is refused by name', setting, (story) => {
    story.publish('stranger', { water_index_m3: 1 });
    expect(story.rejections).toEqual(['unknown-device']);
  });
});
