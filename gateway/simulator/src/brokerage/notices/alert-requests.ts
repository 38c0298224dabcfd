// Requests about alerts. Deleting alert 0 deletes them all; deleting the assistant's alert only resets it.
import type { Handlers } from '../../call.ts';
import { describe } from '../contracts/contracts.ts';
import { toFields, toNumber } from '../reading.ts';
import { badRequest, reject, serverError } from '../refusal.ts';
import { stamp } from '../times.ts';
import type { World } from '../world.ts';
import { parseAlert, type Alert, type Condition } from './alerts.ts';

/** The only condition type whose outcome the simulated market can tell. */
const PRICE = 1;

export const alertHandlers: Handlers = {
  getAllAlerts: (call, world) => {
    const account = world.account(call.params.accountId);
    const own = world.alerts.list.filter(({ accountId }) => accountId === account.id);
    return {
      json: own.map((alert) => ({
        order_id: alert.id,
        account: alert.accountId,
        alert_name: alert.name,
        alert_active: alert.active ? 1 : 0,
        order_time: stamp(alert.placedMs),
        alert_triggered: isTriggered(world, alert),
        alert_repeatable: alert.repeatable,
      })),
    };
  },

  getAlertDetails: (call, world) => {
    if (call.query.get('type') !== 'Q') throw badRequest('orderId and type are required');
    const id = Number(call.params.alertId);
    const alert = [world.alerts.assistant, ...world.alerts.list].find((one) => one.id === id);
    if (alert === undefined) throw reject(`Alert ${call.params.alertId ?? ''} doesn't exist`);
    return { json: detail(world, alert) };
  },

  getMtaDetails: (_call, world) => ({
    json: {
      ...detail(world, world.alerts.assistant),
      alert_mta_currency: 'USD',
      alert_mta_defaults: '9:STATE=1,MIN=-260000,MAX=260000,STEP=500,DEF_MIN=-26000,DEF_MAX=26000',
      tool_id: world.alerts.assistant.id,
    },
  }),

  createAlert: (call, world) => {
    const account = world.account(call.params.accountId);
    const body = toFields(call.body);
    if (Object.keys(body).length === 0) throw badRequest("body can't be empty");
    const wanted = parseAlert(body);
    const id = toNumber(body.orderId) ?? toNumber(body.alertId) ?? 0;
    const known = world.alerts.list.find((alert) => alert.id === id);
    if (id !== 0 && known === undefined) throw serverError(`Alert ${id} doesn't exist`);
    if (known !== undefined && known.name !== wanted.name) throw serverError('Alert name cannot be modified');
    if (wanted.name === '') throw badRequest('alertName needed');
    const alert: Alert = {
      ...wanted,
      id: known?.id ?? world.alerts.nextId(),
      accountId: account.id,
      active: true,
      placedMs: world.clock.now(),
      triggered: false,
    };
    world.alerts.list = [...world.alerts.list.filter((one) => one !== known), alert];
    return {
      json: {
        request_id: null,
        order_id: alert.id,
        success: true,
        text: 'Submitted',
        order_status: null,
        warning_message: null,
      },
    };
  },

  activateAlert: (call, world) => {
    world.account(call.params.accountId);
    const { alertId, alertActive } = toFields(call.body);
    const id = toNumber(alertId);
    const alert = [world.alerts.assistant, ...world.alerts.list].find((one) => one.id === id);
    if (alert === undefined) throw serverError('failed to activate/deactivate alert');
    alert.active = toNumber(alertActive) === 1;
    return { json: submitted(alert.id) };
  },

  deleteAlert: (call, world) => {
    const account = world.account(call.params.accountId);
    const text = call.params.alertId ?? '';
    const id = Number(text);
    if (id === world.alerts.assistant.id) {
      world.alerts.resetAssistant();
      return { json: submitted(id) };
    }
    const goes = (alert: Alert): boolean => alert.accountId === account.id && (id === 0 || alert.id === id);
    if (id !== 0 && !world.alerts.list.some(goes)) {
      throw serverError(`failed to delete alert: Alert ${text} doesn't exist`);
    }
    world.alerts.list = world.alerts.list.filter((alert) => !goes(alert));
    return { json: submitted(id) };
  },
};

function submitted(id: number): Record<string, unknown> {
  return { request_id: null, order_id: id, success: true, text: 'Request was submitted', failure_list: null };
}

function detail(world: World, alert: Alert): Record<string, unknown> {
  return {
    account: alert.accountId === '' ? world.selectedAccount().id : alert.accountId,
    order_id: alert.id,
    alert_name: alert.name,
    tif: alert.tif,
    expire_time: alert.expireTime,
    alert_active: alert.active ? 1 : 0,
    alert_repeatable: alert.repeatable,
    alert_email: alert.email,
    alert_send_message: alert.sendMessage,
    alert_message: alert.message,
    alert_show_popup: alert.showPopup,
    alert_play_audio: alert.playAudio,
    order_status: alert.active ? 'Submitted' : 'Inactive',
    alert_triggered: isTriggered(world, alert),
    fg_color: '#FFFFFF',
    bg_color: '#0000CC',
    order_not_editable: false,
    itws_orders_only: alert.onlyItws,
    alert_mta_currency: null,
    alert_mta_defaults: null,
    tool_id: null,
    time_zone: null,
    alert_default_type: null,
    condition_size: alert.conditions.length,
    condition_outside_rth: alert.outsideRth,
    conditions: alert.conditions.map((condition) => {
      const instrument = world.contracts.find(Number(condition.conidEx.split('@')[0]));
      return {
        condition_type: condition.type,
        conidex: condition.conidEx,
        contract_description_1: instrument === undefined ? 'Unknown' : describe(instrument),
        condition_operator: condition.operator,
        condition_trigger_method: condition.triggerMethod,
        condition_value: condition.value,
        condition_logic_bind: condition.logicBind,
        condition_time_zone: condition.timeZone,
      };
    }),
  };
}

/** Looked at when someone asks; once true it stays. */
function isTriggered(world: World, alert: Alert): boolean {
  const prices = alert.conditions.filter(({ type }) => type === PRICE);
  alert.triggered ||=
    alert.active && prices.length > 0 && prices.every((condition) => holds(world, condition));
  return alert.triggered;
}

function holds(world: World, { conidEx, operator, value }: Condition): boolean {
  const instrument = world.contracts.find(Number(conidEx.split('@')[0]));
  const limit = toNumber(value);
  if (instrument === undefined || limit === undefined) return false;
  const { last } = world.market.touch(instrument);
  return operator === '<=' ? last <= limit : last >= limit;
}
