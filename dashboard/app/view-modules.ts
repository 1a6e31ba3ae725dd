// The views, each loaded when it is first shown: the market needs no charts.
import type { ViewName } from "../route/route.ts";
import type { OpenView } from "./view.ts";

export const VIEW_TITLES: Readonly<Record<ViewName, string>> = {
  market: "Market",
  symbol: "Symbol",
  truth: "Truth",
  drift: "Drift",
  experiment: "Experiment",
  operations: "Operations",
};

export const VIEW_MODULES: Readonly<Record<ViewName, () => Promise<OpenView>>> = {
  market: async () => (await import("../views/market/market-view.ts")).openMarketView,
  symbol: async () => (await import("../views/symbol/symbol-view.ts")).openSymbolView,
  truth: async () => (await import("../views/truth/truth-view.ts")).openTruthView,
  drift: async () => (await import("../views/drift/drift-view.ts")).openDriftView,
  experiment: async () => (await import("../views/experiment/experiment-view.ts")).openExperimentView,
  operations: async () => (await import("../views/operations/operations-view.ts")).openOperationsView,
};
