import mqtt from 'mqtt';
import { hashSecret } from '../../src/lib/secrets.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { ADMIN, signIn, type TestService } from '../service.ts';
import type { Person } from './browser.ts';

const SECRET = 'a-secret-of-a-device';
const DAY_MS = 86_400_000;

/** Homes of the test community; each has a meter `wm-<home>` and a band `wb-<home>`. */
export const HOMES = [
  ...['501', '502', '601', '602', '701', '702'],
  ...['801', '802', '901', '902', '1001', '1002'],
] as const;
const RESIDENTS = ['王秀英', '李德福', '张桂兰', '陈国华', '刘玉珍', '赵永年'];

export function community(now: number): RegistryEntry[] {
  const enrolledAt = now - 90 * DAY_MS;
  const node = (path: string, level: 'community' | 'grid' | 'building' | 'unit', name: string) =>
    ({ noun: 'node', path, level, name }) as const;
  const devices = HOMES.flatMap((home): RegistryEntry[] =>
    [
      ['wm', 'water-meter'],
      ['wb', 'wristband'],
    ].map(([prefix = '', model = '']) => ({
      noun: 'device',
      id: `${prefix}-${home}`,
      model,
      home,
      enrolledAt,
      secretHash: hashSecret(SECRET),
      disabled: false,
    })),
  );
  const people = HOMES.flatMap((home, index): RegistryEntry[] => [
    {
      noun: 'home',
      id: home,
      parent: 'haitang/g1/b3/u2',
      name: home,
      address: `海棠路 88 号 3 号楼 2 单元 ${home} 室`,
      entryNote: '钥匙在楼栋长赵师傅处',
    },
    {
      noun: 'resident',
      id: `r-${home}`,
      home,
      name: RESIDENTS[index % RESIDENTS.length] ?? '',
      birthYear: 1941,
      sex: 'female',
      phone: `000-0000-0${home}`,
      livesAlone: true,
    },
    {
      noun: 'contact',
      id: `k-${home}-2`,
      home,
      name: '赵师傅',
      relation: '邻居',
      phone: '000-0000-2000',
      order: 2,
      channels: [],
    },
    {
      noun: 'contact',
      id: `k-${home}-1`,
      home,
      name: '王建国',
      relation: '儿子',
      phone: '+86 000 0000 1000',
      order: 1,
      channels: [],
    },
  ]);
  return [
    { ...node('haitang', 'community', '海棠社区'), timeZone: 'Asia/Shanghai' },
    node('haitang/g1', 'grid', '第一网格'),
    node('haitang/g1/b3', 'building', '3号楼'),
    node('haitang/g1/b3/u2', 'unit', '2单元'),
    node('haitang/g2', 'grid', '第二网格'),
    ...people,
    ...devices,
  ];
}

/** Publishes as the device does, and returns when the broker has acknowledged: then it is on disk and on the stream. */
export async function publish(service: TestService, device: string, payload: unknown): Promise<void> {
  const client = await mqtt.connectAsync(service.mqttUrl, {
    clientId: device,
    username: device,
    password: SECRET,
    reconnectPeriod: 0,
  });
  await client.publishAsync(`shouwang/${device}/telemetry`, JSON.stringify(payload), { qos: 1 });
  await client.endAsync();
}

/** Somebody presses the button on the wrist: a P1 case at once. */
export const pressButton = (service: TestService, home: string): Promise<void> =>
  publish(service, `wb-${home}`, { at: service.service.clock.now(), event: 'sos' });

/** A crisis of blood pressure, confirmed by a second reading, after a day of ordinary ones. */
export async function raiseBloodPressure(
  service: TestService,
  home: string,
  now = service.service.clock.now(),
): Promise<void> {
  const before = Array.from({ length: 24 }, (_, index) => ({
    at: now - (24 - index) * 3_600_000,
    systolic_mmhg: 132 + (index % 5),
    diastolic_mmhg: 81 + (index % 3),
    pulse_bpm: 70 + (index % 7),
    battery_pct: 64,
  }));
  await publish(service, `wb-${home}`, before);
  await publish(service, `wb-${home}`, [
    { at: now - 240_000, systolic_mmhg: 192, diastolic_mmhg: 112 },
    { at: now - 60_000, systolic_mmhg: 188, diastolic_mmhg: 114 },
  ]);
}

/** Hourly readings of a meter: ordinary use, and none in the last 25 hours. */
export async function stopWater(service: TestService, home: string): Promise<void> {
  const now = service.service.clock.now();
  let index_m3 = 123.4;
  const readings = Array.from({ length: 73 }, (_, index) => {
    if (index < 48) index_m3 += [0, 0, 0.006, 0.021][index % 4] ?? 0;
    return {
      at: now - (72 - index) * 3_600_000,
      water_index_m3: Number(index_m3.toFixed(4)),
      battery_pct: 88,
    };
  });
  await publish(service, `wm-${home}`, readings);
}

export const ADMINISTRATOR: Person = ADMIN;
export const WANG: Person & { name: string } = {
  user: 'wangfang',
  password: 'a-long-password-1',
  name: '王芳',
};
export const LIN: Person & { name: string } = {
  user: 'linxiao',
  password: 'a-long-password-2',
  name: '林晓',
};

/** Two members of staff who handle cases. */
/** Three who take turns; who serves at night can be told by nothing. */
export const DUTY_STAFF: readonly RegistryEntry[] = [
  ['zhou', '周敏'],
  ['li', '李雷'],
  ['sun', '孙伟'],
  ['chen', '陈默'],
].map(([id = '', name = ''], i) => ({
  noun: 'staff',
  id,
  name,
  phone: `000-0000-300${i}`,
  // Who serves a part alone may have an account for that part.
  roles: [{ role: 'grid-worker', node: id === 'li' ? 'haitang/g1' : 'haitang' }],
  channels: id === 'chen' ? [] : [{ channel: 'terminal', address: id }],
}));
export const DUTY_ROSTERS = {
  rosters: [
    {
      id: 'duty',
      name: '海棠社区值班',
      node: 'haitang',
      starts: '2026-01-01',
      members: ['zhou', 'li', 'sun'],
      change: 'day',
      shifts: [
        { id: 'day', name: '白班', from: '06:00', to: '18:00' },
        { id: 'night', name: '夜班', from: '18:00', to: '06:00' },
        { id: 'late', name: '晚班', from: '20:00', to: '22:00', members: ['chen'] },
      ],
      coverage: 'shifts',
    },
  ],
} as const;

export async function addStaff(
  service: TestService,
  people: readonly (Person & { name: string })[] = [WANG, LIN],
  node = 'haitang',
  role: 'responder' | 'viewer' = 'responder',
): Promise<void> {
  const cookie = await signIn(service.url);
  for (const { user, password, name } of people) {
    const response = await fetch(`${service.url}/api/v1/users`, {
      method: 'POST',
      headers: {
        cookie,
        origin: service.url,
        'content-type': 'application/json',
        'idempotency-key': `make-${user}`,
      },
      body: JSON.stringify({
        id: user,
        name,
        password,
        roles: [{ role, node }],
        locale: 'zh',
      }),
    });
    if (!response.ok) throw new Error(`making ${user}: ${response.status} ${await response.text()}`);
  }
}
