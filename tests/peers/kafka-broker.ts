// A Kafka broker on loopback for tests: one node, KRaft, its log in a folder of the caller's, so that it can be killed
// and started again. Tests that need it are skipped where it is not installed, and say so.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "@platformatic/kafka";
import { freePort } from "../../local-gateway/free-port.ts";

const KAFKA = join(import.meta.dirname, "../../.cache/kafka");
/** Nothing of a broker needs longer on a slow machine. */
const PATIENCE_MS = 120_000;
/** Any fixed id: each broker is a cluster of its own. */
const CLUSTER = "volgate-tests-cluster0";
const MEMORY = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** Why tests are skipped, or `undefined`. Printed, so that a skipped test is seen. */
export function missingKafka(): string | undefined {
  const java = spawnSync("java", ["-version"], { stdio: "ignore" }).status === 0;
  const isInstalled = existsSync(join(KAFKA, "pom.xml"));
  if (java && isInstalled) return undefined;
  const missing = java ? "no broker in .cache/kafka: run sh tests/peers/install-kafka.sh" : "there is no java";
  console.warn(`skipped: ${missing}`);
  return missing;
}

export interface BrokerOptions {
  /** Lines for its configuration. */
  readonly settings?: readonly string[];
  /** Arguments for making its folder, e.g. users. */
  readonly format?: readonly string[];
  /** Of its listener for clients; PLAINTEXT by default. */
  readonly protocol?: "PLAINTEXT" | "SASL_PLAINTEXT" | "SSL" | "SASL_SSL";
}

export class KafkaBroker {
  /** Where clients reach it, and where without security. */
  readonly address: string;
  readonly inner: string;
  private readonly folder: string;
  private readonly config: string;
  private child: ChildProcess | undefined;
  private output = "";

  private constructor(folder: string, ports: { readonly client: number; readonly inner: number }, config: string) {
    this.folder = folder;
    this.address = `127.0.0.1:${ports.client}`;
    this.inner = `127.0.0.1:${ports.inner}`;
    this.config = config;
  }

  /** Makes the folder of a new broker; `start` runs it. */
  static async prepare(folder: string, options: BrokerOptions = {}): Promise<KafkaBroker> {
    const { settings = [], format: more = [], protocol = "PLAINTEXT" } = options;
    const [port, controller, inner] = [await freePort(), await freePort(), await freePort()];
    mkdirSync(folder, { recursive: true });
    const config = join(folder, "server.properties");
    const lines = [
      "process.roles=broker,controller",
      "node.id=1",
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=CLIENT://127.0.0.1:${port},INNER://127.0.0.1:${inner},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=CLIENT://127.0.0.1:${port},INNER://127.0.0.1:${inner}`,
      `listener.security.protocol.map=CLIENT:${protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
      "controller.listener.names=CONTROLLER",
      "inter.broker.listener.name=INNER",
      `log.dirs=${join(folder, "log")}`,
      "offsets.topic.replication.factor=1",
      "offsets.topic.num.partitions=4",
      "transaction.state.log.replication.factor=1",
      "transaction.state.log.min.isr=1",
      "transaction.state.log.num.partitions=4",
      "group.initial.rebalance.delay.ms=0",
      "auto.create.topics.enable=false",
      ...settings,
    ];
    writeFileSync(config, `${lines.join("\n")}\n`);
    const broker = new KafkaBroker(folder, { client: port, inner }, config);
    const format = ["format", "--cluster-id", CLUSTER, "--config", config, "--ignore-formatted", ...more];
    const { status, stdout, stderr } = spawnSync("java", broker.arguments("kafka.tools.StorageTool", format));
    if (status !== 0) throw new Error(`kafka-storage ended with ${status}:\n${stdout.toString()}${stderr.toString()}`);
    return broker;
  }

  /** Starts the process and waits until it serves. Throws with what it printed. */
  async start(): Promise<void> {
    this.output = "";
    const child = spawn("java", this.arguments("kafka.Kafka", [this.config]), { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    process.once("exit", () => child.kill("SIGKILL"));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => (this.output = (this.output + String(chunk)).slice(-20_000)));
    }
    await this.serves(child);
  }

  /** Ends it, as a crash with SIGKILL, and waits until it is gone. */
  async stop(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await gone;
  }

  private async serves(child: ChildProcess): Promise<void> {
    const admin = new Admin({ clientId: "tests", bootstrapBrokers: [this.inner], retries: 0, connectTimeout: 2_000 });
    try {
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
        if (child.exitCode !== null) break;
        if (
          await admin.metadata({ topics: [], forceUpdate: true }).then(
            () => true,
            () => false,
          )
        )
          return;
        await sleep(200);
      }
    } finally {
      await admin.close();
    }
    throw new Error(`the broker does not serve:\n${this.output}`);
  }

  private arguments(main: string, args: readonly string[]): string[] {
    const quiet = [`-Dkafka.logs.dir=${this.folder}`];
    return [...MEMORY, ...quiet, "-cp", join(KAFKA, "libs", "*"), main, ...args];
  }
}
