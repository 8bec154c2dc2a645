const PREFIX = 'readings.erase.';

/**
 * Devices that were removed and whose readings are not erased yet stand in `meta`, from the commit that removed them until it is
 * done: readings are in another store, which a crash or a full disk may part from that commit.
 */
export const ERASURES_OWED = PREFIX;

/** The key of `meta` for a device. */
export const erasureOwed = (device: string): string => PREFIX + device;

/** Which device a key is about. */
export const deviceOfErasure = (key: string): string => key.slice(PREFIX.length);
