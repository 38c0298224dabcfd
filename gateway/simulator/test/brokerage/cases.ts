// One good request for every operation of the brokerage, and which recording shows its answer.
import { AAPL, ACCOUNT, type Desk, type Request } from './desk.ts';

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

export interface Case {
  id: string;
  /** Of the recording, below its folder and without ending. */
  file?: string;
  request?: Request | ((desk: Desk) => Request);
  before?: (desk: Desk) => unknown;
  /** One unless told. */
  accounts?: number;
  /** Recorded paths that differ on purpose, with the reason. */
  differs?: Record<string, string>;
}

const twice =
  (id: string, request?: Request) =>
  (desk: Desk): unknown =>
    desk.read(id, request);

const contract = { params: { conid: String(AAPL) } };
const chain = { query: { conid: String(AAPL), sectype: 'OPT', month: 'MAY26' } };
const searched = twice('getContractSymbols', { query: { symbol: 'AAPL' } });
const hmds = twice('initializeHmds');
const watchlist = { body: { id: '1', name: 'mine', rows: [{ C: AAPL }, { H: '' }] } };
const alert = {
  ...account,
  body: {
    alertName: 'high',
    tif: 'GTC',
    alertRepeatable: 0,
    outsideRth: 0,
    conditions: [{ type: 1, conidex: `${AAPL}@SMART`, operator: '>=', value: '500', logicBind: 'n' }],
  },
};
const option = (desk: Desk): Request => {
  const held = [...desk.world.selectedAccount().positions.keys()];
  const conid = held.find((one) => desk.world.contracts.find(one)?.secType === 'OPT');
  return { params: { conid: String(conid) } };
};
const newAlert = (desk: Desk): string =>
  String((desk.read('createAlert', alert) as { order_id: number }).order_id);
const firstNotice = (desk: Desk): string => desk.world.notices.notifications[0]?.id ?? '';

export const cases: Case[] = [
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

  { id: 'getContractSymbols', request: { query: { symbol: 'IBM' } } },
  { id: 'getContractSymbolsFromBody', request: { body: { symbol: 'US0378331005', name: true } } },
  { id: 'getContractStrikes', request: chain, before: searched },
  { id: 'getContractInfo', request: { query: { conid: String(AAPL) } } },
  { id: 'getContractInfo', request: chain, before: searched },
  { id: 'getBondFilters', request: { query: { symbol: 'BOND', issuerId: 'e9000001' } } },
  { id: 'getInstrumentInfo', request: contract },
  { id: 'getInstrumentInfo', request: option },
  { id: 'getInfoAndRules', request: contract },
  { id: 'getInfoAndRules', request: option },
  { id: 'getContractRules', request: { body: { conid: AAPL } } },
  { id: 'getAlgosByInstrument', request: { ...contract, query: { addParams: '1' } } },
  { id: 'getInstrumentDefinition', request: { query: { conids: `${AAPL},12087792,11004968` } } },
  { id: 'getInstrumentDefinitionFromBody', request: { body: { conids: [AAPL] } } },
  { id: 'getStockBySymbol', request: { query: { symbols: 'IBM' } } },
  { id: 'getFutureBySymbol', request: { query: { symbols: 'ES' } } },
  { id: 'getConidsByExchange', request: { query: { exchange: 'NYSE' } } },
  { id: 'getTradingSchedule', request: { query: { conid: String(AAPL) } } },
  { id: 'getTradingScheduleBySymbol', request: { query: { symbol: 'IBM', assetClass: 'STK' } } },
  { id: 'getCurrencyPairs', request: { query: { currency: 'USD' } } },
  { id: 'getExchangeRates', request: { query: { source: 'EUR', target: 'USD' } } },
  { id: 'getRegulatorySnapshot', request: { query: { conid: SPY } } },
  { id: 'getMdSnapshot', request: { query: { conids: SPY } } },
  { id: 'getHmdsHistory', request: { query: { conid: SPY, period: '1w', bar: '1h' } } },
  { id: 'initializeHmds' },
  { id: 'getHmdsScannerParameters', before: hmds },
  { id: 'getHmdsScannerResults', request: { body: { scanCode: 'TOP_PERC_GAIN' } }, before: hmds },
  { id: 'ackServerPrompt', request: { body: { orderId: 1, reqId: '2', text: 'Yes' } } },
  {
    id: 'previewMarginImpact',
    request: { ...account, body: { orders: [{ ...ticket, quantity: 100_000 }] } },
  },
  { id: 'submitNewOrder', request: { ...account, body: { orders: [{ ...ticket, quantity: 100_000 }] } } },
  { id: 'getOrderStatus', request: (desk) => ({ params: { orderId: String(desk.place(ticket)) } }) },
  { id: 'getPnl', before: twice('getPnl') },
  { id: 'getManySubaccounts', accounts: 2 },
  { id: 'getConsolidatedAllocationByQuery' },
  { id: 'getPerformanceSummary', request: { body: { acctIds: [ACCOUNT] } } },
  { id: 'getPaginatedPositions', request: { params: { accountId: ACCOUNT, pageId: '0' } } },
  { id: 'getPositions', request: { params: { accountId: ACCOUNT } } },
  { id: 'createAlert', request: alert },
  { id: 'getAllAlerts', request: account, before: twice('createAlert', alert) },
  {
    id: 'getAlertDetails',
    request: (desk) => ({ params: { alertId: newAlert(desk) }, query: { type: 'Q' } }),
  },
  { id: 'getMtaDetails' },
  {
    id: 'activateAlert',
    request: (desk) => ({ ...account, body: { alertId: newAlert(desk), alertActive: 0 } }),
  },
  { id: 'deleteAlert', request: (desk) => ({ params: { accountId: ACCOUNT, alertId: newAlert(desk) } }) },
  { id: 'postNewWatchlist', request: watchlist },
  { id: 'getAllWatchlists', before: twice('postNewWatchlist', watchlist) },
  {
    id: 'getSpecificWatchlist',
    request: { query: { id: '1' } },
    before: twice('postNewWatchlist', watchlist),
  },
  {
    id: 'getSpecificWatchlist',
    request: { query: { id: '1' } },
    before: (desk) => [
      desk.read('postNewWatchlist', watchlist),
      desk.read('getSpecificWatchlist', { query: { id: '1' } }),
    ],
  },
  { id: 'deleteWatchlist', request: { query: { id: '1' } } },
  { id: 'getUnreadFyis' },
  { id: 'getAllFyis', request: { query: { max: '10' } } },
  { id: 'getMoreFyis', request: (desk) => ({ query: { id: firstNotice(desk) } }) },
  { id: 'readFyiNotification', request: (desk) => ({ params: { notificationID: firstNotice(desk) } }) },
  { id: 'getFyiSettings' },
  { id: 'modifyFyiNotification', request: { params: { typecode: 'PF' }, body: { enabled: true } } },
  { id: 'getFyiDisclaimerss', request: { params: { typecode: 'PF' } } },
  { id: 'readFyiDisclaimer', request: { params: { typecode: 'PF' } } },
  { id: 'getFyiDelivery' },
  { id: 'modifyFyiEmails', request: { query: { enabled: 'true' } } },
  {
    id: 'modifyFyiDelivery',
    request: { body: { devicename: 'Tablet', deviceId: 'apn://x', uiName: 'x', enabled: true } },
  },
  { id: 'deleteFyiDevice', request: { params: { deviceId: 'apn://mtws@simulated0001' } } },
];

/** Operations that refuse every ordinary account. */
export const refused = ['getDynamicAccounts', 'setDynamicAccount'];
