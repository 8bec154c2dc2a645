import type { AddressScheme } from '../model/device-address.ts';
import type { DeviceSettings } from '../model/registry.ts';

/** What the way of a message knows of it beside its bytes. Everything but `settings` comes with the message. */
export interface FrameContext {
  /** When it was sent, by the clock of gateway or network; what has no time of its own was measured then. */
  readonly sentAt?: number;
  /** LoRaWAN port; absent means 0, as The Things Stack leaves it out. */
  readonly fPort?: number;
  /** Bluetooth: the characteristic that the bytes are of, as `2a35`. */
  readonly characteristic?: string;
  /** What the network server's own codec made of the bytes. A hint: many servers run without one, or an old one. */
  readonly object?: unknown;
  /** The topic it came under. */
  readonly topic?: string;
  /** The broker had kept it: it was said at some time before, perhaps long ago, and is no news. */
  readonly retained?: boolean;
  /** What the device said of itself before, as its decoder wrote it down (`Take.announce`). */
  readonly announced?: string;
  /** How the device is called outside, where an envelope said so: a key may hang on it. */
  readonly address?: Address;
  /** What the registry says of this one device: the weight of a pulse, a key. */
  readonly settings?: DeviceSettings;
  /** IANA zone of the community: meters and watches tell local time without saying so. */
  readonly timeZone?: string;
}

/** How a device is called outside: a scheme, and an id in lower case. */
export interface Address {
  readonly scheme: AddressScheme;
  readonly id: string;
}

/** The bytes of one device, taken out of what a network server, a platform or a gateway put around them. */
export interface Frame extends Omit<FrameContext, 'settings' | 'timeZone' | 'topic' | 'address'> {
  readonly address: Address;
  /** Other names of the same device, where a platform gives several: its IMEI beside the platform's own number. */
  readonly also?: readonly Address[];
  readonly payload: Uint8Array;
  /** The time as the message has it, where whoever wrote it can put it right: it is told where it dates nothing. */
  readonly timeSaid?: string;
  /** Per cent, where the network asked the device for its status. A frame may hold this alone, and no bytes. */
  readonly battery?: number;
  /** The same frame that comes over two ways has the same key: session, counter, port. */
  readonly key?: string;
}
