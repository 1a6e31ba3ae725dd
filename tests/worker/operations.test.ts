import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { AlertChange } from "../../src/quality/alerts/alert-change.ts";
import { noFeedCounts } from "../../src/markets/feed/feed-status.ts";
import type { Env } from "../../src/settings.ts";
import { challenge, clearAlias } from "./experiment-symbols.ts";
import { named, WHO } from "./experiment-gateway.ts";
import { type Answer, fetchJson, fetchWith, ingest } from "./gateway.ts";
import { market } from "./market.ts";

const PARTS = ["health", "ingest", "latency", "feeds", "alerts", "archive", "changes", "reports"] as const;
const READ = "read-token-of-16-or-more";
const ADMIN = "admin-token-of-16-or-more";
/** Parts that are null, which must be those that `unknown` names. */
function unknownOf({ body }: Answer): Record<string, string> {
  const unknown = Object.fromEntries(body.unknown.map(({ part, reason }: Answer["body"]) => [part, reason]));
  expect(Object.keys(unknown)).toEqual(PARTS.filter((part) => body[part] === null));
  return unknown as Record<string, string>;
}

const failing = (): never => {
  throw new Error("secret detail");
};
const silent = () => new Promise<never>(() => undefined);
const objects = <Name extends keyof Env>(stub: object): Env[Name] =>
  ({ idFromName: (name: string) => name, get: () => stub }) as unknown as Env[Name];

function firing(summary: string): AlertChange {
  return {
    ...{ id: "OPS-A:drift:1", symbol: "OPS-A", rule: "drift", state: "firing", severity: "warning" },
    ...{ atMs: 1.76e12, sinceMs: 1.759e12, summary, figures: { drifted_share: 0.4 }, model: null },
  } as AlertChange;
}

beforeAll(async () => {
  await ingest(market("OPS-A", 300));
  await ingest(market("OPS-B", 20));
});

