// Our answers beside recorded ones: every recorded key must be there with the same JSON type. The recordings are
// not part of the project; without the folder next to it there is nothing to compare.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { AAPL, ACCOUNT, openDesk, type Desk, type Request } from './desk.ts';

const folder = fileURLToPath(new URL('../../../../../shared/recordings/', import.meta.url));
const present = existsSync(folder);
if (!present) console.log(`no recordings at ${folder}: nothing compared`);

const SPY = '756733';
const ticket = { conid: AAPL, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 150 };
const account = { params: { accountId: ACCOUNT } };
const orders = { ...account, body: { orders: [ticket] } };
const market = { ...ticket, conid: Number(SPY), orderType: 'MKT', price: undefined };

const traded = (desk: Desk): number => {
  const id = desk.place(market);
  desk.clock.advance(5_000);
  return id;
};

interface Case {
  file: string;
  id: string;
  request?: Request | ((desk: Desk) => Request);
  before?: (desk: Desk) => unknown;
  /** Recorded paths that differ on purpose, with the reason. */
  differs?: Record<string, string>;
}

const twice =
  (id: string, request?: Request) =>
  (desk: Desk): unknown =>
    desk.read(id, request);

const cases: Case[] = [
  {
    file: 'Accounts/GET-iserver-accounts',
    id: 'getBrokerageAccounts',
    differs: {
      '/chartPeriods/CFD': 'not traded here',
      '/chartPeriods/WAR': 'not traded here',
      '/chartPeriods/IOPT': 'not traded here',
      '/chartPeriods/FUND': 'not traded here',
      '/chartPeriods/CMDTY': 'not traded here',
      '/chartPeriods/PHYSS': 'not traded here',
    },
  },
  { file: 'Accounts/GET-account-summary', id: 'getAccountSummary', request: account },
  { file: 'Accounts/GET-account-summary-available-funds', id: 'getFundSummary', request: account },
  { file: 'Accounts/GET-account-summary-balances', id: 'getBalanceSummary', request: account },
  { file: 'Accounts/GET-account-summary-margins', id: 'getMarginSummary', request: account },
  { file: 'Accounts/GET-account-summary-market-value', id: 'getAccountMarketSummary', request: account },
  { file: 'Accounts/GET-signatures-and-owners', id: 'getAccountOwners', request: account },
  { file: 'Accounts/POST-switch-account', id: 'setActiveAccount', request: { body: { acctId: ACCOUNT } } },
  {
    file: 'MarketData/GET-history',
    id: 'getMdHistory',
    request: { query: { conid: SPY, period: '1d', bar: '1min' } },
  },
  {
    file: 'MarketData/GET-snapshot',
    id: 'getMdSnapshot',
    request: { query: { conids: SPY, fields: '31,84,86,85,88,87,70,71,82,83' } },
    before: twice('getMdSnapshot', { query: { conids: SPY, fields: '31' } }),
  },
  { file: 'MarketData/GET-unsubscribeall', id: 'closeAllMdStreams' },
  {
    file: 'MarketData/POST-unsubscribe',
    id: 'closeMdStream',
    request: { body: { conid: Number(SPY) } },
    before: twice('getMdSnapshot', { query: { conids: SPY, fields: '31' } }),
  },
  { file: 'MarketData/GET-scanner-params', id: 'getScannerParameters' },
  {
    file: 'MarketData/POST-scanner-run',
    id: 'getScannerResults',
    request: { body: { instrument: 'STK', type: 'TOP_PERC_GAIN', location: 'STK.US.MAJOR' } },
  },
  { file: 'Orders/GET-live-orders-empty', id: 'getOpenOrders' },
  {
    file: 'Orders/GET-live-orders',
    id: 'getOpenOrders',
    before: (desk) => [traded(desk), desk.read('getOpenOrders')],
  },
  {
    file: 'Orders/GET-order-status',
    id: 'getOrderStatus',
    request: (desk) => ({ params: { orderId: String(traded(desk)) } }),
  },
  { file: 'Orders/GET-trades-empty', id: 'getTradeHistory' },
  {
    file: 'Orders/GET-trades',
    id: 'getTradeHistory',
    before: (desk) => {
      desk.place({ ...market, cOID: 'mine' });
      desk.clock.advance(5_000);
    },
    differs: { '/0/price': 'text through the Gateway, a number in a sanitised recording' },
  },
  { file: 'Orders/POST-place-order-confirmation', id: 'submitNewOrder', request: orders },
  {
    file: 'Orders/POST-place-order-submitted',
    id: 'submitNewOrder',
    request: orders,
    before: (desk) => desk.world.replies.suppress(['o163', 'o354', 'o10153']),
  },
  {
    file: 'Orders/POST-modify-order-submitted',
    id: 'modifyOpenOrder',
    request: (desk) => {
      desk.world.replies.suppress(['o163', 'o354', 'o10153']);
      return { params: { accountId: ACCOUNT, orderId: String(desk.place(ticket)) }, body: ticket };
    },
  },
  {
    file: 'Orders/POST-reply-submitted',
    id: 'confirmOrderReply',
    request: (desk) => {
      desk.world.replies.suppress(['o163', 'o10153']);
      const [question] = desk.read('submitNewOrder', orders) as { id: string }[];
      return { params: { replyId: question?.id ?? '' }, body: { confirmed: true } };
    },
  },
  {
    file: 'Orders/DELETE-cancel-order',
    id: 'cancelOpenOrder',
    request: (desk) => ({ params: { accountId: ACCOUNT, orderId: String(desk.place(ticket)) } }),
  },
  { file: 'Orders/POST-whatif-order', id: 'previewMarginImpact', request: orders },
  { file: 'Session/POST-suppress', id: 'suppressOrderReplies', request: { body: { messageIds: ['o163'] } } },
  { file: 'Session/POST-suppress-reset', id: 'resetOrderSuppression' },
  { file: 'Portfolio/GET-iserver-account-pnl-partitioned', id: 'getPnl' },
  { file: 'Portfolio/GET-portfolio-accounts', id: 'getAllAccounts' },
  { file: 'Portfolio/GET-portfolio-subaccounts', id: 'getAllSubaccounts' },
  { file: 'Portfolio/GET-subaccounts2', id: 'getManySubaccounts' },
  { file: 'Portfolio/GET-portfolio-meta', id: 'getPortfolioMetadata', request: account },
  { file: 'Portfolio/GET-portfolio-allocation', id: 'getAssetAllocation', request: account },
  {
    file: 'Portfolio/POST-portfolio-consolidated-allocation',
    id: 'getConsolidatedAllocation',
    request: { body: { acctIds: [ACCOUNT] } },
  },
  { file: 'Portfolio/GET-portfolio-combo-positions-empty', id: 'getComboPositions', request: account },
  {
    file: 'Portfolio/GET-portfolio-ledger',
    id: 'getPortfolioLedger',
    request: account,
    differs: {
      '/USD/endofbundle': 'only the last currency closes the bundle',
      '/BASE/endofbundle': 'only the last currency closes the bundle',
    },
  },
  {
    file: 'Portfolio/GET-portfolio-summary',
    id: 'getPortfolioSummary',
    request: account,
    differs: {
      '/netliquidation/value': 'null beside an amount, as seen through the Gateway',
      '/buyingpower/value': 'null beside an amount',
      '/totalcashvalue/value': 'null beside an amount',
      '/initmarginreq/value': 'null beside an amount',
    },
  },
  {
    file: 'Portfolio/GET-portfolio-positions-page0',
    id: 'getPaginatedPositions',
    request: { params: { accountId: ACCOUNT, pageId: '0' } },
    differs: { '/0/strike': 'the warm form has text, the cold one a number' },
  },
  {
    file: 'Portfolio/GET-portfolio-positions-empty',
    id: 'getPaginatedPositions',
    request: { params: { accountId: ACCOUNT, pageId: '999' } },
  },
  {
    file: 'Portfolio/GET-portfolio-position-by-conid',
    id: 'getPositionByConid',
    request: { params: { accountid: ACCOUNT, conid: SPY } },
  },
  {
    file: 'Portfolio/GET-portfolio-positions-by-conid',
    id: 'getAllAccountsForConid',
    request: { params: { conid: SPY } },
    differs: { '/DU1234567C': 'a consolidated twin of the account' },
  },
  { file: 'Portfolio/GET-portfolio2-positions', id: 'getUncachedPositions', request: account },
  { file: 'Portfolio/POST-portfolio-invalidate', id: 'invalidatePositionCache', request: account },
  {
    file: 'Portfolio/POST-pa-performance',
    id: 'getSinglePerformancePeriod',
    request: { body: { acctIds: [ACCOUNT], period: '1M' } },
  },
  {
    file: 'Portfolio/POST-pa-allperiods',
    id: 'getPerformanceAllPeriods',
    request: { body: { acctIds: [ACCOUNT] } },
  },
  {
    file: 'Portfolio/POST-pa-transactions',
    id: 'getTransactions',
    request: { body: { acctIds: [ACCOUNT], conids: [Number(SPY)] } },
    before: traded,
  },
];

