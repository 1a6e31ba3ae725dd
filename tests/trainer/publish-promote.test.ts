import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { promote, rollBack } from "../../trainer/publish/promote.ts";

const SHA = "a".repeat(64);
let gateway = "";
let answer: { status: number; body: string } | "nothing";
let asked: { method: string; path: string; headers: IncomingHttpHeaders; body: unknown };

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += String(chunk)));
  request.on("end", () => {
    asked = { method: request.method!, path: request.url!, headers: request.headers, body: JSON.parse(text) };
    if (answer !== "nothing") response.writeHead(answer.status).end(answer.body);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("promote", () => {
  it("requests the alias champion with the token, and returns whether it serves", async () => {
    answer = { status: 200, body: JSON.stringify({ alias: "champion", sha256: SHA, serving: true }) };
    expect(await promote({ gateway: `${gateway}/`, token: "t", sha256: SHA })).toEqual({ ok: true, serving: true });
    expect(asked).toMatchObject({ method: "PUT", path: "/admin/aliases/champion", body: { sha256: SHA } });
    expect(asked.headers.authorization).toBe("Bearer t");
  });

  it("sends name and reason of a forced promotion, for any alias, and no token when it has none", async () => {
    answer = { status: 200, body: JSON.stringify({ serving: false }) };
    const force = { by: "ada", reason: "too few episodes yet" };
    const promotion = { gateway, sha256: SHA, alias: "challenger", force };
    expect(await promote(promotion)).toEqual({ ok: true, serving: false });
    expect(asked).toMatchObject({ path: "/admin/aliases/challenger", body: { sha256: SHA, force } });
    expect(asked.headers.authorization).toBeUndefined();
  });

  it("sends how a challenger is compared along with it, and nothing of that otherwise", async () => {
    answer = { status: 200, body: JSON.stringify({ serving: true }) };
    const experiment = { mode: "split", share: 0.2, auto: true } as const;
    await promote({ gateway, sha256: SHA, alias: "challenger", experiment });
    expect(asked.body).toEqual({ sha256: SHA, ...experiment });
    await promote({ gateway, sha256: SHA });
    expect(asked.body).toEqual({ sha256: SHA });
  });

  it("sends name and reason where they are given, and neither otherwise", async () => {
    answer = { status: 200, body: JSON.stringify({ serving: true }) };
    await promote({ gateway, sha256: SHA, by: "ada", reason: "weekly" });
    expect(asked.body).toEqual({ sha256: SHA, by: "ada", reason: "weekly" });
    await promote({ gateway, sha256: SHA, reason: "weekly" });
    expect(asked.body).toEqual({ sha256: SHA, reason: "weekly" });
  });

  it("gives the code and detail of a refusal", async () => {
    const problem = { title: "Conflict", status: 409, code: "gate_refused", detail: "too_few_episodes: 12 of 30" };
    answer = { status: 409, body: JSON.stringify(problem) };
    const url = `${gateway}/admin/aliases/champion`;
    const detail = `${url}: 409 too_few_episodes: 12 of 30`;
    expect(await promote({ gateway, sha256: SHA })).toEqual({ ok: false, code: "gate_refused", detail });
  });

  it("rejects an answer that is not a gateway's", async () => {
    const url = `${gateway}/admin/aliases/champion`;
    for (const [status, body] of [
      [200, "<html>"],
      [200, "{}"],
      [200, '{"serving":"yes","code":"x"}'],
      [502, "Bad gateway"],
      [200, ""],
    ] as const) {
      answer = { status, body };
      const result = await promote({ gateway, sha256: SHA });
      expect(result).toMatchObject({ ok: false, code: "not_a_gateway" });
      expect(!result.ok && result.detail.startsWith(`${url}: ${status}`)).toBe(true);
    }
  });

  it("names the address when nothing answers, or not in time", async () => {
    const closed = await promote({ gateway: "http://127.0.0.1:9", sha256: SHA });
    expect(closed).toMatchObject({ ok: false, code: "unreachable" });
    expect(!closed.ok && closed.detail).toContain("http://127.0.0.1:9/admin/aliases/champion: ");
    answer = "nothing";
    const stalled = await promote({ gateway, sha256: SHA, timeoutMs: 100 });
    expect(stalled).toMatchObject({ ok: false, code: "unreachable" });
    expect(!stalled.ok && stalled.detail).toMatch(/: no answer in time$/);
  });

  it("refuses a malformed address before it sends anything", async () => {
    for (const address of ["127.0.0.1:8787", "ftp://x", "http://", ""]) {
      await expect(promote({ gateway: address, sha256: SHA })).rejects.toThrow(
        `gateway: got ${address}, expected http`,
      );
    }
  });
});

describe("rollBack", () => {
  const who = { by: "ada", reason: "alerts fire" };

  it("sends name and reason, and returns the new champion", async () => {
    answer = { status: 200, body: JSON.stringify({ alias: "champion", sha256: SHA, serving: true }) };
    expect(await rollBack({ gateway, token: "t", ...who })).toEqual({ ok: true, serving: true, sha256: SHA });
    expect(asked).toMatchObject({ method: "POST", path: "/admin/rollback", body: who });
    await rollBack({ gateway, token: "t", ...who, champion: SHA });
    expect(asked).toMatchObject({ body: { ...who, sha256: SHA } });
    expect(asked.headers.authorization).toBe("Bearer t");
  });

  it("gives the code of a refusal, and is not misled by an answer that names no model", async () => {
    answer = { status: 409, body: JSON.stringify({ code: "nothing_to_roll_back", detail: "history: got none" }) };
    expect(await rollBack({ gateway, ...who })).toEqual({
      ok: false,
      code: "nothing_to_roll_back",
      detail: `${gateway}/admin/rollback: 409 history: got none`,
    });
    answer = { status: 200, body: JSON.stringify({ serving: true }) };
    expect(await rollBack({ gateway, ...who })).toMatchObject({ ok: false, code: "not_a_gateway" });
    await expect(rollBack({ gateway: "x", ...who })).rejects.toThrow("gateway: got x, expected http");
  });
});
