// Who the login is: the brokerage accounts, the portfolio's view of them, and switching between them.
import type { Handlers } from '../../call.ts';
import { toFields, toText } from '../reading.ts';
import { badRequest, serverError, unavailable } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';

const SUBACCOUNTS_PER_PAGE = 20;

export const accountHandlers: Handlers = {
  getBrokerageAccounts: (_call, world) => ({ json: brokerageAccounts(world) }),

  setActiveAccount: (call, world) => {
    const id = toText(toFields(call.body).acctId);
    if (id === undefined) throw badRequest('acctId needed');
    const account = world.accounts.find((one) => one.id === id);
    if (account === undefined) throw serverError('Invalid account ID');
    if (account === world.selectedAccount()) return { json: { success: 'Account already set' } };
    world.select(account);
    return { json: { set: true, acctId: id } };
  },

  // Dynamic accounts belong to brokers with more accounts than a list can hold; ours is none.
  getDynamicAccounts: () => {
    throw unavailable(
      'Details currently unavailable. Please try again later and contact client services if the issue persists.',
    );
  },
  setDynamicAccount: () => ({ status: 401, json: { error: 'Unauthorized', statusCode: 401 } }),

  getAccountOwners: (call, world) => {
    const account = world.account(call.params.accountId);
    const [firstName = '', lastName = ''] = account.title.split(' ');
    return {
      json: {
        accountId: account.id,
        users: [
          {
            roleId: 'OWNER',
            hasRightCodeInd: true,
            userName: world.session.username,
            entity: {
              firstName,
              lastName,
              entityType: 'INDIVIDUAL',
              entityName: account.title,
              dateOfBirth: '1970-01-01',
            },
          },
        ],
        applicant: { signatures: [account.title] },
      },
    };
  },

  getAllAccounts: (_call, world) => ({
    json: world.accounts.map((account) => portfolioAccount(account, true)),
  }),
  getAllSubaccounts: (_call, world) => ({
    json: world.accounts.map((account) => portfolioAccount(account, false)),
  }),

  /** A login with one account was seen to answer the bare list; the pages are documented for many. */
  getManySubaccounts: (call, world) => {
    const subaccounts = world.accounts.map((account) => portfolioAccount(account, false));
    if (subaccounts.length === 1) return { json: subaccounts };
    const pageNum = Number(call.query.get('page') ?? 0);
    const start = pageNum * SUBACCOUNTS_PER_PAGE;
    return {
      json: {
        metadata: { total: subaccounts.length, pageSize: SUBACCOUNTS_PER_PAGE, pageNum },
        subaccounts: subaccounts.slice(start, start + SUBACCOUNTS_PER_PAGE),
      },
    };
  },

  getPortfolioMetadata: (call, world) => ({
    json: portfolioAccount(world.account(call.params.accountId), false),
  }),
};

/** Also the `act` frame of the WebSocket. */
export function brokerageAccounts(world: World): Record<string, unknown> {
  const ids = world.accounts.map(({ id }) => id);
  const perAccount = (value: (id: string) => unknown): Record<string, unknown> =>
    Object.fromEntries(ids.map((id) => [id, value(id)]));
  const any = ['*'];
  const short = ['2h', '1d', '2d', '1w', '1m'];
  return {
    accounts: ids,
    acctProps: perAccount(() => ({
      hasChildAccounts: false,
      supportsCashQty: true,
      liteUnderPro: false,
      noFXConv: false,
      isProp: false,
      supportsFractions: true,
      allowCustomerTime: false,
      autoFx: false,
    })),
    aliases: perAccount((id) => id),
    allowFeatures: {
      showGFIS: true,
      showEUCostReport: false,
      allowEventContract: true,
      allowFXConv: true,
      allowFinancialLens: false,
      allowMTA: true,
      allowTypeAhead: true,
      allowEventTrading: true,
      snapshotRefreshTimeout: 30,
      liteUser: false,
      showWebNews: true,
      research: true,
      debugPnl: true,
      showTaxOpt: true,
      showImpactDashboard: true,
      allowDynAccount: false,
      allowCrypto: true,
      allowFA: false,
      allowLiteUnderPro: false,
      allowedAssetTypes: 'STK,OPT,FOP,FUT,BAG,CASH,IND,BOND,CRYPTO',
      restrictTradeSubscription: false,
      showUkUserLabels: false,
      sideBySide: true,
    },
    chartPeriods: { STK: any, OPT: short, FOP: short, FUT: any, CASH: any, IND: any, BOND: any, CRYPTO: any },
    groups: [],
    profiles: [],
    selectedAccount: world.selectedAccount().id,
    serverInfo: world.session.authStatus().serverInfo ?? { serverName: '', serverVersion: '' },
    sessionId: `${world.session.token.slice(0, 8)}.0000`,
    isFT: false,
    isPaper: world.session.paper,
  };
}

function portfolioAccount(account: Account, brokerageAccess: boolean): Record<string, unknown> {
  return {
    id: account.id,
    'PrepaidCrypto-Z': false,
    'PrepaidCrypto-P': false,
    brokerageAccess,
    accountId: account.id,
    accountVan: account.id,
    accountTitle: account.title,
    displayName: account.title,
    accountAlias: account.alias,
    accountStatus: account.openedMs,
    currency: 'USD',
    type: 'DEMO',
    tradingType: 'STKNOPT',
    businessType: 'INDEPENDENT',
    category: '',
    ibEntity: 'IBLLC-US',
    faclient: false,
    clearingStatus: 'O',
    covestor: false,
    noClientTrading: false,
    trackVirtualFXPortfolio: false,
    acctCustType: 'INDIVIDUAL',
    parent: { mmc: [], accountId: '', isMParent: false, isMChild: false, isMultiplex: false },
    desc: account.id,
  };
}
