import { afterAll, beforeAll, describe, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { type OutsideServer, outsideBed } from '../contracts/outside-bed.ts';
import { telemetryContract } from '../contracts/telemetry.ts';
import { Influxd, whyNoInfluxd } from './influxd.ts';

const reason = whyNoInfluxd();

describe.skipIf(reason !== undefined)('InfluxDB 1', () => {
  let server: Influxd;
  beforeAll(async () => {
    server = await Influxd.start();
  });
  afterAll(() => server?.stop());

  const outside = (): OutsideServer => ({
    store: (database) => influx1({ url: server.url, database }),
    async prepare(database, from) {
      await server.query(`CREATE DATABASE ${database}`);
      if (from !== undefined)
        await server.query(
          `SELECT * INTO "${database}"."autogen".:MEASUREMENT FROM "${from}"."autogen"./.*/ GROUP BY *`,
        );
    },
  });
  telemetryContract('InfluxDB 1, nothing kept here', () => outsideBed(outside, -400 * DAY));
  telemetryContract('InfluxDB 1, an hour kept here', () => outsideBed(outside, 60 * 60_000));
});

if (reason !== undefined) test.skip(reason, () => undefined);
