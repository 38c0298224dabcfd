// The notification centre's state: what was sent, what the user wants to get, and where.
import type { Clock } from '../../clock.ts';
import { DAY_MS, dayStamp } from '../times.ts';

export interface Notification {
  id: string;
  typecode: string;
  title: string;
  text: string;
  atMs: number;
  read: boolean;
}

export interface NoticeType {
  typecode: string;
  name: string;
  text: string;
  enabled: boolean;
  disclaimerRead: boolean;
}

export interface Notices {
  /** Newest first. */
  notifications: Notification[];
  types: NoticeType[];
  email: boolean;
  devices: { id: string; name: string; uiName: string; enabled: boolean }[];
}

const types = [
  ['PF', 'Portfolio FYIs', 'Notify me of recent activity that affects what I hold.'],
  ['PT', 'Position Transfer', 'Notify me of changes that a transfer of positions makes useful.'],
  ['BA', 'Borrow Availability', 'Notify me when shares I may want to sell short become available.'],
  ['UA', 'Unusual Activity', 'Notify me of unusual trading in what I hold.'],
] as const;

export function createNotices(clock: Clock): Notices {
  const nowMs = clock.now();
  const titles = [
    'Dividend ahead',
    'Earnings next week',
    'A position grew large',
    'Welcome to the simulator',
  ];
  return {
    notifications: titles.map((title, days) => {
      const atMs = nowMs - (days + 0.5) * DAY_MS;
      return {
        id: `${dayStamp(atMs)}${String(90_000_000 + days * 1_111)}`,
        typecode: 'PF',
        title: `FYI: ${title}`,
        text: `<html>${title}. <br />This notification was made up by the simulator.</html>`,
        atMs,
        read: days > 1,
      };
    }),
    types: types.map(([typecode, name, text]) => ({
      typecode,
      name,
      text,
      enabled: true,
      disclaimerRead: false,
    })),
    email: true,
    devices: [
      { id: 'apn://mtws@simulated0001', name: 'Phone', uiName: 'apn://mtws@simulated0001', enabled: true },
    ],
  };
}
