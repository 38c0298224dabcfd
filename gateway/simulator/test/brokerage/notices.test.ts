// Alerts, watchlists and notifications keep what they are told.
import { expect, test } from '@jest/globals';
import { AAPL, ACCOUNT, openDesk, type Desk } from './desk.ts';

const account = { params: { accountId: ACCOUNT } };
const alert = {
  alertName: 'high',
  alertMessage: 'look',
  alertRepeatable: 0,
  outsideRth: 0,
  sendMessage: 1,
  tif: 'GTC',
  conditions: [
    { type: 1, conidex: `${AAPL}@SMART`, operator: '>=', triggerMethod: '0', value: '500', logicBind: 'n' },
  ],
};

function createAlert(desk: Desk, more: Record<string, unknown> = {}): number {
  const answer = desk.read('createAlert', { ...account, body: { ...alert, ...more } });
  expect(answer).toMatchObject({ request_id: null, success: true, text: 'Submitted', warning_message: null });
  return (answer as { order_id: number }).order_id;
}

test('an alert: list, detail, modify, switch off, delete', () => {
  const desk = openDesk();
  const id = createAlert(desk);
  expect(desk.read('getAllAlerts', account)).toMatchObject([
    { order_id: id, account: ACCOUNT, alert_name: 'high', alert_active: 1, alert_triggered: false },
  ]);
  const detail = (): unknown =>
    desk.read('getAlertDetails', { params: { alertId: String(id) }, query: { type: 'Q' } });
  expect(detail()).toMatchObject({
    order_id: id,
    condition_size: 1,
    conditions: [{ condition_type: 1, contract_description_1: 'AAPL', condition_value: '500' }],
  });
  createAlert(desk, { orderId: id, alertMessage: 'now' });
  expect(detail()).toMatchObject({ order_id: id, alert_message: 'now' });
  expect(desk.read('activateAlert', { ...account, body: { alertId: id, alertActive: 0 } })).toMatchObject({
    order_id: id,
    success: true,
    failure_list: null,
  });
  expect(detail()).toMatchObject({ alert_active: 0 });
  desk.read('deleteAlert', { params: { accountId: ACCOUNT, alertId: String(id) } });
  expect(desk.read('getAllAlerts', account)).toEqual([]);
});

test('an alert triggers when its price is reached, and stays triggered', () => {
  const desk = openDesk();
  createAlert(desk);
  desk.world.setQuote(AAPL, 501);
  expect(desk.read('getAllAlerts', account)).toMatchObject([{ alert_triggered: true }]);
  desk.world.setQuote(AAPL, 400);
  expect(desk.read('getAllAlerts', account)).toMatchObject([{ alert_triggered: true }]);
});

test('alert 0 deletes them all; the assistant’s is only reset', () => {
  const desk = openDesk();
  createAlert(desk);
  createAlert(desk, { alertName: 'other' });
  desk.read('deleteAlert', { params: { accountId: ACCOUNT, alertId: '0' } });
  expect(desk.read('getAllAlerts', account)).toEqual([]);
  const assistant = (): { order_id: number; alert_active: number } =>
    desk.read('getMtaDetails') as { order_id: number; alert_active: number };
  const { order_id } = assistant();
  desk.read('activateAlert', { ...account, body: { alertId: order_id, alertActive: 0 } });
  expect(assistant().alert_active).toBe(0);
  desk.read('deleteAlert', { params: { accountId: ACCOUNT, alertId: String(order_id) } });
  expect(assistant()).toMatchObject({ order_id, alert_active: 1 });
});

test.each([
  ['an empty body', 'createAlert', { ...account }, 400, "Bad Request: body can't be empty"],
  [
    'a condition without type',
    'createAlert',
    { ...account, body: { ...alert, conditions: [{ type: 'abc' }] } },
    500,
    "Condition #1:can't recognize fix [abc]",
  ],
  [
    'details without type',
    'getAlertDetails',
    { params: { alertId: '1' } },
    400,
    'Bad Request: orderId and type are required',
  ],
  [
    'switching an unknown alert',
    'activateAlert',
    { ...account, body: { alertId: 1, alertActive: 1 } },
    500,
    'failed to activate/deactivate alert',
  ],
  [
    'deleting an unknown alert',
    'deleteAlert',
    { params: { accountId: ACCOUNT, alertId: '1' } },
    500,
    "failed to delete alert: Alert 1 doesn't exist",
  ],
])('refuses %s', (_, id, request, status, error) => {
  expect(openDesk().call(id, request)).toMatchObject({ status, json: { error } });
});

