import type { RejectionReason } from '../model/rejection.ts';
import type { InboundMessage } from './broker.ts';

/** A device that may speak over a gateway of our own. */
export interface GatewayDevice {
  readonly id: string;
  /** The model that decodes it: a watch of one protocol may not speak another. */
  readonly model: string;
  /** Of its community: some watches are given the time. */
  readonly timeZone: string;
}

/** Bytes that were not taken, as an operator should see them. */
export interface GatewayRefusal {
  readonly reason: RejectionReason;
  readonly detail: string;
  /** `watch-3g`, or the name of the gateway where the protocol is not known. */
  readonly protocol: string;
  /** Network address of whoever sent them. */
  readonly from: string;
  readonly device?: string;
  readonly payload: Uint8Array;
}

/** What a gateway asks of the service. */
export interface GatewayHost {
  now(): number;
  /** The device with this address outside; undefined: not enrolled, or switched off. */
  device(scheme: 'watch' | 'imei', id: string): GatewayDevice | undefined;
  /** Takes a message into the inbox; false when it is full: call again after `onRoom`. */
  receive(inbound: InboundMessage): boolean;
  /** Calls `resume` once, as soon as the inbox has room again. Never within this call. */
  onRoom(resume: () => void): void;
  refused(refusal: GatewayRefusal): void;
  /** `session` grows with each connection of a device, over restarts too. */
  presence(device: string, online: boolean, session: number): void;
}

/** Why a connection, or what came over it, was refused. */
export const GATEWAY_REFUSALS = [
  'unknown-protocol',
  'unknown-device',
  'wrong-protocol',
  'not-identified',
  'identity-changed',
  'frame-too-large',
  'login-timeout',
  'too-many-connections',
  'slow-reader',
] as const;
export type GatewayRefusalName = (typeof GATEWAY_REFUSALS)[number];

/** What became of a command for a device. */
export const GATEWAY_COMMANDS = ['sent', 'not-connected', 'not-supported', 'malformed-command'] as const;
export type GatewayCommandResult = (typeof GATEWAY_COMMANDS)[number];

/** Takes connections of devices that speak protocols of their own. One adapter so far: watches over TCP. */
export interface Gateway {
  /** @returns the address at which it listens. @throws if the port is taken. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** Puts a command into the words of the device's protocol, if it is connected now: nothing is kept for later. */
  command(device: string, payload: unknown): GatewayCommandResult;
  /** Closes the connection of this device, if it is open. */
  disconnect(device: string): void;
  stats(): GatewayStats;
}

/** Counters since the start. */
export interface GatewayStats {
  readonly connections: number;
  readonly devices: number;
  readonly received: number;
  readonly refused: Readonly<Record<GatewayRefusalName, number>>;
  /** From where lately watches that are enrolled were refused, because there were as many connections as may be. */
  readonly full?: { readonly address: string; readonly refused: number } | undefined;
  readonly commands: Readonly<Record<GatewayCommandResult, number>>;
}
