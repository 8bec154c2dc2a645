import { createSocket, type Socket } from 'node:dgram';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { parse, stringify } from 'yaml';
import { DOCTOR_CHECKS, type DoctorCheck, type DoctorResult } from '../../src/app/doctor/finding.ts';
import { clockOffset, diskGrowth } from '../../src/app/doctor/machine.ts';
import { policyFinding } from '../../src/app/doctor/people.ts';
import { channelsFinding, healthFindings } from '../../src/app/doctor/running.ts';
import { Rosters } from '../../src/cases/duty/on-duty.ts';
import { runCli } from '../../src/cli.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { registryEntrySchema, STAFF_ROLES, type Staff } from '../../src/model/registry.ts';
import { rostersSchema } from '../../src/model/roster.ts';
import type { ConfiguredChannel } from '../../src/notify/load.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { setLocalFrom } from '../../src/store/telemetry/local-from.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { type TestService, type TestServiceOptions, testService } from '../service.ts';
import { makeCertificate } from './certificate.ts';

interface Check {
  readonly check: DoctorCheck;
  readonly result: DoctorResult;
  readonly found: { zh: string; en: string };
}

/** A time server whose clock differs from ours by so much. */
async function timeServer(aheadMs: number, leap = 0): Promise<string> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (request, from) => {
    const reply = Buffer.alloc(48);
    reply.writeUInt8((leap << 6) | 0x24, 0);
    for (const at of [32, 40]) {
      const now = (Date.now() + aheadMs) / 1000 + 2_208_988_800;
      reply.writeUInt32BE(Math.floor(now), at);
      reply.writeUInt32BE(Math.floor((now % 1) * 2 ** 32), at + 4);
    }
    expect(request).toHaveLength(48);
    socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** Holds every role, and can be told. */
const everybody = (id: string) =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name: id,
    roles: STAFF_ROLES.map((role) => ({ role, node: 'haitang' })),
    channels: [{ channel: 'terminal', address: id }],
  });

