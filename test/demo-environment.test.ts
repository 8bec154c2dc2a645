import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { demoEnvironment } from '../src/app/demo-environment.ts';
import { loadParts } from '../src/app/load.ts';

const DEMO = fileURLToPath(new URL('../config/demo', import.meta.url));

/** As a machine has it on which the service watches over real homes. */
const OF_A_SERVICE = {
  PATH: '/usr/bin',
  SHOUWANG_DATA_MUST_EXIST: 'true',
  SHOUWANG_DATA_DIR: '/var/lib/shouwang',
  SHOUWANG_STORE_RECORDS: 'postgres',
  SHOUWANG_STORE_POSTGRES_URL: 'postgres://shouwang@db.example:5432/shouwang',
  SHOUWANG_ARCHIVE_FOLDER: '/mnt/archive',
  SHOUWANG_MQTT_MODE: 'external',
  SHOUWANG_MQTT_URL: 'mqtts://broker.example:8883',
  SHOUWANG_HEARTBEAT_URL: 'https://monitor.example/shouwang',
  SHOUWANG_LOG_LEVEL: 'warn',
  SHOUWANG_ADMIN_PASSWORD: 'correct-horse-battery',
};

test('a demo on the machine of a service begins in a place of its own, and touches nothing of real homes', async () => {
  const parts = await loadParts({ dir: DEMO, env: demoEnvironment(OF_A_SERVICE), oldRulesDo: true });
  expect(parts).toMatchObject({ ok: true });
  if (!parts.ok) return;
  const { config, adminPassword } = parts.value.loaded;
  expect(config).toMatchObject({
    dataMustExist: false,
    store: { records: 'sqlite' },
    log: { level: 'warn' },
  });
  expect(config.mqtt.mode).toBe('embedded');
  expect(config.archive).toBeUndefined();
  expect(config.heartbeat).toBeUndefined();
  expect(adminPassword).toBe('correct-horse-battery');
});
