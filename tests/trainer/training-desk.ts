// What a training run needs around it: a folder, a bucket and a gateway on loopback, and what it printed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { type CliOptions, parseCliOptions } from "../../trainer/run/cli-options.ts";
import { S3Server } from "./publish-s3-server.ts";

export class TrainingDesk {
  readonly folder = mkdtempSync(join(tmpdir(), "volgate-run-"));
  readonly bucket = new S3Server();
  /** Bodies that the gateway got. */
  readonly asked: unknown[] = [];
  readonly lines: string[] = [];
  /** What the gateway answers. */
  answer = { status: 200, body: { serving: true } as unknown };
  private readonly gateway = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      this.asked.push(JSON.parse(text));
      response
        .writeHead(this.answer.status, { "content-type": "application/json" })
        .end(JSON.stringify(this.answer.body));
    });
  });

  async start(): Promise<void> {
    await this.bucket.start();
    await new Promise<void>((resolve) => this.gateway.listen(0, "127.0.0.1", resolve));
    for (const [name, value] of Object.entries(this.bucket.env)) vi.stubEnv(name, value);
    vi.spyOn(console, "log").mockImplementation((line: string) => void this.lines.push(line));
  }

  reset(): void {
    this.bucket.reset();
    this.asked.length = 0;
    this.lines.length = 0;
    this.answer = { status: 200, body: { serving: true } };
  }

  async stop(): Promise<void> {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await this.bucket.stop();
    this.gateway.close();
    rmSync(this.folder, { recursive: true });
  }

  recording(name: string, ticks: readonly { tsMs: number; price: number }[]): string {
    const path = join(this.folder, name);
    writeFileSync(path, ticks.map(({ tsMs, price }) => JSON.stringify({ symbol: "X", ts: tsMs, price })).join("\n"));
    return path;
  }

  /** Of a quick run that publishes to the bucket and promotes at the gateway. */
  publishing(file: string, out: string, ...args: string[]): CliOptions {
    const url = `http://127.0.0.1:${(this.gateway.address() as AddressInfo).port}`;
    return this.quick(file, out, "--publish", "--to", "r2://bucket", "--promote", url, ...args);
  }

  quick(file: string, out: string, ...args: string[]): CliOptions {
    const quick = ["--families", "logistic", "--min-episodes", "1", "--leak-shifts", "0"];
    return parseCliOptions([file, "--out", join(this.folder, out), ...quick, ...args]);
  }
}
