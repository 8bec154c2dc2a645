import type { AuthenticateError } from 'aedes';
import type { ConnectionRefusal } from '../model/connection-refusal.ts';
import type { BrokerRefusal } from '../ports/broker.ts';
import { codeOf } from './connection-errors.ts';

/** CONNACK return codes of MQTT 3.1.1 (3.2.2.3): what a refused client is told. */
const SERVER_UNAVAILABLE = 3;
const BAD_USER_NAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

const CONNACK_OF: Partial<Record<BrokerRefusal, number>> = {
  'wrong-credentials': BAD_USER_NAME_OR_PASSWORD,
  // Waiting helps.
  flapping: SERVER_UNAVAILABLE,
  'too-many-connections': SERVER_UNAVAILABLE,
  'too-many-auth-failures': SERVER_UNAVAILABLE,
};

/** What that means to whoever installs the device. */
const WHY_OF: Partial<Record<BrokerRefusal, ConnectionRefusal>> = {
  'wrong-credentials': 'wrong-secret',
  'client-id-mismatch': 'client-id',
  'protocol-error': 'keep-alive',
  flapping: 'too-often',
  'too-many-auth-failures': 'too-often',
  'too-many-connections': 'address-full',
};

/** Messages of the MQTT library's errors that have a name of their own here. */
const LIBRARY_ERRORS: Readonly<Record<string, BrokerRefusal>> = {
  'connect did not arrive in time': 'connect-timeout',
  'drain timeout': 'slow-reader',
};

const WEB_SOCKET_MESSAGE_TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** MQTT 3.1 and 3.1.1. */
export const isVersionSpoken = (version = 4): boolean => version === 3 || version === 4;

export const whyRefused = (refusal: BrokerRefusal): ConnectionRefusal | undefined => WHY_OF[refusal];

/** Whether only who has shown the right secret is refused like that. */
export const knowsSecret = (refusal: BrokerRefusal): boolean =>
  refusal === 'flapping' || refusal === 'client-id-mismatch' || refusal === 'too-many-connections';

/** The name that an error of the library has here. */
export const libraryRefusal = (error: Error): BrokerRefusal | undefined =>
  codeOf(error) === WEB_SOCKET_MESSAGE_TOO_LARGE ? 'frame-too-large' : LIBRARY_ERRORS[error.message];

/** What the client is told. */
export const refusalError = (refusal: BrokerRefusal): AuthenticateError =>
  connackError(refusal, CONNACK_OF[refusal] ?? NOT_AUTHORIZED);

/** That it is not the client's fault. */
export const notChecked = (message: string): AuthenticateError => connackError(message, SERVER_UNAVAILABLE);

function connackError(message: string, returnCode: number): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}