test('an alert keeps its name', () => {
  const desk = openDesk();
  const orderId = createAlert(desk);
  expect(desk.call('createAlert', { ...account, body: { ...alert, orderId, alertName: 'low' } })).toEqual({
    status: 500,
    json: { error: 'Alert name cannot be modified' },
  });
});

test('a watchlist: create, list, read twice, overwrite, delete', () => {
  const desk = openDesk();
  const post = (name: string): unknown =>
    desk.read('postNewWatchlist', { body: { id: '1234', name, rows: [{ C: AAPL }, { H: '' }] } });
  expect(post('mine')).toEqual({
    id: '1234',
    hash: expect.any(String),
    name: 'mine',
    readOnly: false,
    instruments: [],
  });
  const read = (): { instruments: Record<string, unknown>[] } =>
    desk.read('getSpecificWatchlist', { query: { id: '1234' } }) as {
      instruments: Record<string, unknown>[];
    };
  expect(read().instruments).toEqual([{ ST: 'STK', C: '265598', conid: AAPL, name: 'APPLE INC' }, { H: '' }]);
  expect(read().instruments[0]).toMatchObject({ ticker: 'AAPL', assetClass: 'STK' });
  post('renamed');
  expect(desk.read('getAllWatchlists', { query: { SC: 'USER_WATCHLIST' } })).toMatchObject({
    data: { user_lists: [{ id: '1234', name: 'renamed', type: 'watchlist' }] },
    action: 'content',
    MID: '1',
  });
  expect(desk.read('deleteWatchlist', { body: { id: '1234' } })).toEqual({
    data: { deleted: '1234' },
    action: 'context',
    MID: '1',
  });
  expect(desk.read('deleteWatchlist', { query: { id: '1234' } })).toMatchObject({
    data: { deleted: '1234' },
  });
  expect(desk.call('getSpecificWatchlist', { query: { id: '1234' } }).status).toBe(503);
  expect(desk.call('postNewWatchlist', { body: { id: 'abc', name: 'x', rows: [] } }).status).toBe(400);
});

test('notifications: count, page, read', () => {
  const desk = openDesk();
  const unread = (): unknown => desk.read('getUnreadFyis');
  expect(unread()).toEqual({ BN: 2 });
  const list = desk.read('getAllFyis', { query: { max: '10' } }) as { ID: string; R: number; D: string }[];
  expect(list.map(({ R }) => R)).toEqual([0, 0, 1, 1]);
  expect(list[0]?.D).toMatch(/^\d+\.\d$/);
  const id = list[0]?.ID ?? '';
  expect(desk.read('readFyiNotification', { params: { notificationID: id } })).toEqual({
    V: 1,
    T: 5,
    P: { R: 1, ID: id },
  });
  expect(unread()).toEqual({ BN: 1 });
  expect(desk.read('getMoreFyis', { query: { id } })).toHaveLength(3);
  expect(desk.read('getAllFyis', { query: { exclude: 'PF' } })).toEqual([]);
});

test('notification settings and delivery keep what they are told; deleting a device answers nothing', () => {
  const desk = openDesk();
  const ack = { V: 1, T: expect.any(Number) };
  expect(
    desk.read('modifyFyiNotification', { params: { typecode: 'PT' }, body: { enabled: false } }),
  ).toEqual(ack);
  expect(
    desk.read('modifyFyiNotification', { params: { typecode: 'XX' }, body: { enabled: false } }),
  ).toEqual(ack);
  expect(desk.read('readFyiDisclaimer', { params: { typecode: 'PT' } })).toEqual(ack);
  expect(desk.read('getFyiSettings')).toEqual(
    expect.arrayContaining([{ FC: 'PT', A: 0, H: 1, FD: expect.any(String), FN: expect.any(String) }]),
  );
  expect(desk.read('getFyiDisclaimerss', { params: { typecode: 'PT' } })).toEqual({
    FC: 'PT',
    DT: expect.any(String),
  });
  desk.read('modifyFyiEmails', { query: { enabled: 'false' } });
  desk.read('modifyFyiDelivery', {
    body: { devicename: 'Tablet', deviceId: 'apn://x', uiName: 'x', enabled: true },
  });
  expect(desk.read('getFyiDelivery')).toMatchObject({
    M: 0,
    E: [{ NM: 'Phone' }, { NM: 'Tablet', I: 'apn://x', A: 1 }],
  });
  expect(desk.call('deleteFyiDevice', { params: { deviceId: 'apn://x' } })).toEqual({ text: '' });
  expect(desk.call('deleteFyiDevice', { params: { deviceId: 'apn://x' } })).toMatchObject({
    status: 404,
    text: expect.stringContaining('<html>'),
  });
});
