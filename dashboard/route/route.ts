// What the part of the address behind `#` says: the view, its symbol, and the view's state (sort, search, window,
// grid), so that a link shows what its sender saw.

export const VIEW_NAMES = ["market", "symbol", "truth", "drift", "experiment", "operations"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export interface Route {
  readonly view: ViewName;
  /** Of `symbol`, `truth` and `drift`; null for all symbols. */
  readonly symbol: string | null;
  /** The view's state. Absent entries have the view's default. */
  readonly state: Readonly<Record<string, string>>;
}

const WITH_SYMBOL: ReadonlySet<ViewName> = new Set(["symbol", "truth", "drift"]);

/**
 * Reads a hash such as `#/symbol/BTC-USD?grid=60s`. What is unknown gives the market, the page's first view; an
 * unknown entry of the state is kept, because a link may be of a newer page.
 */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split(/\?(.*)/s);
  const [name = "", subject = ""] = path.split("/");
  const state = Object.fromEntries(new URLSearchParams(search));
  const view = VIEW_NAMES.find((known) => known === name);
  const symbol = decoded(subject);
  if (view === undefined || (view === "symbol" && symbol === null)) return { view: "market", symbol: null, state };
  return { view, symbol: WITH_SYMBOL.has(view) ? symbol : null, state };
}

/** The hash of a route; `parseRoute` gives the route back. Empty entries are left out. */
export function formatRoute({ view, symbol, state }: Route): string {
  const path = symbol === null ? `#/${view}` : `#/${view}/${encodeURIComponent(symbol)}`;
  const search = new URLSearchParams(Object.entries(state).filter(([, value]) => value !== "")).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** The same view with some of its state changed; an empty text takes an entry away. */
export function routeWith(route: Route, changes: Readonly<Record<string, string>>): Route {
  return { ...route, state: { ...route.state, ...changes } };
}

/** Another view. Of the state only the grid goes along: it means the same everywhere. */
export function routeTo(from: Route, view: ViewName, symbol: string | null = null): Route {
  const { grid } = from.state;
  return { view, symbol, state: grid === undefined ? {} : { grid } };
}

function decoded(text: string): string | null {
  try {
    return text === "" ? null : decodeURIComponent(text);
  } catch {
    return null;
  }
}
