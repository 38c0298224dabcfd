// Price alerts and the mobile trading assistant's own alert, which every account has and nobody can delete.
import type { Random } from '../../random.ts';
import { toFields, toList, toNumber, toText, type Fields } from '../reading.ts';
import { serverError } from '../refusal.ts';

export interface Condition {
  type: number;
  conidEx: string;
  operator: string | null;
  triggerMethod: string | null;
  value: string | null;
  logicBind: string;
  timeZone: string | null;
}

export interface Alert {
  id: number;
  accountId: string;
  name: string;
  message: string | null;
  active: boolean;
  repeatable: number;
  email: string;
  sendMessage: number;
  showPopup: number;
  playAudio: string | null;
  tif: string;
  expireTime: string | null;
  outsideRth: number;
  onlyItws: number;
  conditions: Condition[];
  placedMs: number;
  triggered: boolean;
}

export interface Alerts {
  /** Newest last, without the assistant's. */
  list: Alert[];
  assistant: Alert;
  nextId(): number;
  resetAssistant(): void;
}

export function createAlerts(random: Random): Alerts {
  let id = random.integer(100_000_000, 200_000_000);
  const assistantId = id;
  const fresh = (): Alert => ({
    id: assistantId,
    accountId: '',
    name: 'MTA (AutoAlert)',
    message: null,
    active: true,
    repeatable: 1,
    email: '',
    sendMessage: 1,
    showPopup: 0,
    playAudio: null,
    tif: 'GTC',
    expireTime: null,
    outsideRth: 0,
    onlyItws: 0,
    conditions: [
      {
        type: 5,
        conidEx: '*@*',
        operator: null,
        triggerMethod: null,
        value: '*',
        logicBind: 'n',
        timeZone: null,
      },
    ],
    placedMs: 0,
    triggered: false,
  });
  const alerts: Alerts = {
    list: [],
    assistant: fresh(),
    nextId: () => (id += 1),
    resetAssistant: () => {
      alerts.assistant = fresh();
    },
  };
  return alerts;
}

/** What a request body says of an alert; the error names the condition as the brokerage does. */
export function parseAlert(
  body: Fields,
): Omit<Alert, 'id' | 'accountId' | 'placedMs' | 'triggered' | 'active'> {
  return {
    name: toText(body.alertName) ?? '',
    message: toText(body.alertMessage) ?? null,
    repeatable: toNumber(body.alertRepeatable) ?? 0,
    email: toText(body.email) ?? '',
    sendMessage: toNumber(body.sendMessage) ?? 0,
    showPopup: toNumber(body.showPopup) ?? 0,
    playAudio: toText(body.playAudio) ?? null,
    tif: toText(body.tif) ?? 'GTC',
    expireTime: toText(body.expireTime) ?? null,
    outsideRth: toNumber(body.outsideRth) ?? 0,
    onlyItws: toNumber(body.iTWSOrdersOnly) ?? 0,
    conditions: toList(body.conditions).map((condition, place) => parseCondition(toFields(condition), place)),
  };
}

function parseCondition(condition: Fields, place: number): Condition {
  const type = toNumber(condition.type);
  if (type === undefined) {
    throw serverError(`Condition #${place + 1}:can't recognize fix [${toText(condition.type) ?? ''}]`);
  }
  return {
    type,
    conidEx: toText(condition.conidex) ?? '',
    operator: toText(condition.operator) ?? null,
    triggerMethod: toText(condition.triggerMethod) ?? null,
    value: toText(condition.value) ?? null,
    logicBind: toText(condition.logicBind) ?? 'n',
    timeZone: toText(condition.timeZone) ?? null,
  };
}
