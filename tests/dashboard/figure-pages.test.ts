// What the views of figures say, as markup: they are pure, so no browser is needed to read them.
import { describe, expect, it } from "vitest";
import { driftPage } from "../../dashboard/views/drift/drift-page.ts";
import { ratioLevel } from "../../dashboard/views/drift/ratio-level.ts";
import { championWatches } from "../../dashboard/views/experiment/champion-watches.ts";
import { evidenceText } from "../../dashboard/views/experiment/experiment-answer.ts";
import { experimentFigures, experimentHead } from "../../dashboard/views/experiment/experiment-page.ts";
import { operationsPage } from "../../dashboard/views/operations/operations-page.ts";
import { truthPage } from "../../dashboard/views/truth/truth-page.ts";
import { textOf, unclosedTags } from "../report/page-text.ts";
import { fixtureDrift } from "./fixture-drift.ts";
import { fixtureExperiment, fixtureNoExperiment } from "./fixture-experiment.ts";
import { fixtureOperations } from "./fixture-operations.ts";
import { fixtureQuality, fixtureYoungQuality } from "./fixture-quality.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 22, 15);

describe("the page of figures", () => {
  it("has each model's episodes and intervals beside its figures, the champion first", () => {
    const text = textOf(truthPage(fixtureQuality(null, "24h")).text);
    expect(text).toMatch(
      /Figures 59 episodes in 25 blocks.*? champion volatility-champion 2026-11-16 59 25 blocks 0\.522 \[/,
    );
    expect(text.indexOf("ECE 0.0158 · 59 episodes")).toBeGreaterThan(0);
    expect(text).toContain("2 symbols of 3 are in these figures");
    expect(text).toContain("SOL-USD: its object did not answer");
  });

  it("has the volatility's loss beside EWMA and HAR, and the quantiles' coverage above the uncorrected", () => {
    const text = textOf(truthPage(fixtureQuality("BTC-USD", "24h")).text);
    expect(text).toMatch(
      /champion 21,540 20,640 horizons compared 0\.309 0\.371 0\.324 9\.8 % 12\.4 % 50\.3 % 52\.1 %/,
    );
    const none = textOf(truthPage({ ...fixtureQuality(null, "24h"), volatility: [] }).text);
    expect(none).not.toContain("QLIKE");
  });

  it("says once for all models why figures are missing, and draws no curve", () => {
    const { text: page } = truthPage(fixtureYoungQuality("YOUNG-USD", "1h"));
    const text = textOf(page);
    expect(text).toContain("every model: figures with an interval: 1 block with resolved steps, at least 2 are needed");
    expect(text).toContain("There is no curve: it needs two blocks");
    expect(text).toMatch(/PR-AUC of the champion –/);
    expect(page).not.toContain("NaN");
  });

  it("says what is awaited where no model has figures", () => {
    const text = textOf(truthPage({ ...fixtureQuality(null, "24h"), labels: [] }).text);
    expect(text).toContain("No model has figures here yet");
  });
});

describe("the page of drift", () => {
  it("has the verdict's words with its stated and its proven false-alarm rate", () => {
    const text = textOf(driftPage(fixtureDrift("BTC-USD", NOW_MS), "1h").text);
    expect(text).toContain("Drift: 1 feature vanished (age).");
    expect(text).toContain("False alarms: 5.0 % stated, with 95 % certainty below 6.9 %, from 412 training windows.");
    expect(text).toContain("44 windows to 2026-11-30 22:00 UTC, 5 drifted. Farthest in the newest: rv_10");
  });

  it("puts first what vanished, then the largest ratio, and last what is not judged", () => {
    const table = driftPage(fixtureDrift("BTC-USD", NOW_MS), "1h").text.split('class="features"')[1]!;
    const names = [...table.matchAll(/<th scope="row">\s*<code>([^<]+)/g)].map(([, name]) => name);
    expect(names.slice(0, 3)).toEqual(["age", "rv_10", "rv_60"]);
    expect(names.at(-1)).toBe("ticks_ratio");
  });

  it("calls an uncalibrated window not judged, and draws no ratio", () => {
    const { text: page } = driftPage(fixtureDrift("YOUNG-USD", NOW_MS, false), "1h");
    expect(textOf(page)).toContain("not judged: uncalibrated");
    expect(textOf(page)).toContain("No window has ratios");
    expect(page).not.toContain("ratio-bar");
  });

  it("takes a ratio of 1 for drifted, and less for not", () => {
    expect([0, 0.49, 0.5, 0.99, 1, 1.5, 2.5, 40].map(ratioLevel)).toEqual([0, 0, 1, 2, 3, 4, 5, 5]);
  });
});

describe("the page of the experiment", () => {
  it("says what is missing, with the episodes beside every figure", () => {
    const answer = fixtureExperiment(false);
    const text = textOf(experimentHead(answer).text);
    expect(text).toContain("Not enough evidence yet.");
    expect(text).toContain("Missing for a promotion e_value: 4.40, needs 20 episodes: 27, needs 30");
    expect(text.match(/27 independent episodes/g)).toHaveLength(4);
    expect(textOf(experimentFigures(answer).text)).toContain("did not answer: ADA-USD");
  });

  it("says how many blocks come from the archive, where some do", () => {
    const answer = fixtureExperiment(false);
    expect(textOf(experimentHead(answer).text)).toMatch(/From the archive: 30 blocks of 1 symbol, since .* UTC\./);
    const symbols = answer.comparison!.symbols.map((symbol) => ({ ...symbol, backfilled: null }));
    const live = { ...answer, comparison: { ...answer.comparison!, symbols } };
    expect(textOf(experimentHead(live).text)).not.toContain("archive");
  });

  it("says that there is no challenger, and shows no figure", () => {
    const answer = fixtureNoExperiment();
    expect(textOf(experimentHead(answer).text)).toContain("No experiment runs: there is no challenger.");
    expect(experimentFigures(answer).text).toBe("");
  });

  it("has the evidence against the champion and for it, what each side needs, and what a demotion does", () => {
    const answer = fixtureExperiment(false);
    const text = textOf(championWatches(answer).text);
    expect(text).toContain("the operator is told, and nothing else happens");
    expect(text).toMatch(/its predecessor c{12} 0\.12 of 20 needed 3\.7 of 20 needed 64 212 blocks .* not decided/);
    expect(text).toMatch(/the strongest baseline 5{12} 10\^−8 of 40 needed .* look 2 the champion is shown better/);
    expect(textOf(championWatches({ ...answer, demotion: "auto" }).text)).toContain("it is replaced by itself");
    expect(textOf(championWatches(fixtureNoExperiment()).text)).toContain("It was not looked at yet.");
  });

  it("writes an e value of any size", () => {
    expect([0, Math.log(3.14), Math.log(20), Math.log(123), Math.log(0.02), 800, -30].map(evidenceText)).toEqual([
      "1",
      "3.1",
      "20.0",
      "123",
      "0.02",
      "10^347",
      "10^−13",
    ]);
  });
});

describe("the page of operation", () => {
  it("has the most severe alert first, and says why a part is unknown", () => {
    const text = textOf(operationsPage(fixtureOperations(NOW_MS)).text);
    expect(text.indexOf("feed_down")).toBeLessThan(text.indexOf("Drift in two windows"));
    expect(text).toContain("Weekly reports Unknown: the bucket did not answer within 5 s.");
    expect(text).toContain("accepted 18,400,112 >99.99 %");
    expect(text).toContain("a toy: simulated data");
  });

  it("shows no counts of a feed whose object does not answer", () => {
    const answer = fixtureOperations(NOW_MS);
    const [feed] = answer.feeds!;
    const lost = { ...feed!, state: "unreachable" as const, counting_since: null, reconnects: 0, gaps: 0, symbols: [] };
    const text = textOf(operationsPage({ ...answer, feeds: [lost] }).text);
    expect(text).toMatch(/unreachable .*? ago 25 ms – – – no answer to the handshake/);
  });

  it("calls every part unknown where nothing could be read", () => {
    const answer = fixtureOperations(NOW_MS);
    const parts = ["health", "ingest", "latency", "feeds", "alerts", "archive", "changes", "reports"];
    const nothing = Object.fromEntries(parts.map((part) => [part, null]));
    const unknown = parts.map((part) => ({ part, reason: `${part} is away` }));
    const text = textOf(operationsPage({ ...answer, ...nothing, unknown }).text);
    for (const part of parts) expect(text).toContain(`Unknown: ${part} is away.`);
    expect(text).toContain("health unknown");
  });
});

describe("all pages", () => {
  it("are well formed, and take nothing that the gateway says for markup", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const quality = fixtureQuality(null, "24h");
    const operations = fixtureOperations(NOW_MS);
    const pages = [
      truthPage({ ...quality, missing: [evil], symbols: [{ symbol: evil, included: false, reason: evil }] }),
      driftPage({ ...fixtureDrift("BTC-USD", NOW_MS), concept: { events: [], words: evil } }, "1h"),
      experimentHead({ ...fixtureExperiment(true), missing: [evil] }),
      experimentFigures(fixtureExperiment(true)),
      operationsPage({
        ...operations,
        environment: evil,
        alerts: { ...operations.alerts!, active: [{ ...operations.alerts!.active[0]!, summary: evil, symbol: evil }] },
      }),
    ];
    for (const { text } of pages) {
      expect(text).not.toContain("<img");
      expect(unclosedTags(text)).toEqual([]);
    }
  });
});
