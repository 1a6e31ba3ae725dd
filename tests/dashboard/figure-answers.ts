// Canned answers of the views truth, drift, experiment and operations, for the fixture gateway.
import type { QualityAnswer } from "../../dashboard/views/truth/quality-answer.ts";
import type { CannedAnswer } from "./fixture-gateway.ts";
import { fixtureDrift } from "./fixture-drift.ts";
import { fixtureExperiment } from "./fixture-experiment.ts";
import { fixtureAlertRules, fixtureThreshold } from "./fixture-learning.ts";
import { fixtureOperations } from "./fixture-operations.ts";
import { fixtureQuality, fixtureYoungQuality } from "./fixture-quality.ts";

/** The symbol that has no figures with an interval yet, and whose drift is not calibrated. */
export const YOUNG_SYMBOL = "YOUNG-USD";

/** By path, as `FixtureGateway` takes them. */
export function figureAnswers(): Record<string, CannedAnswer> {
  return {
    "/quality": (url) => fixtureQuality(null, windowOf(url)),
    "/operations": () => fixtureOperations(Date.now()),
    "/experiment": () => fixtureExperiment(true),
    "/symbols/": (url) => symbolAnswer(url),
  };
}

function windowOf(url: URL): QualityAnswer["window"] {
  const window = url.searchParams.get("window");
  return window === "1h" || window === "30d" ? window : "24h";
}

function symbolAnswer(url: URL): unknown {
  const [, , name = "", what] = url.pathname.split("/");
  const symbol = decodeURIComponent(name);
  if (what === "threshold") return fixtureThreshold(symbol);
  // Of the young symbol they cannot be read.
  if (what === "alerts" && symbol !== YOUNG_SYMBOL) return fixtureAlertRules(symbol);
  if (what === "drift") return fixtureDrift(symbol, Date.now(), symbol !== YOUNG_SYMBOL);
  if (what !== "quality") return undefined;
  return symbol === YOUNG_SYMBOL ? fixtureYoungQuality(symbol, windowOf(url)) : fixtureQuality(symbol, windowOf(url));
}
