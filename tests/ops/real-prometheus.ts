// A Prometheus on loopback with the configuration of ops/prometheus, made fast enough for a test.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../local-gateway/free-port.ts";
import { prometheusProgram } from "../peers/prometheus.ts";
import { PROMETHEUS_FOLDER } from "./rule-files.ts";

/** Of scrapes and of evaluations. */
const INTERVAL = "1s";

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [atS: number, text: string];
}

export class RealPrometheus {
  /** Its configuration, for promtool. */
  readonly config: string;
  private readonly url: string;
  private readonly child: ChildProcess;
  private output = "";

  private constructor(folder: string, port: number) {
    this.config = join(folder, "prometheus.yml");
    this.url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${this.config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    this.child = spawn(prometheusProgram("prometheus"), args, { stdio: ["ignore", "ignore", "pipe"] });
    this.child.stderr!.on("data", (chunk) => (this.output = (this.output + String(chunk)).slice(-20_000)));
    process.once("exit", () => this.child.kill("SIGKILL"));
  }

  /**
   * Starts one on a copy of the configuration that differs in the gateway's address and in all intervals, and waits
   * until it is ready. Throws with what it printed.
   */
  static async start(folder: string, gateway: string, token: string): Promise<RealPrometheus> {
    mkdirSync(folder, { recursive: true });
    cpSync(join(PROMETHEUS_FOLDER, "rules"), join(folder, "rules"), { recursive: true });
    for (const name of readdirSync(join(folder, "rules"))) faster(join(folder, "rules", name));
    cpSync(join(PROMETHEUS_FOLDER, "prometheus.yml"), join(folder, "prometheus.yml"));
    faster(join(folder, "prometheus.yml"), (text) =>
      text
        .replace(/https:\/\/volgate\.example[\w.]*/, gateway)
        .replace(/scrape_timeout: \S+/, `scrape_timeout: ${INTERVAL}`),
    );
    writeFileSync(join(folder, "metrics-token"), `${token}\n`);
    const prometheus = new RealPrometheus(folder, await freePort());
    for (let attempt = 0; attempt < 300; attempt++) {
      if (prometheus.child.exitCode !== null) break;
      const ready = await fetch(`${prometheus.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return prometheus;
      await sleep(100);
    }
    throw new Error(`prometheus does not start:\n${prometheus.output}`);
  }

  /** An answer of its API; throws for an error. */
  async ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== "success") throw new Error(`${path} ${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  }

  /** The samples of a query at this moment. */
  async query(expr: string): Promise<readonly Sample[]> {
    const { result, resultType } = await this.ask<{ result: readonly Sample[]; resultType: string }>("query", {
      query: expr,
    });
    return resultType === "vector" ? result : [];
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }
}

function faster(path: string, change: (text: string) => string = (text) => text): void {
  const text = readFileSync(path, "utf8").replace(/\b((?:\w+_)?interval): \S+/g, `$1: ${INTERVAL}`);
  writeFileSync(path, change(text));
}
