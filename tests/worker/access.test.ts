import { beforeAll, describe, expect, it } from "vitest";
import { type Env, parseSettings } from "../../src/settings.ts";
import { fetchWith, ingest } from "./gateway.ts";
import { market, tick } from "./market.ts";

const READ = "read-token-of-16-or-more";
const SCRAPE = "scrape-token-of-16-or-more";
const ADMIN = "admin-token-of-16-or-more";
const bearing = (token: string): RequestInit => ({ headers: { Authorization: `Bearer ${token}` } });

/** Every route that reads, but /metrics. */
const READS = [
  "/predict?symbol=A-ONE",
  "/symbols",
  "/symbols/A-ONE",
  "/symbols/A-ONE/history",
  "/symbols/A-ONE/explanation",
  "/overview",
  "/symbols/A-ONE/quality",
  "/symbols/A-ONE/drift",
  "/symbols/A-ONE/alerts",
  "/metrics/live-performance",
  "/experiment",
  "/operations",
  "/reports",
];
const status = async (variables: Partial<Env>, path: string, init?: RequestInit): Promise<number> =>
  (await fetchWith(variables, path, init)).status;

beforeAll(async () => {
  await ingest(market("A-ONE", 5));
});

describe("READ_TOKEN", () => {
  const variables = { READ_TOKEN: READ, ADMIN_TOKEN: ADMIN };

  it("closes every route that reads to who does not bear it; the administrator's opens them too", async () => {
    for (const path of READS) {
      const without = await fetchWith(variables, path);
      expect([without.status, without.body.code], path).toEqual([401, "not_authenticated"]);
      expect(await status(variables, path, bearing("another-token-of-16")), path).toBe(401);
      expect(await status(variables, path, bearing(READ)), path).toBe(200);
      expect(await status(variables, path, bearing(ADMIN)), path).toBe(200);
    }
    const rows = { method: "POST", body: '{"symbols":["A-ONE"]}' };
    expect(await status(variables, "/predict", rows)).toBe(401);
    expect(await status(variables, "/predict", { ...rows, ...bearing(READ) })).toBe(200);
  });

  it("closes /metrics too, unless METRICS_TOKEN is its own", async () => {
    expect(await status(variables, "/metrics")).toBe(401);
    expect(await status(variables, "/metrics", bearing(READ))).toBe(200);
    const both = { ...variables, METRICS_TOKEN: SCRAPE };
    expect(await status(both, "/metrics", bearing(READ))).toBe(401);
    expect(await status(both, "/metrics", bearing(SCRAPE))).toBe(200);
    expect(await status(both, "/symbols", bearing(SCRAPE))).toBe(401);
  });

  it("leaves health, version and the document of the API open, and reads open where it is not set", async () => {
    for (const path of ["/health", "/version", "/openapi.json"]) expect(await status(variables, path), path).toBe(200);
    for (const path of [...READS, "/metrics"]) expect(await status({ ADMIN_TOKEN: ADMIN }, path), path).toBe(200);
  });
});

describe("other origins", () => {
  const from = (origin: string): RequestInit => ({ headers: { Origin: origin } });
  const allowed = async (variables: Partial<Env>, origin: string): Promise<string | null> =>
    (
      await fetchWith(variables, "/symbols", { headers: { Origin: origin, Authorization: `Bearer ${READ}` } })
    ).headers.get("Access-Control-Allow-Origin");

  it("may read where reading is open, none where it has a token, those of CORS_ORIGINS where it is set", async () => {
    expect(await allowed({}, "https://any.example")).toBe("*");
    expect(await allowed({ READ_TOKEN: READ }, "https://any.example")).toBeNull();
    const some = { READ_TOKEN: READ, CORS_ORIGINS: "https://a.example, https://b.example" };
    expect(await allowed(some, "https://b.example")).toBe("https://b.example");
    expect(await allowed(some, "https://any.example")).toBeNull();
    expect(await allowed({ CORS_ORIGINS: "none" }, "https://any.example")).toBeNull();
  });

  it("are answered before the token is asked for when they only ask whether they may", async () => {
    const some = { READ_TOKEN: READ, CORS_ORIGINS: "https://a.example" };
    const headers = { Origin: "https://a.example", "Access-Control-Request-Method": "GET" };
    const { status: code, headers: given } = await fetchWith(some, "/symbols", { method: "OPTIONS", headers });
    expect([code, given.get("Access-Control-Allow-Origin")]).toEqual([204, "https://a.example"]);
  });

  it("cannot write to a development gateway from a page, nor can a name that was rebound to its address", async () => {
    const body = JSON.stringify([tick("A-ONE", 100)]);
    for (const [path, write] of [
      ["/ingest", body],
      ["/feedback", "[]"],
      ["/admin/reports", ""],
    ] as const) {
      const public_ = [
        "http://93.184.216.34",
        "http://[2606:4700::1111]",
        "http://172.32.0.1",
        "http://[febf::1].example",
      ];
      for (const origin of ["https://evil.example", "null", "https://volgate.test.evil.example", ...public_]) {
        const { headers } = from(origin);
        const answer = await fetchWith({}, path, { method: "POST", body: write, headers: headers! });
        expect([answer.status, answer.body.code], `${path} ${origin}`).toEqual([403, "origin_refused"]);
      }
      const rebound = await fetchWith({}, `https://evil.example${path}`, { method: "POST", body: write });
      expect([rebound.status, rebound.body.code], path).toEqual([403, "host_refused"]);
    }
    for (const origin of [
      ...["http://localhost:3000", "http://app.localhost", "http://127.0.0.1:5173", "http://[::1]:5173"],
      ...["http://10.1.2.3", "http://172.31.0.1", "http://192.168.1.5", "http://169.254.1.1"],
      ...["http://[fd12::1]", "http://[fe80::1]"],
    ]) {
      const own = { method: "POST", body, headers: { Origin: origin } };
      expect(await status({}, "/ingest", own), origin).toBe(200);
    }
    const itself = { method: "POST", body, headers: { Origin: "http://93.184.216.34:3000" } };
    expect(await status({}, "http://93.184.216.34:8787/ingest", itself)).toBe(200);
    for (const host of ["127.0.0.1:8787", "[::1]:8787", "localhost:8787", "192.168.1.5", "gateway:8787"]) {
      expect(await status({}, `http://${host}/ingest`, { method: "POST", body }), host).toBe(200);
    }
  });

  it("are no matter where a token is set: it is what a page does not have", async () => {
    const body = JSON.stringify([tick("A-ONE", 100)]);
    const headers = { Origin: "https://any.example", Authorization: `Bearer ${READ}` };
    expect(await status({ INGEST_TOKEN: READ }, "/ingest", { method: "POST", body, headers })).toBe(200);
  });
});

