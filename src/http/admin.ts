// /admin: who serves. An alias is given only to an artifact that this gateway has loaded and tried.
import { Hono } from "hono";
import { schemaHashes, settingsOf } from "../durable/environment.ts";
import { updateModels } from "../durable/model-refresh.ts";
import { registryOf } from "../durable/registry-object.ts";
import { ArtifactError, loadArtifact } from "../model/artifact.ts";
import { r2ArtifactStore } from "../model/artifact-store.ts";
import { ALIASES, type Alias, requireFit } from "../model/model-host.ts";
import { BUNDLED, bundledArtifact } from "../model/bundled.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { shown } from "./shown.ts";

export const admin = new Hono<AppEnv>()
  .use("/admin/*", authorize("adminToken"))
  .get("/admin/aliases", async (c) => {
    const { aliases } = await registryOf(c.env).read();
    return c.json({ aliases: Object.fromEntries(ALIASES.map((alias) => [alias, aliases[alias] ?? BUNDLED[alias]])) });
  })
  .put("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    const sha256 = readSha256(await readJson(c.req.raw));
    const files = bundledArtifact(sha256) ?? (await readOrRefuse(() => r2ArtifactStore(c.env.BUCKET).read(sha256)));
    const hashes = new Set(Object.values(await schemaHashes(settingsOf(c.env).engine.grid)));
    const scorer = await readOrRefuse(() => loadArtifact(files, sha256, hashes));
    await scorer.release();
    await readOrRefuse(() => requireFit(alias, scorer.manifest));
    await registryOf(c.env).setAlias(alias, sha256);
    const { byAlias } = await updateModels(c.env);
    // Other isolates follow within 10 s; this one may have been overtaken by another change.
    const serving = byAlias[alias]?.manifest.onnxSha256 === sha256;
    return c.json({ alias, sha256, serving, name: scorer.manifest.name, version: scorer.manifest.version });
  })
  .delete("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    await registryOf(c.env).setAlias(alias, null);
    await updateModels(c.env);
    return c.json({ alias, sha256: BUNDLED[alias] });
  });

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
