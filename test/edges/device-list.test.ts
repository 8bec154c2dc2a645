import { afterAll, beforeAll, expect, test } from 'vitest';
import MODEL from '../../devices/cjt188-water.ts';
import { assert } from '../../src/lib/result.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

let service: TestService;
beforeAll(async () => {
  const devices = [1, 2, 3].map((n) => ({ id: `meter-${n}`, model: MODEL.model }));
  service = await testService({ entries: community({ h1: devices }) });
});
afterAll(() => service.stop());

test('pages of devices do not make the schemas of all models once a row: they are made once', async () => {
  const cookie = await signIn(service.url);
  const inside = MODEL.settings?._zod;
  assert(inside !== undefined, 'a model with settings');
  let made = 0;
  inside.toJSONSchema = () => {
    made++;
    return undefined;
  };
  try {
    for (const path of [
      'devices',
      'devices?trouble=true',
      'devices/meter-1',
      'homes/h1',
      'models',
      'models',
    ]) {
      const response = await fetch(`${service.url}/api/v1/${path}`, { headers: { cookie } });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('CJ/T 188');
    }
  } finally {
    delete inside.toJSONSchema;
  }
  expect(made).toBeLessThanOrEqual(1);
});
