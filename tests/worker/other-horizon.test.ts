// A champion on the row default-2, whose columns are of its label's horizon, beside a symbol of another horizon.
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { handMade, publish } from "./artifacts.ts";
import { type Answer, fetchJson, ingest, predictFresh } from "./gateway.ts";
import { market, WARM_TICKS } from "./market.ts";

const LABEL = { ...DEFAULT_LABEL_SPEC, horizonSteps: 30 };
const ROW = { row: "default-2", features: ["age_of_last_tick"], label: LABEL };

const promote = (sha256: string): Promise<Answer> =>
  fetchJson("/admin/aliases/champion", { method: "PUT", body: JSON.stringify({ sha256 }) });

async function madeFor(horizonSteps: number): Promise<string> {
  const hashes = await schemaHashes({ ...DEFAULT_ENGINE_CONFIG, label: { ...LABEL, horizonSteps } });
  return await publish(await handMade("sigma", { ...ROW, schemaHash: hashes["default-2"] }, `rows of ${horizonSteps}`));
}

describe("a champion on rows of 30 steps", () => {
  let sha256: string;

  beforeAll(async () => {
    await ingest(market("OLD", WARM_TICKS));
    sha256 = await madeFor(30);
    expect((await promote(sha256)).body).toMatchObject({ sha256, serving: true });
  });

  it("gives no score for a symbol of 60 steps, which says why", async () => {
    const { body } = await predictFresh("OLD");
    expect(body).toMatchObject({ probability: null, warming_up: false });
    expect(body.missing[0]).toMatch(/^schema_differs: .* or on rows of another horizon, than this symbol has$/);
  });

  it("gives a new symbol its label and scores it from its first batch on", async () => {
    await ingest(market("NEW", WARM_TICKS));
    const { body } = await predictFresh("NEW");
    expect(body).toMatchObject({ horizon_s: 30, probability: expect.any(Number), model: { sha256 } });
  });

  it("is refused when its rows are of another horizon than its own label", async () => {
    const { body } = await promote(await madeFor(60));
    expect(body).toMatchObject({ status: 409, code: "artifact_schema_mismatch" });
  });
});
