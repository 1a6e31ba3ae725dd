// The Open Inference Protocol's server, health, models and index, as its document has them.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import build from "../../dist/build.json" with { type: "json" };
import { registryOf } from "../../src/clients/registry.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { BUNDLED } from "../../src/model/bundled.ts";
import { ALIASES } from "../../src/model/model-host.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { bundledModels, publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, fetchWith, postJson } from "./gateway.ts";

const codeOf = ({ status, headers, body }: Awaited<ReturnType<typeof fetchJson>>) => {
  expect(headers.get("Content-Type")).toBe("application/json");
  expect(Object.keys(body as object)).toEqual(["error"]);
  return [status, headers.get("X-Error-Code")];
};

beforeEach(bundledModels);

describe("GET /v2", () => {
  it("names the server, its version and its extensions", async () => {
    const { status, body } = await fetchJson("/v2");
    expect(status).toBe(200);
    const extensions = ["binary_tensor_data", "model_repository(index)"];
    expect(body).toEqual({ name: "volgate", version: build.version, extensions });
  });
});

describe("GET /v2/health", () => {
  it("says that it is live and ready", async () => {
    expect(await fetchJson("/v2/health/live")).toMatchObject({ status: 200, body: { live: true } });
    expect(await fetchJson("/v2/health/ready")).toMatchObject({ status: 200, body: { live: true, ready: true } });
  });

  it("is open where reading has a token, as /health is; models are not", async () => {
    const closed = { READ_TOKEN: "read-token-of-16-or-more" };
    for (const path of ["/v2", "/v2/health/live", "/v2/health/ready"]) {
      expect((await fetchWith(closed, path)).status, path).toBe(200);
    }
    for (const path of ["/v2/models/champion", "/v2/models/champion/ready"]) {
      expect(codeOf(await fetchWith(closed, path)), path).toEqual([401, "not_authenticated"]);
      const headers = { Authorization: `Bearer ${closed.READ_TOKEN}` };
      expect((await fetchWith(closed, path, { headers })).status, path).toBe(200);
    }
    const index = await fetchWith(closed, "/v2/repository/index", { method: "POST" });
    expect(codeOf(index)).toEqual([401, "not_authenticated"]);
    expect(index.headers.get("WWW-Authenticate")).toBe("Bearer");
  });
});

describe("GET /v2/models/:model", () => {
  it("describes the tensors of the ONNX file, and its columns", async () => {
    const { status, body } = await fetchJson("/v2/models/champion");
    expect(status).toBe(200);
    expect(body).toEqual({
      name: "champion",
      versions: [BUNDLED.champion],
      platform: "onnx_onnxv1",
      inputs: [{ name: "features", datatype: "FP32", shape: [-1, 33] }],
      outputs: [
        { name: "probability", datatype: "FP32", shape: [-1, 1] },
        { name: "sigma_ratio", datatype: "FP32", shape: [-1, 1] },
      ],
      properties: {
        features: logistic.features.join(","),
        row: "default-1",
        model: "logistic",
        model_version: logistic.version,
        family: "logistic",
        threshold: String(logistic.threshold),
        horizon_steps: "60",
        evidence: "simulated",
        stand_in: "false",
      },
    });
    expect((await fetchJson("/v2/models/persistence")).body.outputs).toEqual([
      { name: "probability", datatype: "FP32", shape: [-1, 1] },
    ]);
  });

  it("knows a model by its alias and by its manifest's name, an alias first", async () => {
    const byName = await fetchJson("/v2/models/logistic");
    expect(byName.body).toEqual({ ...(await fetchJson("/v2/models/champion")).body, name: "logistic" });
    // `recent` is the model of the alias `reference`.
    expect((await fetchJson("/v2/models/recent")).body.versions).toEqual([BUNDLED.reference]);
    const disguised = await publish(await variantOf("champion", "disguise", { name: "persistence" }));
    await setAlias("challenger", disguised);
    expect((await fetchJson("/v2/models/persistence")).body.versions).toEqual([BUNDLED.persistence]);
    expect((await fetchJson("/v2/models/challenger")).body.versions).toEqual([disguised]);
  });

  it("has the versions of every artifact of that name, and answers for each", async () => {
    const other = await publish(await variantOf("champion", "other version"));
    await setAlias("challenger", other);
    const { body } = await fetchJson("/v2/models/logistic");
    expect(body.versions).toEqual([BUNDLED.champion, other]);
    expect(body.properties.model_version).toBe(logistic.version);
    const asked = await fetchJson(`/v2/models/logistic/versions/${other}`);
    expect(asked.body).toMatchObject({ versions: body.versions, properties: { model_version: "other version" } });
    const ready = await fetchJson(`/v2/models/logistic/versions/${other}/ready`);
    expect(ready.body).toEqual({ name: "logistic", ready: true });
    expect(ready.status).toBe(200);
  });

  it("refuses a name and a version that are not there, naming those that are", async () => {
    for (const end of ["", "/ready"]) {
      const unknown = await fetchJson(`/v2/models/nobody${end}`);
      expect(codeOf(unknown)).toEqual([404, "unknown_model"]);
      expect(unknown.body.error).toMatch(/^model: got "nobody", expected one of champion, logistic, rows, zscore, /);
      const other = await fetchJson(`/v2/models/champion/versions/${BUNDLED.zscore}${end}`);
      expect(codeOf(other)).toEqual([404, "unknown_version"]);
      const expected = `the SHA-256 of an artifact that serves as champion: ${BUNDLED.champion}`;
      expect(other.body.error).toBe(`version: got "${BUNDLED.zscore}", expected ${expected}`);
    }
    expect(codeOf(await fetchJson("/v2/models/challenger"))).toEqual([404, "unknown_model"]);
    expect(codeOf(await fetchJson("/v2/models/champion@7s"))).toEqual([404, "unknown_model"]);
  });

  it("takes the default grid's name behind the model's", async () => {
    const { body } = await fetchJson("/v2/models/champion@1s");
    expect(body).toEqual({ ...(await fetchJson("/v2/models/champion")).body, name: "champion@1s" });
  });
});

