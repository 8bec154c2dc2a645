/** Where this phone is, if it says so soon enough. Browsers tell it only to pages that came over TLS. */
export const canLocate = (): boolean => window.isSecureContext && 'geolocation' in navigator;

const WAIT_MS = 6_000;

export function position(): Promise<{ latitude: number; longitude: number } | undefined> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => resolve({ latitude, longitude }),
      () => resolve(undefined),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 60_000 },
    );
  });
}
