import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort } from "../../local-gateway/free-port.ts";

it("gives each port once, below those of outgoing connections, and none that is taken", async () => {
  const ports: number[] = [];
  for (let i = 0; i < 200; i++) ports.push(await freePort());
  expect(new Set(ports).size).toBe(200);
  expect(ports.filter((port) => port < 10_000 || port >= 32_768)).toEqual([]);
  const server = createServer();
  const isTaken = await new Promise<boolean>((done) => {
    server.once("error", () => done(true)).listen(ports[0], "127.0.0.1", () => done(false));
  });
  server.close();
  expect(isTaken).toBe(false);
});