describe("an artifact that was refused", () => {
  const lost = "3".repeat(64);

  it("is a version that is not ready, while another one stands in", async () => {
    await registryOf(env).setAlias("champion", lost);
    await updateModels(env);
    const { body } = await fetchJson("/v2/models/champion");
    expect(body).toMatchObject({ versions: [BUNDLED.champion], properties: { stand_in: "true" } });
    // By its own name it stands in for nothing.
    expect((await fetchJson("/v2/models/logistic")).body.properties.stand_in).toBe("false");
    for (const end of ["", "/ready"]) {
      const refused = await fetchJson(`/v2/models/champion/versions/${lost}${end}`);
      expect(codeOf(refused)).toEqual([503, "model_not_ready"]);
      expect(refused.body.error).toBe(
        `model champion: ${lost} does not serve: not_found: models/${lost}/model.onnx: no such object`,
      );
    }
  });

  it("leaves a name that has no other one not ready", async () => {
    await registryOf(env).setAlias("challenger", lost);
    await updateModels(env);
    for (const end of ["", "/ready"]) {
      expect(codeOf(await fetchJson(`/v2/models/challenger${end}`))).toEqual([503, "model_not_ready"]);
    }
  });

  it("is UNAVAILABLE in the index, which names it only when everything is asked for", async () => {
    await registryOf(env).setAlias("challenger", lost);
    await updateModels(env);
    const { body } = await postJson("/v2/repository/index", {});
    expect((body as { name: string }[]).filter(({ name }) => name === "challenger")).toEqual([
      { name: "challenger", version: lost, state: "UNAVAILABLE", reason: expect.stringMatching(/^not_found: /) },
    ]);
    const ready = (await postJson("/v2/repository/index", { ready: true })).body;
    expect(ready).toEqual((body as { state: string }[]).filter(({ state }) => state === "READY"));
  });
});

describe("POST /v2/repository/index", () => {
  it("lists every name with its versions, with a body and without", async () => {
    const { status, body } = await fetchJson("/v2/repository/index", { method: "POST" });
    expect(status).toBe(200);
    expect(body).toContainEqual({ name: "champion", version: BUNDLED.champion, state: "READY", reason: "" });
    const names = (body as { name: string }[]).map(({ name }) => name);
    const held = ALIASES.filter((alias) => alias !== "challenger" && alias !== "predecessor");
    expect(names.sort()).toEqual([...held, "logistic", "recent"].sort());
    for (const ready of [true, false]) {
      expect((await postJson("/v2/repository/index", { ready })).body).toEqual(body);
    }
    for (const { name, version } of body as { name: string; version: string }[]) {
      expect((await fetchJson(`/v2/models/${name}/versions/${version}/ready`)).status, name).toBe(200);
    }
  });

  it("refuses a body that is none", async () => {
    expect(codeOf(await postJson("/v2/repository/index", { ready: "yes" }))).toEqual([400, "ready_malformed"]);
    expect(codeOf(await postJson("/v2/repository/index", []))).toEqual([400, "body_malformed"]);
  });
});

describe("what the gateway does not offer under /v2", () => {
  it("is answered in the protocol's form", async () => {
    const load = await postJson("/v2/repository/models/champion/load", {});
    expect(codeOf(load)).toEqual([404, "no_such_route"]);
    expect(load.body.error).toContain("an artifact is loaded by its alias, PUT /admin/aliases/:alias");
    const config = await fetchJson("/v2/models/champion/config");
    expect(codeOf(config)).toEqual([404, "no_such_route"]);
    const method = await fetchJson("/v2/models/champion", { method: "PUT" });
    expect(codeOf(method)).toEqual([405, "method_not_allowed"]);
    expect(method.headers.get("Allow")).toBe("GET");
  });

  it("leaves the problem documents of other routes as they are", async () => {
    const { headers, body } = await fetchJson("/v2x");
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(headers.get("X-Error-Code")).toBeNull();
    expect(body).toMatchObject({ code: "no_such_route", status: 404 });
  });
});