/** Paths of the recording that we lack, or answer with another type. */
function differences(want: unknown, got: unknown, path = ''): string[] {
  if (want === null) return [];
  if (typeOf(want) !== typeOf(got)) return [`${path}: ${typeOf(want)} recorded, ${typeOf(got)} here`];
  if (Array.isArray(want)) {
    const [first] = want as unknown[];
    const [ours] = got as unknown[];
    if (first === undefined) return (got as unknown[]).length === 0 ? [] : [`${path}: recorded empty`];
    return differences(first, ours, `${path}/0`);
  }
  if (typeof want !== 'object') return [];
  return Object.entries(want).flatMap(([key, value]) => {
    const name = key.replace('U1234567', ACCOUNT);
    return differences(value, (got as Record<string, unknown>)[name], `${path}/${name}`);
  });
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

const comparable = present ? cases : [];

test('the recordings, when present, are all known here or belong to the session', () => {
  expect(comparable.every(({ file }) => existsSync(`${folder}${file}.json`))).toBe(true);
});

for (const { file, id, request = {}, before, differs = {} } of comparable) {
  test(`${file} has the recorded keys and types`, () => {
    const desk = openDesk();
    before?.(desk);
    const got = desk.read(id, typeof request === 'function' ? request(desk) : request);
    const recording = JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8')) as {
      Response: { Body: unknown };
    };
    const found = differences(recording.Response.Body, JSON.parse(JSON.stringify(got)));
    const unexplained = found.filter(
      (line) => !Object.keys(differs).includes(line.slice(0, line.indexOf(':'))),
    );
    expect(unexplained).toEqual([]);
    expect(found).toHaveLength(Object.keys(differs).length);
  });
}
