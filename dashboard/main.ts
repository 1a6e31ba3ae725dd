// The dashboard's start: makes what the views share, and shows the view that the address names.
import { AppShell } from "./app/app-shell.ts";
import { Observed } from "./app/observed.ts";
import { ThemeSwitch } from "./app/theme.ts";
import type { ViewContext } from "./app/view.ts";
import { Connection } from "./gateway/connection.ts";
import { Gateway } from "./gateway/gateway.ts";
import { OverviewStore } from "./gateway/overview-store.ts";
import { ServerClock } from "./gateway/server-clock.ts";
import { SessionTokens } from "./gateway/session-tokens.ts";
import { formatRoute, parseRoute, type Route } from "./route/route.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no element #app");

const themes = new ThemeSwitch();
const connection = new Connection();
const tokens = new SessionTokens(sessionStorage);
const gateway = new Gateway(connection, tokens);
const clock = new ServerClock();
const route = new Observed(parseRoute(location.hash));
const pollMs = Number(new URLSearchParams(location.search).get("poll")) || null;
const overview = new OverviewStore({
  gateway,
  connection,
  tokens,
  clock,
  grid: route.value.state["grid"],
  pollMs,
});
const seconds = new Observed(0);
setInterval(() => seconds.set(seconds.value + 1), 1_000);

const take = (): void => {
  const next = parseRoute(location.hash);
  overview.setGrid(next.state["grid"]);
  route.set(next);
};
addEventListener("hashchange", take);

function navigate(to: Route, how = { replace: false }): void {
  const hash = formatRoute(to);
  if (hash === formatRoute(route.value)) return;
  if (how.replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  take();
}
addEventListener("popstate", take);

const context: ViewContext = {
  gateway,
  connection,
  overview,
  clock,
  tokens,
  theme: themes.theme,
  route,
  pollMs,
  navigate,
  seconds,
};
new AppShell(root, context, themes);
