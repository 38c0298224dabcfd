// Placeholder of the state names until the table is here.
export type SessionStateName =
  | 'down'
  | 'login-required'
  | 'authenticating'
  | 'no-brokerage'
  | 'live'
  | 'competing'
  | 'yielded'
  | 'maintenance'
  | 'locked-out';
