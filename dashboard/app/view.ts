// What a view is given, and what the shell asks of it.
import type { Connection } from "../gateway/connection.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { OverviewStore } from "../gateway/overview-store.ts";
import type { ServerClock } from "../gateway/server-clock.ts";
import type { SessionTokens } from "../gateway/session-tokens.ts";
import type { Route } from "../route/route.ts";
import type { Observed } from "./observed.ts";
import type { Theme } from "./theme.ts";

export interface ViewContext {
  readonly gateway: Gateway;
  readonly connection: Connection;
  readonly overview: OverviewStore;
  readonly clock: ServerClock;
  readonly tokens: SessionTokens;
  readonly theme: Observed<Theme>;
  /** Where the page is now. */
  readonly route: Observed<Route>;
  /** A pace of all polls instead of their own, for tests. */
  readonly pollMs: number | null;
  /** Changes the state in the address; with `replace` without an entry in the browser's history. */
  navigate(route: Route, how?: { replace: boolean }): void;
  /** Goes up each second: what ages shall be written anew by. */
  readonly seconds: Observed<number>;
}

export interface View {
  readonly element: HTMLElement;
  /** The heading, and the title of the tab. */
  readonly title: string;
  /** The address changed and still names this view; of the view `symbol`, the same symbol too. */
  routeChanged(route: Route): void;
  /** Ends its polls and charts. Nothing of it may go on. */
  close(): void;
}

export type OpenView = (context: ViewContext) => View;
