import { comparableAddress } from '../../model/comparable-address.ts';

/** What a code on a device says of it. */
export interface DeviceCode {
  /** As in the registry: a scheme, a colon and an id. */
  readonly address: string;
  readonly id: string;
}

/**
 * The code on a label, scanned or typed: a LoRaWAN onboarding code (TR005, `LW:D0:<JoinEUI>:<DevEUI>:…`), a DevEUI, an
 * IMEI, the ten digits of a watch, a MAC address; also as the last part of a link. Undefined for what is none of them.
 */
export function readDeviceCode(text: string): DeviceCode | undefined {
  const plain = text.trim();
  const lora = /^LW:D0:[0-9A-F]{16}:([0-9A-F]{16})(?::|$)/i.exec(plain);
  if (lora?.[1]) return named('deveui', lora[1]);
  const stated = /^(deveui|imei|mac|wmbus|mbus|watch|ieee|topic|platform|cjt188|radio):(.+)$/i.exec(plain);
  if (stated?.[1] && stated[2]) return named(stated[1].toLowerCase(), stated[2]);
  const labelled = /(?:dev\s?eui|imei)\W*([0-9A-F-]{15,23})/i.exec(plain)?.[1];
  const bare = (labelled ?? plain.split(/[/?=&\s]/).at(-1) ?? '').replace(/[-:.]/g, '');
  if (/^\d{15}$/.test(bare)) return isImei(bare) ? named('imei', bare) : undefined;
  if (/^[0-9A-F]{16}$/i.test(bare)) return named('deveui', bare);
  if (/^[0-9A-F]{12}$/i.test(bare) && /[:-]/.test(plain)) return named('mac', bare);
  if (/^\d{10}$/.test(bare)) return named('watch', bare);
  return undefined;
}

const named = (scheme: string, id: string): DeviceCode => {
  const lower = id.trim().toLowerCase();
  return {
    address: comparableAddress(`${scheme}:${lower}`),
    id: lower.replace(/[^a-z0-9._:-]/g, '-').slice(0, 64),
  };
};

/** The last digit of an IMEI is a check digit (3GPP TS 23.003, annex B; Luhn). */
function isImei(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[i]);
    const value = i % 2 === 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
