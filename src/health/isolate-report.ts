// What one isolate says of itself: the models that it serves, and its faults. Plain values that cross RPC.
import * as v from "valibot";
import { ALIASES, modelHost } from "../model/model-host.ts";
import { STATED_EVIDENCE, statedEvidence } from "../model/manifest.ts";
import { fields, finiteNumber, oneOf, type Parsed } from "../schemas/schema-values.ts";
import { faults } from "./fault-board.ts";
import { GATEWAY, HEALTH_REASON_CODES } from "./health-reasons.ts";
import { isolateName } from "./isolate-name.ts";

const text = v.string("a text");

const faultSchema = fields({
  code: oneOf(HEALTH_REASON_CODES),
  subject: text,
  message: text,
  sinceMs: finiteNumber(),
  lastMs: finiteNumber(),
});

export const isolateReportSchema = fields({
  isolate: text,
  models: v.array(
    fields({
      alias: text,
      version: text,
      sha256: text,
      standIn: v.boolean("true or false"),
      /** Absent in reports of older versions. */
      evidence: v.optional(oneOf(STATED_EVIDENCE), "unknown"),
    }),
    "a list",
  ),
  refusals: v.array(fields({ alias: text, code: text }), "a list"),
  swaps: finiteNumber(0),
  /** Whether its predictions are by models that the registry names, as far as it could ask. */
  areModelsKnown: v.boolean("true or false"),
  /** When it last saw a batch taken; `null` before the first. */
  lastBatchMs: v.nullable(finiteNumber()),
  faults: v.array(faultSchema, "a list"),
});
export type IsolateReport = Parsed<typeof isolateReportSchema>;

/** This isolate's report. Call it once models serve. */
export function isolateReport(nowMs: number): IsolateReport {
  noteModelFaults(nowMs);
  const { byAlias, standIns, provisional, championKnown } = modelHost.serving;
  const models = ALIASES.flatMap((alias) => {
    const manifest = byAlias[alias]?.manifest;
    if (manifest === undefined) return [];
    const { version, onnxSha256: sha256 } = manifest;
    return [{ alias, version, sha256, standIn: standIns.has(alias), evidence: statedEvidence(manifest) }];
  });
  return {
    isolate: isolateName(),
    models,
    refusals: modelHost.refusals.map(({ alias, code }) => ({ alias, code })),
    swaps: modelHost.swapCount,
    areModelsKnown: championKnown || !provisional,
    lastBatchMs: faults.lastBatchMs === -Infinity ? null : faults.lastBatchMs,
    faults: faults.list(nowMs),
  };
}

/** The state of the models as faults, whenever somebody asks: they last while nothing happens, too. */
function noteModelFaults(nowMs: number): void {
  const { byAlias, standIns, runtimeError } = modelHost.serving;
  const { refusals } = modelHost;
  faults.set("no_champion", GATEWAY, byAlias.champion === undefined ? "see refused_artifacts" : undefined, nowMs);
  faults.set("runtime_failed", GATEWAY, runtimeError, nowMs);
  for (const alias of ALIASES) {
    const model = byAlias[alias]?.manifest;
    const served = model && standIns.has(alias) ? `${model.name} ${model.version} serves` : undefined;
    faults.set("stand_in_model", alias, served, nowMs);
    // A predecessor that cannot be compared is no fault: nothing is answered by it, and its watch ends.
    const refusal = alias === "predecessor" ? undefined : refusals.find((one) => one.alias === alias);
    faults.set("artifact_refused", alias, refusal && `${refusal.code}: ${refusal.message}`, nowMs);
  }
}
