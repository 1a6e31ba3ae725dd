import { beforeAll, describe, expect, it } from "vitest";
import type { Env } from "../../src/settings.ts";
import { fetchWith, ingest } from "./gateway.ts";
import { tick } from "./market.ts";

const OLD = "the-old-token-of-16-or-more";
const NEW = "the-new-token-of-16-or-more";
const bearing = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

interface Door {
  readonly variable: "INGEST_TOKEN" | "ADMIN_TOKEN" | "READ_TOKEN" | "METRICS_TOKEN";
  readonly path: string;
  readonly method?: string;
}

const DOORS: readonly Door[] = [
  { variable: "INGEST_TOKEN", path: "/ingest", method: "POST" },
  { variable: "ADMIN_TOKEN", path: "/admin/aliases" },
  { variable: "READ_TOKEN", path: "/predict?symbol=ROTATED" },
  { variable: "METRICS_TOKEN", path: "/metrics" },
];

beforeAll(async () => {
  await ingest(tick("ROTATED", 0));
});

describe.each(DOORS)("$variable while it is rotated", ({ variable, path, method = "GET" }) => {
  const body = method === "POST" ? { body: JSON.stringify(tick("ROTATED", 0)) } : {};
  const ask = async (variables: Partial<Env>, token: string): Promise<number> =>
    (await fetchWith(variables, path, { method, ...body, headers: bearing(token) })).status;

  it("opens its door with the old and with the new token, and with no other", async () => {
    const both = { [variable]: OLD, [`${variable}_NEXT`]: NEW };
    for (const token of [OLD, NEW]) expect(await ask(both, token)).toBe(200);
    for (const token of [`${OLD},${NEW}`, OLD.slice(1), "", "undefined"])
      expect(await ask(both, token), token).toBe(401);
  });

  it("never refuses the new token once it was set, and the old one no longer opens at the end", async () => {
    const steps: Partial<Env>[] = [
      { [variable]: OLD, [`${variable}_NEXT`]: NEW },
      { [variable]: NEW, [`${variable}_NEXT`]: NEW },
      { [variable]: NEW, [`${variable}_NEXT`]: "" },
      { [variable]: NEW },
    ];
    for (const step of steps) expect(await ask(step, NEW)).toBe(200);
    for (const step of steps.slice(1)) expect(await ask(step, OLD)).toBe(401);
  });

  it("is closed to others where the new token alone is set", async () => {
    const alone = { ENVIRONMENT: "production", [`${variable}_NEXT`]: NEW };
    expect([await ask(alone, NEW), await ask(alone, OLD)]).toEqual([200, 401]);
  });

  it("is refused where the new token is too short", async () => {
    const short = { ENVIRONMENT: "production", [variable]: OLD, [`${variable}_NEXT`]: "short" };
    // Where reading is open a variable that cannot be read still closes it: nothing is served with half a setting.
    expect((await fetchWith(short, path, { method, ...body, headers: bearing(OLD) })).body).toMatchObject({
      code: "not_configured",
    });
  });
});
