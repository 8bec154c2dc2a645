import type { Priority } from '../../model/alert.ts';

/** Drawn here so that nothing is fetched. All take the colour of the text around them. */
const paths = {
  cases: 'M5 4h14v16H5zM8.5 9h7M8.5 13h7M8.5 17h4',
  ledger: 'M5 3h14v18H5zM9 3v18M12 8h4M12 12h4',
  devices: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 12l4-4M7.5 16.5h9',
  rejections: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM5.8 5.8l12.4 12.4',
  notices: 'M4 6h16v12H4zM4.5 6.5 12 13l7.5-6.5',
  status: 'M3 12h4l3-7 4 14 3-7h4',
  phone:
    'M6 3h4l1.5 5-2.3 1.7a12 12 0 0 0 5.1 5.1L16 12.5l5 1.5v4c0 1.7-1.3 3-3 3C10.300 21 3 13.700 3 6c0-1.700 1.300-3 3-3Z',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21c.6-4 3.8-6 8-6s7.400 2 8 6',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  watch:
    'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  check: 'M4.500 12.500 10 18 19.500 7',
  note: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3.500 2',
  door: 'M6 21V3h12v18M3 21h18M14 12h.500',
  pin: 'M12 21s-7-6.500-7-11.500a7 7 0 1 1 14 0C19 14.500 12 21 12 21ZM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z',
  heart: 'M12 20s-8-4.700-8-10.500A4.500 4.500 0 0 1 12 7a4.500 4.500 0 0 1 8 2.500C20 15.300 12 20 12 20Z',
  filter: 'M4 6h16M7 12h10M10 18h4',
  several: 'M3 6l2 2 3-4M3 14l2 2 3-4M12 6h9M12 14h9M12 20h9M3.500 20h4',
  flag: 'M6 21V4h11l-2 4 2 4H6',
  up: 'M12 19V5M6 11l6-6 6 6',
  muted: 'M4 9h4l5-4v14l-5-4H4zM16.500 9.500l5 5M21.500 9.500l-5 5',
  camera: 'M4 7h4l1.5-2h5L16 7h4v12H4zM12 16a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Z',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** Four shapes, so that no colour is needed to tell them apart: octagon, triangle, diamond, circle. */
const shapes: Record<Priority, string> = {
  P1: 'M8 2h8l6 6v8l-6 6H8l-6-6V8z',
  P2: 'M12 2.500 22.500 21h-21z',
  P3: 'M12 1.500 22.500 12 12 22.500 1.500 12z',
  P4: 'M12 2.500a9.500 9.500 0 1 0 0 19 9.500 9.500 0 0 0 0-19Z',
};

export function PriorityShape({ priority }: { priority: Priority }) {
  return (
    <svg class="shape" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[priority]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="logo-ground" width="32" height="32" rx="7" />
      <path class="logo-line" d="M6.500 15.500 16 7l9.500 8.500M9.500 15.500V24h13v-8.500" />
      <circle class="logo-light" cx="16" cy="18.600" r="2.600" />
    </svg>
  );
}
