// The frame around every view: the navigation, the banner, the heading, and which view stands in it.
import { element } from "../dom/element.ts";
import { formatRoute, type Route, routeTo, VIEW_NAMES, type ViewName } from "../route/route.ts";
import { connectionBanner } from "./connection-banner.ts";
import { gridSelect } from "./grid-select.ts";
import { lineState } from "./line-state.ts";
import { themeButton } from "./theme-button.ts";
import type { ThemeSwitch } from "./theme.ts";
import { tokenBox } from "./token-box.ts";
import { VIEW_MODULES, VIEW_TITLES } from "./view-modules.ts";
import type { View, ViewContext } from "./view.ts";

/** A symbol has its own link in the market; these have one in the navigation. */
const IN_NAVIGATION = VIEW_NAMES.filter((name) => name !== "symbol");

export class AppShell {
  readonly #context: ViewContext;
  readonly #main = element("main", { id: "main", tabindex: "-1" });
  readonly #links = new Map<ViewName, HTMLAnchorElement>();
  #shown: { readonly key: string; readonly view: View } | undefined;
  /** Of the view that is being loaded; a later one wins. */
  #wanted = "";

  constructor(root: HTMLElement, context: ViewContext, themes: ThemeSwitch) {
    this.#context = context;
    const items = IN_NAVIGATION.map((name) => {
      const link = element("a", { href: `#/${name}` }, VIEW_TITLES[name]);
      this.#links.set(name, link);
      return element("li", {}, link);
    });
    const mark = element("a", { class: "mark", href: "#/market" }, "volgate");
    const tools = element(
      "div",
      { class: "tools" },
      lineState(context),
      gridSelect(context),
      tokenBox(context),
      themeButton(themes),
    );
    const navigation = element("nav", { "aria-label": "Views" }, element("ul", {}, ...items));
    root.replaceChildren(
      element("header", { class: "top" }, mark, navigation, tools),
      connectionBanner(context),
      this.#main,
      pageFoot(),
    );
    context.route.watch((route) => void this.#show(route));
  }

  async #show(route: Route): Promise<void> {
    for (const [name, link] of this.#links) {
      link.href = formatRoute(routeTo(route, name));
      const current = name === route.view || (name === "market" && route.view === "symbol");
      if (current) link.setAttribute("aria-current", name === route.view ? "page" : "true");
      else link.removeAttribute("aria-current");
    }
    // Views of figures show any symbol: the reader who chooses another one there stays where he is.
    const key = route.view === "symbol" ? `symbol/${route.symbol ?? ""}` : route.view;
    this.#wanted = key;
    if (this.#shown?.key === key) {
      this.#shown.view.routeChanged(route);
      return;
    }
    const openView = await VIEW_MODULES[route.view]().catch(() => null);
    if (this.#wanted !== key || this.#shown?.key === key) return;
    const isFirst = this.#shown === undefined;
    this.#shown?.view.close();
    this.#shown = undefined;
    if (openView === null) {
      this.#main.replaceChildren(element("p", { class: "notice", role: "alert" }, CANNOT_LOAD));
      return;
    }
    const view = openView(this.#context);
    this.#shown = { key, view };
    document.title = `${view.title} · volgate`;
    this.#main.dataset["view"] = route.view;
    this.#main.replaceChildren(view.element);
    scrollTo(0, 0);
    // A screen reader hears the new view, and the keyboard goes on in it. Not at the start: there the page begins.
    if (!isFirst) this.#main.focus({ preventScroll: true });
  }
}

const CANNOT_LOAD =
  "This view could not be loaded: the gateway does not answer, or serves a newer page. Load the page again.";

/** The notice that lightweight-charts' licence asks for, and the licences of what is bundled. */
function pageFoot(): HTMLElement {
  const charts = element(
    "a",
    { href: "https://www.tradingview.com/", rel: "noopener", target: "_blank" },
    "TradingView",
  );
  return element(
    "footer",
    { class: "foot" },
    element("span", {}, "All times UTC"),
    element("span", {}, "Price charts: TradingView Lightweight Charts™, © 2025 ", charts, ", Inc."),
    element("a", { href: "/dashboard/licences.txt" }, "Licences"),
    element("a", { href: "/docs" }, "HTTP API"),
  );
}
