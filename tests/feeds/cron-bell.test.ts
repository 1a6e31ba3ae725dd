// Cron triggers under `npm start`.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cronTriggers, ringCron, ringCrons } from "../../local-gateway/cron-bell.ts";

let server: Server;
let baseUrl: string;
let rung: string[];
let status: number;

beforeEach(async () => {
  [rung, status] = [[], 200];
  server = createServer((request, response) => {
    rung.push(request.url!);
    response.writeHead(status).end(status === 200 ? "ok" : "no");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe("cron triggers", () => {
  it("are those of wrangler.toml", () => {
    expect(cronTriggers()).toEqual(["*/15 * * * *", "5 6 * * MON"]);
  });

  it("ring the gateway's handler when they are due, until it stops", async () => {
    const stop = new AbortController();
    // Six fields: every second.
    const ring = (cron: string) => ringCron(baseUrl, cron, stop.signal);
    ringCrons({ ring, crons: ["* * * * * *", "0 0 1 1 *"], signal: stop.signal, note: () => undefined });
    await expect.poll(() => rung.length, { timeout: 60_000 }).toBeGreaterThan(0);
    stop.abort();
    expect(new Set(rung)).toEqual(
      new Set([`/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron: "* * * * * *" })}`]),
    );
    const count = rung.length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(rung.length).toBe(count);
  });

  it("say why a run failed", async () => {
    status = 500;
    const { signal } = new AbortController();
    expect(await ringCron(baseUrl, "* * * * *", signal)).toBe("HTTP 500 no");
    expect(await ringCron("http://127.0.0.1:1", "* * * * *", signal)).toMatch(/fetch failed|bad port/);
  });
});
