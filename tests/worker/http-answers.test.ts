import * as v from "valibot";
import { beforeAll, describe, expect, it } from "vitest";
import type { Contract } from "../../src/http/contract.ts";
import {
  aliasesContract,
  giveAliasContract,
  historyContract,
  removeAliasContract,
  rollbackContract,
} from "../../src/http/aliases-schema.ts";
import { alertsContract, deadLettersContract } from "../../src/http/alerts-schema.ts";
import { CONTRACTS } from "../../src/http/contracts.ts";
import { driftContract } from "../../src/http/drift-schema.ts";
import {
  evaluateContract,
  experimentReportContract,
  experimentSettingsContract,
  promoteContract,
} from "../../src/http/experiment-schema.ts";
import { feedbackContract } from "../../src/http/feedback-schema.ts";
import { healthContract, versionContract } from "../../src/http/health-schema.ts";
import { ingestContract } from "../../src/http/ingest-schema.ts";
import { livePerformanceContract } from "../../src/http/live-performance-schema.ts";
import { openApiContract } from "../../src/http/openapi-schema.ts";
import { predictContract, predictManyContract } from "../../src/http/predict-schema.ts";
import { problemSchema } from "../../src/http/problem-schema.ts";
import { qualityContract } from "../../src/http/quality-schema.ts";
import { reportContract, reportListContract, writeReportContract } from "../../src/http/reports-schema.ts";
import { symbolListContract, symbolStateContract } from "../../src/http/symbols-schema.ts";
import { thresholdContract } from "../../src/http/threshold-schema.ts";
import { publish, setAlias, variantOf } from "./artifacts.ts";
import { type Answer, fetchJson, ingest, ingestAs, postJson } from "./gateway.ts";
import { WARM_TICKS, market, tick } from "./market.ts";

/** The answer has the contract's status, and every member of it is one that the schema describes. */
function expectAnswer({ answer }: Contract, { status, body }: Answer, expected: number = answer.status ?? 200): void {
  expect(status, JSON.stringify(body)).toBe(expected);
  expect(v.parse(answer.schema, body)).toEqual(body);
}

/** The same of a problem document, with the members that its code brings. */
function expectProblem({ problemMembers = {} }: Contract, code: keyof typeof problemMembers, { body }: Answer): void {
  const schema = problemMembers[code]?.schema;
  expect(body).toMatchObject({ code });
  const described = { ...v.parse(problemSchema, body), ...(schema && (v.parse(schema, body) as object)) };
  expect(described).toEqual(body);
}

const BY = { by: "a test", reason: "to see the answer" };
const put = (path: string, body: unknown) => fetchJson(path, { method: "PUT", body: JSON.stringify(body) });

beforeAll(async () => {
  await ingest([...market("DESCRIBED", WARM_TICKS + 200), tick("DESCRIBED-COLD", 0)]);
});

