/** A small set of line icons on a grid of 24. Decoration only: the control around it carries the name. */
const paths = {
  dashboard: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  process: 'M4 9h5v6H4zM15 9h5v6h-5zM9 12h6M12.5 9.5 15 12l-2.5 2.5',
  instance: 'M5 5h14v14H5zM9 12l2.2 2.2L15.5 10',
  task: 'M9 6h11M9 12h11M9 18h11M4 6l1 1 2-2M4 12l1 1 2-2M4 18l1 1 2-2',
  decision: 'M4 5h16v14H4zM4 10h16M10 10v9M4 14.5h16',
  batch: 'M4 7l8-3.5L20 7l-8 3.5zM4 12l8 3.5L20 12M4 17l8 3.5L20 17',
  deployment: 'M12 15V4M7.5 8.5 12 4l4.5 4.5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.6 3-5.5 6.500-5.500S15 16.400 15.500 20M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.800c2 .7 3.300 2.400 3.500 5.200',
  audit: 'M6 3h9l4 4v14H6zM14 3v5h5M9.500 13h6M9.500 17h6',
  system: 'M4 5h16v6H4zM4 13h16v6H4zM7.500 8h.01M7.500 16h.01',
  incident: 'M12 4 2.800 20h18.400zM12 10v4.500M12 17.200h.01',
  warning: 'M12 4 2.800 20h18.400zM12 10v4.500M12 17.200h.01',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  close: 'M6 6l12 12M18 6 6 18',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.500 4.500',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  play: 'M8 5.500v13l10.500-6.500z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M6 6h12v12H6z',
  retry: 'M4.500 12a7.500 7.500 0 1 1 2.200 5.300M4.500 12V6.500M4.500 12H10',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  trash: 'M4 7h16M9 7V4h6v3M6.500 7l1 13h9l1-13M10 11v5.500M14 11v5.500',
  move: 'M5 12h13M13 6.500 18.500 12 13 17.500M5 7v10',
  migrate: 'M4 7h11l-3-3M20 17H9l3 3M4 7l3 3M20 17l-3-3',
  compare: 'M9 4v16M15 4v16M4 7h2M4 12h2M4 17h2M18 7h2M18 12h2M18 17h2',
  chevron: 'M9 5l7 7-7 7',
  down: 'M5 9l7 7 7-7',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M11.5 6h1M11.5 12h1M11.5 18h1',
  sun: 'M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z',
  auto: 'M12 3.500a8.500 8.500 0 1 0 0 17zM12 3.500a8.500 8.500 0 0 1 0 17',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.5-4 3.500-6 7.500-6s7 2 7.500 6',
  logout: 'M14 4H5v16h9M10 12h10M16.500 8.500 20 12l-3.500 3.500',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11M7.500 10.500 12 15l4.500-4.500M4 19.500h16',
  upload: 'M12 15V4M7.500 8.500 12 4l4.500 4.500M4 19.500h16',
  flame:
    'M12 3c1 3.500 5.500 5.500 5.500 10.500a5.500 5.500 0 0 1-11 0c0-2 1-3.500 2-4.500 0 1.500.7 2.500 1.700 3C10 9 10.500 5.500 12 3z',
  clock: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7.500V12l3 2',
  question:
    'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M12 16.500h.01',
  filter: 'M4 5h16l-6.200 7.500V19l-3.600-2v-4.500z',
  comment: 'M4 5h16v11H10l-4.500 4v-4H4z',
  attachment: 'M8 12.500l6-6a3 3 0 0 1 4.200 4.200l-8 8A5 5 0 0 1 3.200 11.600l7.300-7.300',
  external: 'M13 4h7v7M20 4l-9 9M18 14v6H4V6h6',
  message: 'M3.500 6h17v12h-17zM4 6.500l8 6.500 8-6.500',
  gear: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M5.600 18.400l2.100-2.100M16.300 7.700l2.100-2.100',
  live: 'M3 12h4l2.500-6 4.500 12 2.500-6H21',
  keyboard: 'M3 6.500h18v11H3zM7 10.500h.01M11 10.500h.01M15 10.500h.01M8 14h8',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
