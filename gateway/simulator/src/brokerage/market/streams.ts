// Which market data streams are open. The first snapshot of a contract opens one and answers with ids only; an
// order for a contract without one is asked about (IBKR Web API documentation, market data snapshot).
export interface Streams {
  /** True when this owner had it open before. */
  open(owner: string, conid: number): boolean;
  close(owner: string, conid: number): boolean;
  closeOwner(owner: string): void;
  /** unsubscribeall reaches every owner of the shared session. */
  closeAll(): void;
  isOpen(conid: number): boolean;
  has(owner: string, conid: number): boolean;
}

export function createStreams(): Streams {
  const owners = new Map<string, Set<number>>();
  const of = (owner: string): Set<number> => {
    const conids = owners.get(owner) ?? new Set<number>();
    owners.set(owner, conids);
    return conids;
  };
  return {
    open: (owner, conid) => {
      const conids = of(owner);
      const before = conids.has(conid);
      conids.add(conid);
      return before;
    },
    close: (owner, conid) => of(owner).delete(conid),
    closeOwner: (owner) => void owners.delete(owner),
    closeAll: () => owners.clear(),
    isOpen: (conid) => [...owners.values()].some((conids) => conids.has(conid)),
    has: (owner, conid) => of(owner).has(conid),
  };
}
