// /admin: who serves. An alias is given only to an artifact that this gateway has loaded and tried, and champion only to
// one that passed its gate or needs none, except by force: then who and why are kept.
import { Hono } from "hono";
import { schemaHashes, settingsOf } from "../durable/environment.ts";
import type { ForcedPromotion } from "../durable/forced-promotion.ts";
import { updateModels } from "../durable/model-refresh.ts";
import { registryOf } from "../durable/registry-object.ts";
import { ArtifactError, loadArtifact } from "../model/artifact.ts";
import { r2ArtifactStore } from "../model/artifact-store.ts";
import { ALIASES, type Alias, requireFit, wantedBy } from "../model/model-host.ts";
import { bundledArtifact } from "../model/bundled.ts";
import { BASELINES, type Manifest } from "../model/manifest.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { shown } from "./shown.ts";

/** Characters of `force.by` and `force.reason`, and gate reasons kept with a forced promotion, at most. */
const MAX_FORCE_TEXT = 200;
const MAX_GATE_REASONS = 20;

/** Who promotes against the gate, and why. */
interface Force {
  readonly by: string;
  readonly reason: string;
}

export const admin = new Hono<AppEnv>()
  .use("/admin/*", authorize("adminToken"))
  .get("/admin/aliases", async (c) => {
    const registry = registryOf(c.env);
    const [{ aliases, forced }, history] = await Promise.all([registry.read(), registry.readForcedHistory()]);
    return c.json({
      aliases: Object.fromEntries(ALIASES.map((alias) => [alias, wantedBy(aliases, alias)])),
      forced: Object.fromEntries(Object.entries(forced).map(([alias, promotion]) => [alias, shape(promotion)])),
      forced_history: history.map(({ alias, ...promotion }) => ({ alias, ...shape(promotion) })),
    });
  })
  .put("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    const body = await readJson(c.req.raw);
    const sha256 = readSha256(body);
    const force = readForce(body);
    const files = bundledArtifact(sha256) ?? (await readOrRefuse(() => r2ArtifactStore(c.env.BUCKET).read(sha256)));
    const hashes = new Set(Object.values(await schemaHashes(settingsOf(c.env).engine.grid)));
    const scorer = await readOrRefuse(() => loadArtifact(files, sha256, hashes));
    await scorer.release();
    await readOrRefuse(() => requireFit(alias, scorer.manifest));
    const forced = alias === "champion" ? passGate(scorer.manifest, force, Date.now()) : undefined;
    await registryOf(c.env).setAlias(alias, sha256, forced);
    if (forced !== undefined) console.warn(JSON.stringify({ event: "forced_promotion", alias, ...shape(forced) }));
    const { byAlias } = await updateModels(c.env);
    // Other isolates follow within 10 s; this one may have been overtaken by another change.
    const serving = byAlias[alias]?.manifest.onnxSha256 === sha256;
    const { name, version } = scorer.manifest;
    return c.json({ alias, sha256, serving, name, version, forced: forced !== undefined });
  })
  .delete("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    await registryOf(c.env).setAlias(alias, null);
    await updateModels(c.env);
    return c.json({ alias, sha256: wantedBy({}, alias) ?? null });
  });

function shape({ sha256, atMs, by, reason, gateReasons }: ForcedPromotion): Record<string, unknown> {
  return { sha256, at: new Date(atMs).toISOString(), by, reason, gate_reasons: gateReasons };
}

/** `undefined` where the gate has nothing against it, or it needs none. Throws `Problem` 409. */
function passGate(manifest: Manifest, force: Force | undefined, atMs: number): ForcedPromotion | undefined {
  const { gate, onnxSha256 } = manifest;
  if (gate === null ? needsNoGate(manifest) : gate.verdict === "passed") return undefined;
  const reasons = gate === null ? ["no_gate"] : gate.reasons.slice(0, MAX_GATE_REASONS);
  if (force !== undefined) return { sha256: onnxSha256, atMs, ...force, gateReasons: reasons };
  const why = reasons.length === 0 ? "without a reason" : `for ${reasons.join(", ")}`;
  const got = gate === null ? "a model without a verdict" : `a model refused ${why}`;
  const detail = `gate: got ${got}, expected one that passed, or force with by and reason`;
  throw new Problem(409, "gate_refused", detail, { extra: { reasons } });
}

/** Baselines are what a gate compares with; what ships with the gateway must be able to come back. */
function needsNoGate({ family, onnxSha256 }: Manifest): boolean {
  return (BASELINES as readonly string[]).includes(family) || bundledArtifact(onnxSha256) !== undefined;
}

async function readOrRefuse<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArtifactError && error.code === "store_unavailable") {
      throw new Problem(503, "artifact_store_unavailable", error.message, { headers: { "Retry-After": "5" } });
    }
    if (error instanceof ArtifactError) throw new Problem(409, `artifact_${error.code}`, error.message);
    throw error;
  }
}

function readAlias(value: string): Alias {
  const alias = ALIASES.find((known) => known === value);
  if (alias === undefined) {
    throw new Problem(404, "unknown_alias", `alias: got ${value}, expected one of ${ALIASES.join(", ")}`);
  }
  return alias;
}

function readSha256(body: unknown): string {
  const value = (body as { sha256?: unknown } | null)?.sha256;
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new Problem(400, "sha256_malformed", `sha256: got ${shown(value)}, expected 64 hexadecimal digits`);
}

function readForce(body: unknown): Force | undefined {
  const value = (body as { force?: unknown }).force;
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem(400, "force_malformed", `force: got ${shown(value)}, expected an object with by and reason`);
  }
  const { by, reason } = value as { by?: unknown; reason?: unknown };
  return { by: forceText("by", by), reason: forceText("reason", reason) };
}

function forceText(field: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "" && value.length <= MAX_FORCE_TEXT) return value;
  const got = typeof value === "string" && value.length > MAX_FORCE_TEXT ? `${value.length} characters` : shown(value);
  throw new Problem(400, "force_malformed", `force.${field}: got ${got}, expected 1 to ${MAX_FORCE_TEXT} characters`);
}
