import { afterAll, expect, test } from 'vitest';
import { isCall } from '../../src/model/call-for-help.ts';
import type { AnyRuleKind } from '../../src/rules/compile.ts';
import { tempFolder } from '../contracts/bed.ts';
import { community, gridWorker, kinds } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

const dir = tempFolder('rule-fault');
let service: TestService;
let cookie: string;
afterAll(() => service?.stop());

const event = kinds.get('event') as AnyRuleKind;
/** Somebody presses in h1, and the rule fails on it. */
const faulty: AnyRuleKind = {
  ...event,
  onReport(context, report) {
    if (context.device?.state.id === 'h1-band' && report.events.some((one) => isCall(one.event)))
      throw new TypeError('no such press');
    event.onReport?.(context, report);
  },
};
const entries = [
  ...community({
    h1: [{ id: 'h1-band', model: 'wristband' }],
    h2: [{ id: 'h2-band', model: 'wristband' }],
  }),
  gridWorker('zhou'),
];
const rules = [{ id: 'B1', kind: 'event', params: { events: ['sos'] } }];
const start = async (): Promise<void> => {
  service = await testService({ dir, entries, rules, ownKinds: [faulty] });
  cookie = await signIn(service.url);
};

async function presses(device: string): Promise<void> {
  const payload = Buffer.from(JSON.stringify({ at: Date.now(), event: 'sos' }));
  const message = { receivedAt: Date.now(), topic: `shouwang/${device}/telemetry`, payload };
  await new Promise<void>((done) => {
    service.loop.receive({ message, qos: 1, done });
  });
}

async function read(path: string): Promise<string> {
  const response = await fetch(`${service.url}${path}`, { headers: { cookie, 'accept-language': 'zh' } });
  return response.text();
}

/** What is told of, and where it stands: the same before a stop and after the next start. */
async function isTold(): Promise<void> {
  const alerts = JSON.parse(await read('/api/v1/alerts?open=true')) as {
    items: { rule: string; home: string }[];
  };
  const found = alerts.items.map(({ rule, home }) => `${rule} ${home}`).sort();
  expect(found).toEqual(['B1 h2', 'calls-no-rule-takes h1', 'rule-failed ']);
  const { items } = JSON.parse(await read('/api/v1/homes/h1/watch')) as { items: Record<string, unknown>[] };
  expect(items).toMatchObject([
    { rule: 'B1', state: 'failed', fault: { count: 1, error: 'TypeError: no such press' } },
  ]);
  expect(await read('/readyz')).toContain('规则 B1 在 1 处运行出错');
}

test('a service in which a rule fails in one home watches everybody, says so, and starts again', async () => {
  await start();
  await presses('h1-band');
  await presses('h2-band');
  await soon(isTold);
  expect(await read('/metrics')).toContain('shouwang_rule_faults_total{rule="B1"} 1');
  await service.stop();
  await start();
  await soon(isTold);
});