describe("GET /operations", () => {
  it("has what health, alerts, archive, history and reports say, and names what is not known", async () => {
    await challenge(await named("operations"), WHO);
    const answer = await fetchJson("/operations");
    expect(answer.status).toBe(200);
    const { body } = answer;
    expect(unknownOf(answer)).toEqual({ ingest: "not kept yet", latency: "not kept yet" });
    const version = (await fetchJson("/version")).body;
    const { gateway_version, sha, step_ms } = body;
    expect({ gateway_version, sha, step_ms }).toEqual({
      gateway_version: version.gateway_version,
      sha: version.sha,
      step_ms: version.step_ms,
    });
    expect([body.environment, body.grids]).toEqual(["test", ["1s"]]);
    const health = (await fetchJson("/health")).body;
    expect(Object.keys(body.health)).toHaveLength(7);
    for (const key of ["status", "ready", "serving", "refused_artifacts", "runtime_error"]) {
      expect(body.health[key], key).toEqual(health[key]);
    }
    const symbols = (await fetchJson("/symbols")).body.symbols.length;
    expect(body.archive).toMatchObject({ symbols, unread: 0, failures: 0 });
    expect(body.archive.largest_lag_s).toBeGreaterThan(200);
    expect(body.archive.largest_lag_symbol).toBe("OPS-A");
    expect(body.archive.waiting_bytes).toBeGreaterThan(1000);
    expect(body.changes).toEqual((await fetchJson("/admin/history")).body.history.slice(0, 20));
    expect([body.feeds, body.alerts, body.reports]).toEqual([[], { active: [], resolved: [] }, []]);
    await clearAlias("challenger");
  });

  it("answers the rest where the registry is away", async () => {
    const REGISTRY = objects<"REGISTRY">({ fetch: silent });
    const unknown = unknownOf(await fetchWith({ REGISTRY, OBJECT_DEADLINE_MS: "200" }, "/operations"));
    expect(unknown).toMatchObject({
      feeds: "registry: no answer in 200 ms",
      changes: "registry: no answer in 200 ms",
    });
    expect(Object.keys(unknown)).toEqual(["ingest", "latency", "feeds", "changes"]);
  });

  it("answers the rest where the alerts' object fails, and shows nothing of the error", async () => {
    const answer = await fetchWith({ ALERTS: objects<"ALERTS">({ list: failing }) }, "/operations");
    expect(unknownOf(answer)).toMatchObject({ alerts: "an error, which the log has" });
    expect(JSON.stringify(answer.body)).not.toContain("secret detail");
  });

  it("counts symbols that do not answer beside the sums of the others", async () => {
    const archiveState = (name: string) =>
      name === "OPS-A" ? failing() : Promise.resolve({ lagMs: 3000, backlogBytes: 50, failures: 2 });
    const SYMBOLS = {
      idFromName: (name: string) => name,
      get: (name: string) => ({ archiveState: async () => await archiveState(name) }),
    } as unknown as Env["SYMBOLS"];
    const { body } = await fetchWith({ SYMBOLS }, "/operations");
    const others = (await fetchJson("/symbols")).body.symbols.length - 1;
    expect(body.archive).toMatchObject({
      ...{ symbols: others, unread: 1, largest_lag_s: 3, waiting_bytes: 50 * others, failures: 2 * others },
    });
  });

  it("says that nothing is archived or reported without a bucket", async () => {
    const answer = await fetchWith({ BUCKET: undefined as unknown as R2Bucket }, "/operations");
    expect(unknownOf(answer)).toMatchObject({
      archive: "nothing is archived: no bucket is bound, or ARCHIVE is off",
      reports: "no bucket is bound, without which no report is kept",
    });
  });

  it("never shows a secret or an address, whatever a text holds", async () => {
    const hook = { name: "ops", kind: "json", url: "https://hooks.example/T0/sekret-path", rules: ["drift"] };
    const secrets = {
      ALERT_WEBHOOKS: JSON.stringify([{ ...hook, secret: "signing-key-of-16-characters", token: "webhook-bearer" }]),
      VENUE_ENDPOINTS: JSON.stringify({ kraken: { stream: "wss://proxy.internal:9443/proxy-key-123" } }),
      INGEST_TOKEN: "ingest-token-of-16-or-more",
      READ_TOKEN: READ,
      ADMIN_TOKEN: ADMIN,
    };
    const words = ["https://hooks.example/T0/sekret-path", "signing-key-of-16-characters", "webhook-bearer"].concat(
      ["proxy.internal:9443", "proxy-key-123", secrets.INGEST_TOKEN, READ, ADMIN],
      ["wss://another.example/x?key=1"],
    );
    const text = `failed at ${words.join(" and ")}`;
    const ALERTS = objects<"ALERTS">({
      list: () => Promise.resolve({ active: [firing(text)], recent: [{ firing: firing(text), resolved: null }] }),
    });
    const registry = env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
    const REGISTRY = objects<"REGISTRY">({
      fetch: async (request: Request) => {
        const given = await (await registry.fetch(request)).json<object>();
        const wish = { hint: "weur", products: [{ product: "BTC/USD", symbol: "BTC/USD@kraken" }], revision: 1 };
        return Response.json(request.url.endsWith("/snapshot") ? { ...given, feeds: { kraken: wish } } : given);
      },
    });
    const fault = { text, atMs: 1.76e12 };
    const nothing = { sinceMs: null, lastMessageMs: null, lagMs: null, nextAttemptMs: null, lastRecoveryMs: null };
    const report = { venue: "kraken", hint: "weur", state: "waiting", loadedMs: 1.76e12, counts: noFeedCounts() };
    const FEEDS = objects<"FEEDS">({
      follow: () => Promise.resolve({ ...report, ...nothing, products: [], lastFault: fault, lastDataFault: fault }),
    });
    const asked = { ...secrets, ALERTS, REGISTRY, FEEDS };
    for (const token of [READ, ADMIN]) {
      const { status, body } = await fetchWith(asked, "/operations", { headers: { Authorization: `Bearer ${token}` } });
      expect(status).toBe(200);
      expect(body.feeds).toMatchObject([{ venue: "kraken", state: "waiting" }]);
      expect(body.feeds[0].last_fault.text).toMatch(/^failed at \[withheld\]/);
      expect(body.alerts.active[0].summary).toMatch(/^failed at \[withheld\] and \[withheld\]/);
      const shown = JSON.stringify(body);
      for (const word of words) expect(shown, word).not.toContain(word);
    }
  });

  it("shows who changed something to the administrator alone", async () => {
    await challenge(await named("operations, again"), WHO);
    const tokens = { READ_TOKEN: READ, ADMIN_TOKEN: ADMIN };
    const asked = async (token: string) =>
      (await fetchWith(tokens, "/operations", { headers: { Authorization: `Bearer ${token}` } })).body;
    const [reader, admin] = [await asked(READ), await asked(ADMIN)];
    expect([reader.changes[0].who, reader.changes[0].reason, reader.withheld.length]).toEqual([null, null, 1]);
    expect([admin.changes[0].who, admin.changes[0].reason, admin.withheld]).toEqual([WHO.by, WHO.reason, []]);
    await clearAlias("challenger");
  });

  it("asks each object once for many polls", async () => {
    let asked = 0;
    const ALERTS = objects<"ALERTS">({
      list: () => Promise.resolve(void asked++ as unknown).then(() => ({ active: [], recent: [] })),
    });
    const variables = { ALERTS, READ_CACHE_MS: "5000" };
    const polls = await Promise.all(Array.from({ length: 12 }, () => fetchWith(variables, "/operations")));
    expect(polls.every(({ status }) => status === 200)).toBe(true);
    expect(asked).toBe(1);
    expect(await fetchJson("/operations?grid=7s")).toMatchObject({ status: 400, body: { code: "unknown_grid" } });
  });
});
