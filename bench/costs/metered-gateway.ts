// The gateway with a meter on plain workerd, with a bucket whose requests are counted.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atExit } from "../../command-line/at-exit.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { readGatewayFacts } from "../../local-gateway/gateway-facts.ts";
import { workerdBinary } from "../../local-gateway/workerd-binary.ts";
import { workerdConfigText } from "../../local-gateway/workerd-config.ts";
import { ROOT } from "../../local-gateway/wrangler-dev.ts";
import { FolderBucket } from "../../recordings/bucket/folder-bucket.ts";
import { ringBell } from "../../self-host/bell.ts";
import { listenAsBucket, type R2Counts } from "../../self-host/bucket-server.ts";
import { cpuMsOf } from "../process-cpu.ts";

type ByClass = Readonly<Record<string, number>>;

/** What one stretch of time took. */
export interface Metered {
  readonly objectRequests: ByClass;
  readonly rowsWritten: ByClass;
  readonly rowsRead: ByClass;
  /** Between the call of an object and its answer, ms. */
  readonly activeMs: ByClass;
  readonly logLines: number;
  readonly r2: R2Counts;
  readonly cpuMs: number;
}

export class MeteredGateway {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly bucketServer: Server;
  private readonly bellSocket: string;
  private readonly r2: R2Counts;
  private cpuMs = 0;

  private constructor(parts: { url: string; child: ChildProcess; server: Server; bellSocket: string; r2: R2Counts }) {
    this.url = parts.url;
    this.child = parts.child;
    this.bucketServer = parts.server;
    this.bellSocket = parts.bellSocket;
    this.r2 = parts.r2;
  }

  /** @param bundleDir the bundle; the meter is copied into it. */
  static async start(bundleDir: string, dir: string, variables: Readonly<Record<string, string>>) {
    const [objectsDir, assetsDir] = [join(dir, "objects"), join(dir, "assets")];
    for (const folder of [objectsDir, assetsDir]) mkdirSync(folder, { recursive: true });
    const facts = readGatewayFacts(ROOT);
    const classes = Object.entries(facts.classes).map(
      ([binding, type]) => `export const ${type} = meteredClass(bundled.${type}, "${binding}");\n`,
    );
    const meter = readFileSync(join(import.meta.dirname, "metered.js"), "utf8");
    writeFileSync(join(bundleDir, "metered.js"), meter + classes.join(""));
    writeFileSync(join(bundleDir, "assets.json"), "{}");
    const [bucketSocket, bellSocket] = [join(dir, "bucket-socket"), join(dir, "bell-socket")];
    const r2: R2Counts = {};
    const bucket = await FolderBucket.open(join(dir, "bucket"));
    const server = await listenAsBucket(bucket, bucketSocket, { note: (line) => console.error(line), counts: r2 });
    const address = `127.0.0.1:${await freePort()}`;
    const surroundings = {
      ...{ bucketSocket, bellSocket, assetsDir },
      frontModule: "metered.js",
      assetsManifest: "assets.json",
    };
    const config = join(bundleDir, "metered.capnp");
    writeFileSync(config, workerdConfigText({ facts, bundleDir, objectsDir, address, variables, surroundings }));
    const child = spawn(workerdBinary(ROOT), ["serve", config], { stdio: ["ignore", "ignore", "inherit"] });
    const forget = atExit(() => void child.kill("SIGKILL"));
    child.once("exit", forget);
    const gateway = new MeteredGateway({ url: `http://${address}`, child, server, bellSocket, r2 });
    await gateway.answering();
    return gateway;
  }

  /** What was counted since the last call. */
  async read(): Promise<Metered> {
    const said = (await (await fetch(`${this.url}/__meter`)).json()) as Omit<Metered, "r2" | "cpuMs">;
    const cpuMs = cpuMsOf(this.child.pid!);
    const metered = { ...said, r2: { ...this.r2 }, cpuMs: cpuMs - this.cpuMs };
    this.cpuMs = cpuMs;
    for (const method of Object.keys(this.r2)) delete this.r2[method as keyof R2Counts];
    return metered;
  }

  /** Runs a cron trigger; throws when its handler failed. */
  async ring(cron: string): Promise<void> {
    const failure = await ringBell(this.bellSocket, cron);
    if (failure !== undefined) throw new Error(`cron ${cron}: ${failure}`);
  }

  async stop(): Promise<void> {
    const gone = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGKILL");
    await gone;
    this.bucketServer.close();
    this.bucketServer.closeAllConnections();
  }

  private async answering(): Promise<void> {
    for (let attempt = 0; attempt < 600 && this.child.exitCode === null; attempt++) {
      const isAnswering = await fetch(`${this.url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isAnswering) return;
      await sleep(50);
    }
    throw new Error("the metered gateway did not start");
  }
}
