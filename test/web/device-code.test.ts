import { describe, expect, test } from 'vitest';
import { readDeviceCode } from '../../src/web/onboarding/device-code.ts';

describe('the code on a device', () => {
  test.each([
    ['LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:SYWXYZ', 'deveui:aabbccddeeff0011'],
    ['AA-BB-CC-DD-EE-FF-00-11', 'deveui:aabbccddeeff0011'],
    ['DevEUI: 70B3D59BD0000001', 'deveui:70b3d59bd0000001'],
    ['https://maker.example/d?eui=70b3d59bd0000001', 'deveui:70b3d59bd0000001'],
    ['490154203237518', 'imei:490154203237518'],
    ['IMEI 490154203237518', 'imei:490154203237518'],
    ['9059011020', 'watch:9059011020'],
    ['A4:C1:38:12:34:56', 'mac:a4:c1:38:12:34:56'],
    ['wmbus:2124589C', 'wmbus:2124589c'],
  ])('%s is read as %s', (text, address) => expect(readDeviceCode(text)?.address).toBe(address));

  test.each(['', 'hello', '490154203237519', '12', 'LW:D1:zz'])('%j is none', (text) =>
    expect(readDeviceCode(text)).toBeUndefined(),
  );
});
