import type { DevicePlace } from '../src/model/device-places.ts';
import type { SimulatedDevice, SimulatedHome } from './community.ts';

/** Rooms that are watched: nobody hangs a motion sensor over a bed. */
export const ROOMS = ['hall', 'living-room', 'bathroom', 'kitchen'] as const satisfies DevicePlace[];
export type Room = (typeof ROOMS)[number];

export interface SimulatedMotionSensor extends SimulatedDevice {
  readonly place: Room;
}

/** What hangs in a home beside meter and band, where anything does. */
export interface SimulatedSensors {
  readonly door: SimulatedDevice;
  readonly motion: readonly SimulatedMotionSensor[];
  readonly electricity: SimulatedDevice;
  readonly smoke: SimulatedDevice;
  readonly gas: SimulatedDevice;
}

/** All sensors of one home, behind its building's gateway if that has one. */
export function makeSensors(home: string, gateway: string | undefined): SimulatedSensors {
  const device = (prefix: string): SimulatedDevice => ({
    id: `${prefix}-${home}`,
    ...(gateway ? { gateway } : {}),
  });
  return {
    door: device('dc'),
    motion: ROOMS.map((place) => ({ ...device(`ms-${place}`), place })),
    electricity: device('em'),
    smoke: device('sd'),
    gas: device('gd'),
  };
}

/** A device with its model, as the registry has it. */
export interface Placed {
  readonly device: SimulatedDevice;
  readonly model: string;
  readonly place?: DevicePlace;
}

export function placedSensors({ door, motion, electricity, smoke, gas }: SimulatedSensors): Placed[] {
  return [
    { device: door, model: 'door-contact', place: 'entrance' },
    ...motion.map((device) => ({ device, model: 'motion-sensor', place: device.place })),
    { device: electricity, model: 'electricity-meter' },
    { device: smoke, model: 'smoke-detector' },
    { device: gas, model: 'gas-detector' },
  ];
}

/** Everything that hangs in a home, the meter first. */
export function devicesOf({ meter, band, sensors }: SimulatedHome): Placed[] {
  return [
    { device: meter, model: 'water-meter' },
    ...(band ? [{ device: band, model: 'wristband' }] : []),
    ...(sensors ? placedSensors(sensors) : []),
  ];
}