describe('shouwang doctor', () => {
  let dir: string;
  let ntp: string;
  let running: TestService | undefined;
  /** What a service leaves that ran and was stopped: most of these tests look at a copy of that. */
  let left: string;

  beforeAll(async () => {
    dir = left = mkdtempSync(join(tmpdir(), 'shouwang-doctor-'));
    await start();
    await running?.stop();
  });
  afterAll(() => rmSync(left, { recursive: true, force: true }));
  beforeEach(async () => {
    running = undefined;
    dir = mkdtempSync(join(tmpdir(), 'shouwang-doctor-'));
    ntp = await timeServer(0);
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    rmSync(dir, { recursive: true, force: true });
  });

  async function start(service: Record<string, unknown> = {}, more: Partial<TestServiceOptions> = {}) {
    const channels = [
      { id: 'terminal', channel: 'terminal' },
      {
        id: 'hook',
        channel: 'webhook',
        config: { url: 'http://127.0.0.1:9/', secret: `whsec_${'A'.repeat(32)}` },
      },
    ];
    running = await testService({
      dir,
      channels,
      entries: [...community({ h1: [{ id: 'm1', model: 'water-meter' }] }), everybody('zhou')],
      service,
      ...more,
    });
  }

  function stopped(): void {
    cpSync(left, dir, { recursive: true });
    configure((config) => ({ ...config, dataDir: join(dir, 'data') }));
  }

  async function look(...args: string[]): Promise<{ code: number; checks: Map<DoctorCheck, Check> }> {
    const written: string[] = [];
    const out = vi.spyOn(console, 'log').mockImplementation((text) => written.push(String(text)));
    const err = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      const code = await runCli(['doctor', '--config', dir, '--ntp', ntp, '--json', ...args]);
      const { ok, checks } = JSON.parse(written.join('')) as { ok: boolean; checks: Check[] };
      expect(ok).toBe(code === 0);
      // A Chinese reader is told nothing in English but names, paths, and what another program said, in quotes.
      const english = /[a-z]{2,} [a-z]{2,}/;
      expect(checks.filter(({ found }) => english.test(found.zh.replaceAll(/"[^"]*"/g, '""')))).toEqual([]);
      return { code, checks: new Map(checks.map((each) => [each.check, each])) };
    } finally {
      out.mockRestore();
      err.mockRestore();
    }
  }

  const resultsOf = (checks: Map<DoctorCheck, Check>): Record<string, DoctorResult> =>
    Object.fromEntries([...checks].map(([name, { result }]) => [name, result]));

  function configure(change: (config: Record<string, unknown>) => Record<string, unknown>): void {
    const file = join(dir, 'service.yaml');
    writeFileSync(file, stringify(change(parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
  }

  test('finds a running service well, and says what could not be looked at', async () => {
    await start();
    const { code, checks } = await look();
    expect(resultsOf(checks)).toMatchObject({
      configuration: 'ok',
      service: 'ok',
      records: 'ok',
      broker: 'ok',
      inbox: 'ok',
      timers: 'ok',
      'rule-clock': 'ok',
      rules: 'ok',
      'clock-offset': 'ok',
      'clock-zones': 'ok',
      versions: 'warning',
      channels: 'warning',
      backup: 'unknown',
      'disk-growth': 'unknown',
    });
    expect(checks.get('channels')?.found.en).toContain('hook');
    expect(code).toBe(0);
  });

  atLength(
    'warns of older readings that stayed in a store which is not configured any more, also while nothing runs',
    async () => {
      stopped();
      setLocalFrom(dataFiles(join(dir, 'data')).telemetry, 1_000);
      const { checks } = await look();
      expect(checks.get('readings-elsewhere')).toMatchObject({
        result: 'warning',
        found: {
          en: expect.stringContaining('readings of before 1970-01-01T00:00:01.000Z are with a store outside'),
        },
      });
      const detail = { zh: '', en: '' };
      expect(healthFindings({ checks: { readings: { ok: true, warning: true, detail } } })).toMatchObject([
        { check: 'readings-elsewhere', result: 'warning' },
      ]);
    },
  );

  test('says that nobody is watched while nothing runs, and reads the stores whole', async () => {
    stopped();
    const { code, checks } = await look();
    expect(code).toBe(1);
    expect(resultsOf(checks)).toMatchObject({
      service: 'problem',
      records: 'ok',
      telemetry: 'ok',
      schema: 'ok',
      broker: 'ok',
      channels: 'warning',
      rosters: 'unknown',
      policy: 'ok',
    });
  });

  test('names a damaged store, and a database of a newer version', async () => {
    stopped();
    const files = dataFiles(join(dir, 'data'));
    truncateSync(files.telemetry, 8_192);
    const db = new DatabaseSync(files.records);
    db.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-the-future', '')");
    db.close();
    const { checks } = await look();
    expect(resultsOf(checks)).toMatchObject({ telemetry: 'problem', records: 'ok', schema: 'problem' });
    expect(checks.get('schema')?.found.en).toContain('9999-from-the-future');
  });

  atLength('says that tables will be brought up to date by the next start', async () => {
    stopped();
    const db = new DatabaseSync(dataFiles(join(dir, 'data')).records);
    db.exec("DELETE FROM kysely_migration WHERE name = '0003-shadow-alerts'");
    db.close();
    expect((await look()).checks.get('schema')).toMatchObject({ result: 'warning' });
  });

  test.each([
    [400, 0, 'ok'],
    [4_000, 0, 'warning'],
    [-60_000, 0, 'problem'],
    [0, 1, 'warning'],
    [0, 3, 'unknown'],
  ] as const)('a clock that is %i ms behind (leap %i): %s', async (ahead, leap, result) => {
    expect(await clockOffset(await timeServer(ahead, leap), Date.now)).toMatchObject({ result });
  });

  atLength('does not call a clock well that it could not compare', async () => {
    stopped();
    ntp = '127.0.0.1:1';
    expect((await look()).checks.get('clock-offset')).toMatchObject({ result: 'unknown' });
  });

  test('goes on where the name of the time server is known to nobody, as on a machine without the internet', async () => {
    // Refused before anybody is asked: the answer is the one of a network without names.
    expect(await clockOffset('no..name', Date.now)).toMatchObject({
      result: 'unknown',
      found: { en: expect.stringContaining('no..name could not be asked') },
    });
  });

  describe('certificates', () => {
    const http = (pem: { certFile: string; keyFile: string }, publicUrl = 'https://localhost/') =>
      configure((config) => ({ ...config, http: { host: '127.0.0.1', port: 0, publicUrl, tls: pem } }));

    test('one that lasts, names the console and has its own key is well', async () => {
      stopped();
      http(makeCertificate(dir, 'good', 90));
      expect((await look()).checks.get('certificate-http')).toMatchObject({ result: 'ok' });
    });

    atLength('one that ends soon, names another or has a strange key is not', async () => {
      stopped();
      const [short, long] = [makeCertificate(dir, 'short', 5), makeCertificate(dir, 'long', 90)];
      const seen = async (): Promise<unknown> => {
        const check = (await look()).checks.get('certificate-http');
        return [check?.result, check?.found.en];
      };
      http(short);
      expect(await seen()).toEqual(['warning', expect.stringMatching(/[45] days left/)]);
      http(long, 'https://care.example/');
      expect(await seen()).toEqual(['problem', 'The certificate does not name care.example']);
      http({ certFile: long.certFile, keyFile: short.keyFile });
      expect(await seen()).toEqual(['problem', 'The private key is not the one of the certificate']);
      writeFileSync(
        join(dir, 'chain.crt'),
        readFileSync(long.certFile, 'utf8') + readFileSync(short.certFile, 'utf8'),
      );
      http({ certFile: join(dir, 'chain.crt'), keyFile: long.keyFile });
      expect(await seen()).toEqual(['problem', 'Certificate 1 of the chain is not issued by the next one']);
    });

    atLength('an outside broker that does not answer is told with its address', async () => {
      stopped();
      const group = { sharedGroup: 'city', sharing: 'turns' };
      const external = { url: 'mqtts://127.0.0.1:1', username: 'shouwang', ...group };
      configure((config) => ({ ...config, mqtt: { mode: 'external', external } }));
      const { checks } = await look();
      expect(checks.get('certificate-broker')).toMatchObject({
        result: 'problem',
        found: {
          zh: 'mqtts://127.0.0.1:1：对方没有在此端口监听（ECONNREFUSED）',
          en: 'mqtts://127.0.0.1:1: nothing listens there (ECONNREFUSED)',
        },
      });
      expect(checks.get('shared-group')).toMatchObject({ result: 'warning' });
    });
  });

  atLength('says where records went that no service may go on with', async () => {
    stopped();
    const db = new DatabaseSync(join(dir, 'data', 'records.db'));
    db.prepare(
      "INSERT INTO meta (key, value) VALUES ('moved.to', 'postgres://db/x (main) at 2026-11-26')",
    ).run();
    db.close();
    const { code, checks } = await look();
    expect(checks.get('records-place')).toMatchObject({
      result: 'problem',
      found: { zh: '已搬到 postgres://db/x (main)，于 2026-11-26' },
    });
    expect(code).toBe(1);
  });

  // Linux alone has a device that is always full.
  test.runIf(existsSync('/dev/full'))('tells a full disk, and all else as well', async () => {
    stopped();
    symlinkSync('/dev/full', join(dir, 'data', `doctor.${process.pid}`));
    const { checks } = await look();
    expect(checks.get('disk-sync')).toMatchObject({
      result: 'problem',
      found: { zh: '磁盘已满（ENOSPC）', en: 'the disk is full (ENOSPC)' },
    });
    expect(checks.get('records')).toMatchObject({ result: 'ok' });
  });

  test('names the port that somebody else has', async () => {
    stopped();
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    );
    configure((config) => ({ ...config, mqtt: { host: '127.0.0.1', port, webSocketPort: 'off' } }));
    const { checks } = await look();
    other.close();
    expect(checks.get('broker')).toMatchObject({ result: 'problem' });
    expect(checks.get('broker')?.found.en).toContain(`${port} (EADDRINUSE)`);
  });

  atLength('looks for the newest finished backup, and how old it is', async () => {
    stopped();
    const folder = join(dir, 'backups');
    const backupOf = (name: string, at: number): void => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'backup.json'), JSON.stringify({ at }));
    };
    const result = async () => (await look('--backups', folder)).checks.get('backup')?.result;
    mkdirSync(join(folder, 'unfinished'), { recursive: true });
    expect(await result()).toBe('problem');
    backupOf('old', Date.now() - 20 * DAY);
    expect(await result()).toBe('problem');
    backupOf('older', Date.now() - 3 * DAY);
    expect(await result()).toBe('warning');
    backupOf('new', Date.now() - DAY);
    expect(await result()).toBe('ok');
    // Who names the backup itself and not the folder around it has one all the same.
    expect((await look('--backups', join(folder, 'new'))).checks.get('backup')).toMatchObject({
      result: 'ok',
    });
  });

  atLength('says how far the archive reaches, and that it stands still', async () => {
    await start({ archive: { folder: join(dir, 'archive'), everySeconds: 1 } });
    const { checks } = await look();
    expect(checks.get('archive')).toMatchObject({ result: 'ok' });
    expect(checks.get('archive-place')).toMatchObject({ result: 'warning' });
    const { archive } = running?.service.health().checks ?? {};
    expect(archive).toMatchObject({ ok: true });
    const stuck = { archive: { ok: false, detail: { zh: '尚无内容；ENOSPC', en: 'holds nothing; ENOSPC' } } };
    expect(healthFindings({ checks: stuck })).toMatchObject([{ check: 'archive', result: 'problem' }]);
  });

  const roster = { id: 'duty', name: '值班', node: 'haitang', starts: '2026-01-01', members: ['zhou'] };
  const shift = { id: 'all', name: '全天', from: '08:00', to: '08:00' };
  const rosters = { holidays: 'none', rosters: [{ ...roster, shifts: [shift] }] };

  atLength(
    'says of an installation without rosters that there are none, not that they have no gap',
    async () => {
      await start();
      const none = { result: 'unknown', found: { en: expect.stringContaining('There are none') } };
      expect((await look()).checks.get('rosters')).toMatchObject(none);
      await running?.stop();
      running = undefined;
      expect((await look()).checks.get('rosters')).toMatchObject(none);
    },
  );

  atLength('finds a gap of the next week, leave included while the service runs', async () => {
    const named = {
      routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'], rosters: ['duty'] }],
    };
    await start({}, { rosters, notify: { ...named, fallback: { channels: ['terminal'] } } });
    expect((await look()).checks.get('rosters')).toMatchObject({ result: 'ok' });
    const now = Date.now();
    const leave = { type: 'roster.leave', staff: 'zhou', note: '' } as const;
    await running?.service.submit({ ...leave, from: now + 9 * DAY, until: now + 10 * DAY }, 'zhou');
    expect((await look()).checks.get('rosters')).toMatchObject({ result: 'ok' });
    await running?.service.submit({ ...leave, from: now + 2 * DAY, until: now + 3 * DAY }, 'zhou');
    const { code, checks } = await look();
    expect([code, checks.get('rosters')?.result]).toEqual([1, 'problem']);
    expect(checks.get('rosters')?.found.zh).toMatch(
      /7 天内 1 处空缺，首先是「值班」.*值班人员休假且无人替班/,
    );
  });

  atLength(
    'finds a gap in the files of a service that does not run, with the people of its records',
    async () => {
      await start({}, { rosters });
      const staff = { ...everybody('zhou'), channels: [] };
      await running?.service.submit({ type: 'registry.apply', put: [staff], remove: [] }, 'system');
      await running?.stop();
      running = undefined;
      const { checks } = await look();
      expect(checks.get('rosters')).toMatchObject({ result: 'problem' });
      expect(checks.get('rosters')?.found.en).toContain('no channel that works');
      expect(checks.get('policy')).toMatchObject({ result: 'problem' });
    },
  );

  test('finds a line of the policy that reaches nobody, and a role that nobody holds', async () => {
    const policy = (routes: object[]) =>
      notifyPolicySchema.parse({
        routes: routes.map((line) => ({ kinds: ['safety'], priorities: ['P1'], ...line })),
        escalation: [],
        callBackEscalation: [],
        fallback: { channels: ['terminal'] },
      });
    const channels = new Map([['terminal', {} as ConfiguredChannel]]);
    const plan = new Rosters(
      rostersSchema.parse({ rosters: [{ ...roster, members: ['gone'], shifts: [shift] }] }),
    );
    const grid = registryEntrySchema.parse({
      ...everybody('li'),
      roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    }) as Staff;
    const found = (...routes: object[]) =>
      policyFinding({ policy: policy(routes), rosters: plan, channels }, [grid]);
    expect(found({ roles: ['grid-worker'] })).toMatchObject({ result: 'ok' });
    expect(found({ roles: ['contact'] }, { roles: ['resident'] })).toMatchObject({ result: 'ok' });
    expect(found({ roles: ['grid-worker', 'committee'] })).toMatchObject({
      result: 'warning',
      found: { en: 'Nobody who can be told holds committee' },
    });
    const dead = found(
      { roles: ['committee'] },
      { rosters: ['duty'] },
      { people: ['gone'] },
      { roles: ['grid-worker'] },
    );
    expect(dead.found.en).toBe(
      'Nobody is reached by routes[0], routes[1], routes[2]; nobody who can be told holds committee',
    );
    expect(found({ roles: ['grid-worker'], nodes: ['haitang/g2'] })).toMatchObject({ result: 'problem' });
  });

  test('says when each channel was last proven, by drills, and for how long none has been', () => {
    const now = Date.parse('2026-03-20T08:00:00Z');
    const proven = { id: 'robot', lastAcceptedAt: now - 20 * DAY, lastSeenAt: now - HOUR };
    expect(channelsFinding([proven], 14, now)).toMatchObject({
      result: 'ok',
      found: { en: 'Last proven: robot (2026-03-20T07:00:00.000Z)' },
    });
    const old = { id: 'sms', lastDeliveredAt: now - 15 * DAY };
    expect(channelsFinding([proven, old, { id: 'mail' }], 14, now)).toMatchObject({
      result: 'warning',
      found: { en: 'Not proven within 14 days: sms (2026-03-05T08:00:00.000Z), mail (never)' },
    });
    expect(channelsFinding([], 14, now).result).toBe('problem');
  });

  atLength('reads the proofs of channels also where the service does not run', async () => {
    await start();
    await running?.service.records.saveMeta(
      'channels.proven',
      JSON.stringify({ hook: { since: 1, lastSeenAt: Date.now() } }),
    );
    await running?.stop();
    running = undefined;
    expect((await look()).checks.get('channels')?.found.en).toMatch(/hook/);
  });

  test('knows every check that the service makes of itself', async () => {
    await start();
    const checks = running?.service.health().checks ?? {};
    expect(healthFindings({ checks })).toHaveLength(Object.keys(checks).length);
    expect((await look()).checks.get('inbox')?.found).toMatchObject({
      zh: expect.stringMatching(/^0 条报文在等待，上限 \d+ 条$/),
      en: expect.stringMatching(/^0 of \d+ messages wait$/),
    });
  });

  atLength('warns of calls and silence that no rule takes, whether the service runs or not', async () => {
    const band = [...community({ h1: [{ id: 'b1', model: 'wristband' }] }), everybody('zhou')];
    await start({}, { entries: band, rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] } }] });
    const warned = {
      result: 'warning',
      found: {
        zh: expect.stringMatching(/^没有启用的规则处理“跌倒”（fall），.*；没有启用的静默规则/),
        en: expect.stringMatching(
          /^no enabled rule takes Fall \(fall\), .*; no enabled rule finds a silent device/,
        ),
      },
    };
    expect((await look()).checks.get('blind-spots')).toMatchObject(warned);
    expect(running?.service.health()).toMatchObject({
      ready: true,
      checks: { blindSpots: { ok: true, warning: true } },
    });
    await running?.stop();
    running = undefined;
    expect((await look()).checks.get('blind-spots')).toMatchObject(warned);
  });

  // The service says the same on its health page: test/scenarios/nobody-to-tell.test.ts.
  atLength('warns of homes of which nobody can be told, whether the service runs or not', async () => {
    const far = registryEntrySchema.parse({ noun: 'node', path: 'yulan', level: 'community', name: '玉兰' });
    const alone = registryEntrySchema.parse({ noun: 'home', id: 'y1', parent: 'yulan', name: '1' });
    await start({}, { entries: [...community({ h1: [] }), far, alone, everybody('zhou')] });
    const warned = {
      result: 'warning',
      found: {
        zh: expect.stringMatching(/1 户的 P1、P2 事项通知不到任何人.*：玉兰（yulan）1 户$/),
        en: expect.stringMatching(/in 1 home no person could be told.*: 1 in 玉兰 \(yulan\)$/),
      },
    };
    expect((await look()).checks.get('blind-spots')).toMatchObject(warned);
    await running?.stop();
    running = undefined;
    expect((await look()).checks.get('blind-spots')).toMatchObject(warned);
  });

  // The service says the same on its health page: test/scenarios/service.test.ts.
  atLength(
    'warns of rules that were changed without a new version, for as long as they are in force',
    async () => {
      const rules = (belowLitres: number) => [{ id: 'W1', kind: 'low-consumption', params: { belowLitres } }];
      await start({}, { rules: rules(10) });
      writeFileSync(join(dir, 'rules.yaml'), stringify({ version: 'test', rules: rules(9) }));
      await running?.service.reloadRules();
      expect(await running?.service.reloadRules()).toMatchObject({ ok: true, change: 'same-version' });
      // Alerts of before bear the version as well, whether or not the service was started again.
      await running?.stop();
      await start({}, { rules: rules(9) });
      expect(await running?.service.reloadRules()).toMatchObject({ ok: true, change: 'same-version' });
      expect((await look()).checks.get('rule-version')).toMatchObject({
        result: 'warning',
        found: {
          zh: expect.stringContaining('版本号未变'),
          en: expect.stringContaining('without a new version'),
        },
      });
      writeFileSync(join(dir, 'rules.yaml'), stringify({ version: 'next', rules: rules(9) }));
      await running?.service.reloadRules();
      const { checks } = await look();
      expect([checks.get('rules')?.result, checks.has('rule-version')]).toEqual(['ok', false]);
      await running?.stop();
      await start({}, { rules: rules(9) });
      // The file says `test` again: another version than the one that was in force.
      expect(running?.service.earlierRules()).toBeUndefined();
    },
  );

  test('of a configuration with mistakes says so, and no more', async () => {
    stopped();
    configure((config) => ({ ...config, locale: 'klingon' }));
    const { code, checks } = await look();
    expect(code).toBe(1);
    expect(resultsOf(checks)).toMatchObject({ configuration: 'problem' });
  });

  test('estimates from what came so far how long the disk lasts', async () => {
    stopped();
    const found = await diskGrowth(join(dir, 'data'), Date.now() + 30 * DAY);
    expect(found.found.en).toMatch(/MB a day: what is free lasts for about \d+ days/);
  });

  test('prints for people in their language, with what to do', async () => {
    stopped();
    const printed: string[] = [];
    const out = vi.spyOn(console, 'log').mockImplementation((text) => printed.push(String(text)));
    const err = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
    await runCli(['doctor', '--config', dir, '--ntp', ntp]);
    vi.unstubAllEnvs();
    expect(printed).toContain(`✗ 服务: 没有运行`);
    expect(printed).toContain(`    → ${DOCTOR_CHECKS.service.advice.zh}`);
    printed.length = 0;
    await runCli(['doctor', '--config', dir, '--ntp', ntp, '--locale', 'en']);
    expect(printed).toContain('✗ Service: Does not run');
    out.mockRestore();
    err.mockRestore();
  });
});