describe("a rate limit of the platform", () => {
  it("refuses with 429 whom it refuses, by address, and lets writing alone", async () => {
    const asked: string[] = [];
    const limit = ({ key }: { key: string }) => {
      asked.push(key);
      return Promise.resolve({ success: key !== "192.0.2.9" });
    };
    const variables = { READ_LIMIT: { limit } };
    const as = (address: string): RequestInit => ({ headers: { "CF-Connecting-IP": address } });
    const refused = await fetchWith(variables, "/symbols", as("192.0.2.9"));
    expect([refused.status, refused.body.code, refused.headers.get("Retry-After")]).toEqual([
      429,
      "rate_limited",
      "10",
    ]);
    for (const path of ["/metrics", "/health", "/health/ready"]) {
      expect(await status(variables, path, as("192.0.2.9")), path).toBe(429);
    }
    expect(await status(variables, "/health/live", as("192.0.2.9"))).toBe(200);
    expect(await status(variables, "/symbols", as("192.0.2.1"))).toBe(200);
    expect(asked).toEqual([...Array.from({ length: 4 }, () => "192.0.2.9"), "192.0.2.1"]);
    const body = JSON.stringify([tick("A-ONE", 100)]);
    expect(await status(variables, "/ingest", { method: "POST", body, ...as("192.0.2.9") })).toBe(200);
  });
});

describe("every answer", () => {
  it("says that it is what it says, that https stays, and how long it may be kept", async () => {
    for (const path of ["/symbols", "/metrics", "/predict?symbol=A-ONE", "/nowhere", "/predict?symbol=a%20b"]) {
      const { headers } = await fetchWith({}, path);
      expect(headers.get("X-Content-Type-Options"), path).toBe("nosniff");
      expect(headers.get("Strict-Transport-Security"), path).toBe("max-age=31536000");
      expect(headers.get("Cache-Control"), path).toBe("no-store");
    }
    expect((await fetchWith({}, "/openapi.json")).headers.get("Cache-Control")).toBe("public, max-age=300");
  });
});

describe("a token that is too short", () => {
  it("is refused outside development, by name and length", () => {
    for (const name of ["INGEST_TOKEN", "ADMIN_TOKEN", "READ_TOKEN", "METRICS_TOKEN"]) {
      const parse = (ENVIRONMENT: string, token: string) =>
        parseSettings({ ENVIRONMENT, [name]: token } as unknown as Env);
      expect(() => parse("production", "only-fifteen-ch")).toThrow(
        `${name}: got 15 characters, expected at least 16 characters`,
      );
      expect(() => parse("production", "sixteen-letters-")).not.toThrow();
      expect(() => parse("development", "short")).not.toThrow();
    }
  });

  it("is none of the malformed ones: CORS_ORIGINS is named as well", () => {
    const parse = (CORS_ORIGINS: string) => parseSettings({ CORS_ORIGINS } as unknown as Env);
    expect(() => parse("https://a.example/path")).toThrow(
      'CORS_ORIGINS: got "https://a.example/path", expected *, none, or origins like https://example.com, separated by commas',
    );
  });
});
