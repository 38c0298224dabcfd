// Requests to the notification centre, with its one- and two-letter members (IBKR Web API documentation, FYIs).
import type { Answer, Handlers } from '../../call.ts';
import { commaList, toFields, toFlag, toNumber, toText } from '../reading.ts';
import { badRequest, notFound } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Notification } from './notices.ts';

/** IBKR Web API documentation, notifications: ten at a time. */
const MAX_NOTIFICATIONS = 10;

const acknowledged = (milliseconds = 10): Answer => ({ json: { V: 1, T: milliseconds } });

export const fyiHandlers: Handlers = {
  getUnreadFyis: (_call, world) => ({
    json: { BN: world.notices.notifications.filter(({ read }) => !read).length },
  }),

  getAllFyis: (call, world) => {
    const max = toNumber(call.query.get('max')) ?? MAX_NOTIFICATIONS;
    const include = commaList(call.query.getAll('include'));
    const exclude = commaList(call.query.getAll('exclude'));
    const wanted = world.notices.notifications.filter(
      ({ typecode }) => (include.length === 0 || include.includes(typecode)) && !exclude.includes(typecode),
    );
    return { json: wanted.slice(0, Math.min(max, MAX_NOTIFICATIONS)).map(toAnswer) };
  },

  getMoreFyis: (call, world) => {
    const id = call.query.get('id');
    const at = world.notices.notifications.findIndex((notification) => notification.id === id);
    return { json: world.notices.notifications.slice(at + 1, at + 1 + MAX_NOTIFICATIONS).map(toAnswer) };
  },

  readFyiNotification: (call, world) => {
    const id = call.params.notificationID ?? call.params.notificationId ?? '';
    const notification = world.notices.notifications.find((one) => one.id === id);
    if (notification === undefined) return notFound;
    notification.read = true;
    return { json: { V: 1, T: 5, P: { R: 1, ID: id } } };
  },

  getFyiSettings: (_call, world) => ({
    json: world.notices.types.map(({ typecode, name, text, enabled, disclaimerRead }) => ({
      FC: typecode,
      H: disclaimerRead ? 1 : 0,
      A: enabled ? 1 : 0,
      FD: text,
      FN: name,
    })),
  }),

  /** An unknown type code is acknowledged like any other (observed). */
  modifyFyiNotification: (call, world) => {
    const { enabled } = toFields(call.body);
    if (enabled === undefined) throw badRequest('enabled needed');
    const type = typeOf(world, call.params.typecode);
    if (type !== undefined) type.enabled = toFlag(enabled);
    return acknowledged();
  },

  getFyiDisclaimerss: (call) => ({
    json: {
      FC: call.params.typecode,
      DT: 'This communication is for information only and recommends nothing. It was made up by the simulator.',
    },
  }),

  readFyiDisclaimer: (call, world) => {
    const type = typeOf(world, call.params.typecode);
    if (type !== undefined) type.disclaimerRead = true;
    return acknowledged();
  },

  getFyiDelivery: (_call, world) => ({
    json: {
      M: world.notices.email ? 1 : 0,
      E: world.notices.devices.map(({ id, name, uiName, enabled }) => ({
        NM: name,
        I: id,
        UI: uiName,
        A: enabled ? 1 : 0,
      })),
    },
  }),

  modifyFyiEmails: (call, world) => {
    world.notices.email = toFlag(call.query.get('enabled'));
    return acknowledged();
  },

  modifyFyiDelivery: (call, world) => {
    const body = toFields(call.body);
    const id = toText(body.deviceId);
    if (id === undefined) throw badRequest('deviceId needed');
    const others = world.notices.devices.filter((device) => device.id !== id);
    const device = { id, name: toText(body.devicename) ?? '', uiName: toText(body.uiName) ?? id };
    world.notices.devices = [...others, { ...device, enabled: toFlag(body.enabled) }];
    return acknowledged();
  },

  deleteFyiDevice: (call, world) => {
    const id = call.params.deviceId;
    const rest = world.notices.devices.filter((device) => device.id !== id);
    if (rest.length === world.notices.devices.length) return notFound;
    world.notices.devices = rest;
    return { text: '' };
  },
};

function typeOf(world: World, typecode: string | undefined): World['notices']['types'][number] | undefined {
  return world.notices.types.find((type) => type.typecode === typecode);
}

function toAnswer(notification: Notification): Record<string, unknown> {
  const { id, typecode, title, text, atMs, read } = notification;
  return { R: read ? 1 : 0, D: (atMs / 1_000).toFixed(1), MS: title, MD: text, ID: id, HT: 0, FC: typecode };
}
