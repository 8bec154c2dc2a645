import { clearedName, type EventName, type FlagName } from '../model/metrics.ts';
import type { Text } from '../model/text.ts';

/** How a LoRaWAN device comes to us. */
export const LORAWAN_CONNECT: Text = {
  zh: '经 LoRaWAN 网络服务器（ChirpStack、The Things Stack 等）；address 写 deveui:加 DevEUI。',
  en: 'Through a LoRaWAN network server; its address is deveui: and its DevEUI.',
};

/** The events that these flags become: each, and its twin that clears it. */
export const flagEvents = (...flags: readonly FlagName[]): EventName[] =>
  flags.flatMap((flag): EventName[] => [flag, clearedName(flag)]);
