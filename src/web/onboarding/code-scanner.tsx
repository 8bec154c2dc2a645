import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { t } from '../text/translate.ts';

/** https://developer.mozilla.org/docs/Web/API/BarcodeDetector: in Chromium on phones; elsewhere the code is typed. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: new (options: { formats: readonly string[] }) => Detector;
  }
}

const LOOK_EVERY_MS = 300;
const FORMATS = ['qr_code', 'data_matrix', 'code_128'];

/** A button that opens the camera and gives the first code it sees; nothing where the browser cannot read codes. */
export function CodeScanner({ onCode }: { onCode: (text: string) => void }) {
  const open = useSignal(false);
  if (window.BarcodeDetector === undefined || navigator.mediaDevices === undefined) return null;
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => {
          open.value = true;
        }}
      >
        {t('onboard.scan')}
      </button>
      {open.value && (
        <Dialog
          title={t('onboard.scan')}
          onClose={() => {
            open.value = false;
          }}
        >
          <Camera
            onCode={(text) => {
              open.value = false;
              onCode(text);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Camera({ onCode }: { onCode: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const failed = useSignal(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    const detector = window.BarcodeDetector && new window.BarcodeDetector({ formats: FORMATS });
    const look = async () => {
      if (!video.current || !detector || gone) return;
      const [code] = await detector.detect(video.current).catch(() => []);
      if (code && !gone) onCode(code.rawValue);
    };
    const begin = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
        if (gone) for (const track of stream.getTracks()) track.stop();
        else if (video.current) video.current.srcObject = stream;
      } catch {
        failed.value = true;
      }
    };
    void begin();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
  if (failed.value) return <p class="message message-bad">{t('onboard.noCamera')}</p>;
  return (
    <video ref={video} class="scanner" autoPlay playsInline muted aria-label={t('onboard.scan')}>
      <track kind="captions" />
    </video>
  );
}