describe("the answer that is described is the one that comes", () => {
  it("of POST /ingest, with refused ticks, with a trace and with a symbol that failed", async () => {
    const ticks = [tick("DESCRIBED-2", 0), { symbol: "DESCRIBED-2", ts: 0, price: 1 }, 7, tick("DESCRIBED-2", 5)];
    expectAnswer(ingestContract, await ingest(ticks, { "X-Volgate-Trace": "steps" }));
    expectProblem(ingestContract, "no_valid_tick", await ingest([{}]));
    await ingestAs("described", 1, tick("DESCRIBED-2", 6));
    const partly = await ingestAs("described", 1, [tick("DESCRIBED-2", 7), tick("DESCRIBED-3", 0)]);
    expectAnswer(ingestContract, partly, 207);
    expectProblem(ingestContract, "sequence_conflict", await ingestAs("described", 1, tick("DESCRIBED-2", 7)));
  });

  it("of GET and POST /predict", async () => {
    for (const symbol of ["DESCRIBED", "DESCRIBED-COLD"]) {
      expectAnswer(predictContract, await fetchJson(`/predict?symbol=${symbol}`));
    }
    expectAnswer(predictManyContract, await postJson("/predict", { symbols: ["DESCRIBED", "NOBODY"] }));
    expectAnswer(predictManyContract, await postJson("/predict", { rows: [{ ret_mean: 0, ret_std: 0.1, n: 5 }] }));
  });

  it("of POST /feedback", async () => {
    await ingest(market("DESCRIBED-LABEL", WARM_TICKS + 200));
    const { prediction_id } = (await fetchJson("/predict?symbol=DESCRIBED-LABEL")).body;
    expectAnswer(feedbackContract, await postJson("/feedback", [{ prediction_id, label: 1 }, { prediction_id: "x" }]));
    expectProblem(feedbackContract, "no_valid_label", await postJson("/feedback", [{ prediction_id, label: 0 }]));
  });

  it("of the routes of a symbol", async () => {
    expectAnswer(symbolListContract, await fetchJson("/symbols"));
    for (const symbol of ["DESCRIBED", "DESCRIBED-COLD"]) {
      expectAnswer(symbolStateContract, await fetchJson(`/symbols/${symbol}`));
      expectAnswer(qualityContract, await fetchJson(`/symbols/${symbol}/quality?window=1h&bins=1`));
      expectAnswer(driftContract, await fetchJson(`/symbols/${symbol}/drift`));
    }
  });

  it("of the routes of operation", async () => {
    expectAnswer(healthContract, await fetchJson("/health"));
    const version = await fetchJson("/version");
    expectAnswer(versionContract, version);
    expect(version.body).toMatchObject({ step_ms: 1000 });
    for (const query of ["", "?symbol=DESCRIBED-COLD"]) {
      expectAnswer(livePerformanceContract, await fetchJson(`/metrics/live-performance${query}`));
    }
    expectAnswer(openApiContract, await fetchJson("/openapi.json"));
  });

  it("of the reports", async () => {
    const written = await postJson("/admin/reports", {});
    expectAnswer(writeReportContract, written);
    expectAnswer(reportListContract, await fetchJson("/reports"));
    expectAnswer(reportContract, await fetchJson(written.body.json));
  });

  it("of the alerts", async () => {
    expectAnswer(alertsContract, await fetchJson("/admin/alerts"));
    expectAnswer(deadLettersContract, await fetchJson("/admin/alerts/dead-letters"));
  });

  it("of aliases, an experiment, its end, and a rollback", async () => {
    const sha256 = await publish(await variantOf("champion", "described"));
    expectAnswer(experimentReportContract, await fetchJson("/admin/experiment"));
    expectAnswer(giveAliasContract, await setAlias("challenger", sha256));
    await ingest(market("DESCRIBED", 10, { fromMs: Date.UTC(2025, 10, 3, 13) }));
    expectAnswer(experimentSettingsContract, await put("/admin/experiment", { mode: "split", share: 0.2, ...BY }));
    expectAnswer(evaluateContract, await postJson("/admin/experiment/evaluate", {}));
    expectAnswer(experimentReportContract, await fetchJson("/admin/experiment"));
    expectProblem(promoteContract, "not_shown_better", await postJson("/admin/experiment/promote", BY));
    expectAnswer(promoteContract, await postJson("/admin/experiment/promote", { ...BY, force: true }));
    const recall = { goal: "recall", threshold: 0.5, precision: 0.4, recall: null, alertRate: 0.1 };
    const pointed = await publish(await variantOf("champion", "described-3", { operatingPoints: [recall] }));
    await setAlias("champion", pointed);
    const path = "/admin/aliases/champion/threshold";
    expectProblem(thresholdContract, "not_an_operating_point", await put(path, { goal: "F1", ...BY }));
    expectAnswer(thresholdContract, await put(path, { goal: "recall", ...BY }));
    expectAnswer(aliasesContract, await fetchJson("/admin/aliases"));
    expectAnswer(historyContract, await fetchJson("/admin/history"));
    expectAnswer(rollbackContract, await postJson("/admin/rollback", BY));
    expectAnswer(removeAliasContract, await fetchJson("/admin/aliases/challenger", { method: "DELETE" }));
    const gateless = await publish(await variantOf("champion", "described-2", { gate: null }));
    expectProblem(giveAliasContract, "gate_refused", await setAlias("champion", gateless));
  });
});

describe("the routes that are described", () => {
  it("are those that the router has, with just these methods", async () => {
    const methods = new Map<string, string[]>();
    for (const { method, path } of CONTRACTS) methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
    for (const [path, expected] of methods) {
      const { status, headers } = await fetchJson(path.replace(":alias", "rows").replace(/:\w+/, "1"), {
        method: "PATCH",
      });
      expect(status, path).toBe(405);
      expect(headers.get("Allow")?.split(", ").sort(), path).toEqual(expected.sort());
    }
  });
});
