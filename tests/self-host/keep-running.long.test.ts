// A server that is kept running.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { freePort } from "../../local-gateway/free-port.ts";
import { GatewayProcessError } from "../../local-gateway/gateway-process.ts";
import { keepRunning } from "../../self-host/keep-running.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-keep-running-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers with its process id. */
const SERVER = join(folder, "server.mjs");
writeFileSync(
  SERVER,
  `import { createServer } from "node:http";
   createServer((_, response) => response.end(String(process.pid))).listen(Number(process.argv[2]), "127.0.0.1");`,
);

describe("keepRunning", () => {
  it("starts a process again after it died, later each time, until it shall stop", async () => {
    const port = await freePort();
    const probeUrl = `http://127.0.0.1:${port}/`;
    const pidOf = async (): Promise<number> => Number(await (await fetch(probeUrl)).text());
    const probe = () =>
      pidOf().then(
        () => true,
        () => false,
      );
    const stop = new AbortController();
    const notes: string[] = [];
    let answered = 0;
    const running = keepRunning({
      command: [process.execPath, SERVER, String(port)],
      env: {},
      probe,
      beforeStart: () => undefined,
      onAnswering: () => (answered += 1),
      stop: stop.signal,
      print: () => undefined,
      note: (line) => notes.push(line),
    });
    const pids = new Set<number>();
    await expect.poll(() => answered, { timeout: 60_000 }).toBe(1);
    for (let life = 0; life < 3; life++) {
      let pid: number | undefined;
      await expect
        .poll(async () => (pid = await pidOf().catch(() => undefined)) !== undefined && !pids.has(pid), {
          timeout: 60_000,
        })
        .toBe(true);
      pids.add(pid!);
      if (life < 2) process.kill(pid!, "SIGKILL");
    }
    stop.abort();
    await running;
    expect(pids.size).toBe(3);
    expect(answered).toBe(1);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain("workerd died of SIGKILL; it is started again in 0.25 s");
    expect(notes[1]).toContain("it is started again in 0.5 s");
    await expect(fetch(probeUrl)).rejects.toThrow();
  }, 60_000);

  it("fails when the first start fails", async () => {
    const running = keepRunning({
      command: [process.execPath, "-e", "console.log('no such port'); process.exit(3)"],
      env: {},
      probe: () => Promise.resolve(false),
      beforeStart: () => undefined,
      onAnswering: () => undefined,
      stop: new AbortController().signal,
      print: () => undefined,
      note: () => undefined,
    });
    await expect(running).rejects.toThrow(GatewayProcessError);
  });
});
