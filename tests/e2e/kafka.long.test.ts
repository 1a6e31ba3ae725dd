// The Kafka feed between a real broker and the Worker's bundle on bare workerd, while broker, feed and gateway are
// killed: what was sent is stored, once, and what is no tick has its dead letter.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { KafkaBroker, missingKafka } from "../peers/kafka-broker.ts";
import { ChildProgram } from "../processes/child-program.ts";
import { createTopics, produce, recordsOf, tickMessages, type TickMessages, untilAccepted } from "./kafka-tools.ts";

const MESSAGES = 6_000;
const PARTITIONS = 4;
const KILLS = 3;
const dir = mkdtempSync(join(tmpdir(), "volgate-kafka-"));
let broker: KafkaBroker;
let gateway: BareWorkerd;
const table: string[] = [];

describe.skipIf(missingKafka() !== undefined)("the Kafka feed", () => {
  beforeAll(async () => {
    await bundleWorker(join(dir, "bundle"));
    broker = await KafkaBroker.prepare(join(dir, "broker"));
    gateway = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "gateway"));
    await Promise.all([broker.start(), gateway.start()]);
  });

  afterAll(async () => {
    await Promise.all([broker?.stop(), gateway?.kill()]);
    rmSync(dir, { recursive: true, force: true });
    console.log(
      [row("fault", "sent", "stored", "doubled", "redelivered", "poison", "dead-lettered"), ...table].join("\n"),
    );
  });

  it("stores each tick once when nothing fails", async () => {
    const run = await Run.begin("none");
    const feed = run.feed();
    await run.storedAll();
    await stopped(feed);
    await run.check();
  });

  it("stores each tick once when the feed is killed again and again", async () => {
    const run = await Run.begin("feed-killed");
    for (let kill = 1; kill <= KILLS; kill++) {
      const feed = run.feed();
      await run.storedShare(kill / (KILLS + 2));
      feed.send("SIGKILL");
      await feed.ended;
      expect((await run.storedShare(0)).accepted).toBeLessThan(run.sent.valid);
    }
    const feed = run.feed();
    await run.storedAll();
    await stopped(feed);
    await run.check();
  });

  it("stores each tick once when the gateway is killed again and again", async () => {
    const run = await Run.begin("gateway-killed");
    const feed = run.feed();
    for (let kill = 1; kill <= KILLS; kill++) {
      const { accepted } = await run.storedShare(kill / (KILLS + 2));
      await gateway.kill("SIGKILL");
      expect(accepted).toBeLessThan(run.sent.valid);
      await feed.until(() => feed.output.split("gateway: ").length > kill);
      await gateway.start();
    }
    await run.storedAll();
    await stopped(feed);
    await run.check();
  });

  it("stores each tick once when the broker is killed and started again", async () => {
    const run = await Run.begin("broker-killed");
    const feed = run.feed();
    const { accepted } = await run.storedShare(0.3);
    await broker.stop("SIGKILL");
    expect(accepted).toBeLessThan(run.sent.valid);
    await feed.until(() => feed.output.includes("Kafka: "));
    await broker.start();
    await run.storedAll();
    await stopped(feed);
    await run.check();
  });

  it("stores each tick once when a second member joins, takes half, and is killed", async () => {
    const run = await Run.begin("member-killed");
    const first = run.feed();
    await run.storedShare(0.1);
    const second = run.feed();
    await second.printed("partitions ");
    await first.printed("generation 2");
    expect(sharedOut(first, second)).toBe(true);
    const { accepted } = await run.storedShare(0.5);
    second.send("SIGKILL");
    await second.ended;
    expect(accepted).toBeLessThan(run.sent.valid);
    await run.storedAll();
    await stopped(first);
    await run.check();
  });

  it("gives its partitions to another member when it is stopped, and leaves nothing for it to repeat", async () => {
    const run = await Run.begin("member-stopped");
    const first = run.feed();
    await run.storedShare(0.2);
    await stopped(first);
    const { redelivered } = await run.storedShare(0);
    const second = run.feed();
    const counts = await run.storedAll();
    expect(counts.redelivered).toBe(redelivered);
    await stopped(second);
    await run.check();
  });
});

/** One topic with its messages, its own symbols and its own group. */
class Run {
  readonly name: string;
  readonly sent: TickMessages;
  private readonly symbols: readonly string[];
  private readonly topic: string;

  private constructor(name: string) {
    this.name = name;
    this.topic = `ticks.${name}`;
    this.symbols = Array.from({ length: 8 }, (_, i) => `${name.toUpperCase()}-${i}`);
    this.sent = tickMessages(this.topic, this.symbols, MESSAGES);
  }

  static async begin(name: string): Promise<Run> {
    const run = new Run(name);
    await createTopics(broker.address, [run.topic, `${run.topic}.dead`], PARTITIONS);
    await produce(broker.address, run.topic, run.sent.messages);
    return run;
  }

  /** Small batches, so that a fault finds some of them under way. */
  feed(): ChildProgram {
    const kafka = ["--brokers", broker.address, "--topic", this.topic, "--group", this.name, "--session", "6s"];
    const rest = ["--dead-letter", `${this.topic}.dead`, "--batch", "20", "--gateway", gateway.url];
    return new ChildProgram(process.execPath, ["volgate.js", "feed", "kafka", ...kafka, ...rest], {
      withinMs: 240_000,
    });
  }

  storedShare(share: number) {
    return untilAccepted(gateway, this.symbols, share * this.sent.valid);
  }

  storedAll() {
    return untilAccepted(gateway, this.symbols, this.sent.valid);
  }

  /** Once the feed has ended. */
  async check(): Promise<void> {
    const { valid, poison, messages } = this.sent;
    const counts = await this.storedAll();
    const letters = await recordsOf(broker.address, `${this.topic}.dead`);
    const ids = new Set(letters.map(({ headers }) => headers["volgate-id"]));
    table.push(row(this.name, valid, counts.accepted, counts.doubled, counts.redelivered, poison, ids.size));
    expect({ stored: counts.accepted, doubled: counts.doubled }).toEqual({ stored: valid, doubled: 0 });
    expect(ids.size).toBe(poison);
    const reasons = new Set(letters.map(({ headers }) => headers["volgate-reason"]));
    expect(reasons).toEqual(new Set(["not_json", "price_not_positive"]));
    const values = new Set(messages.map(({ value }) => String(value)));
    expect(letters.every(({ value }) => values.has(value))).toBe(true);
  }
}

/** Ends a feed as Ctrl-C does. */
async function stopped(feed: ChildProgram): Promise<void> {
  feed.send("SIGINT");
  const { status, stdout, stderr } = await feed.ended;
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(" records in ");
}

/** Whether both members have said that they have partitions. */
function sharedOut(...feeds: readonly ChildProgram[]): boolean {
  return feeds.every(({ output }) => /generation [2-9]: partitions \d+, \d+ of/.test(output));
}

function row(...cells: readonly (string | number)[]): string {
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(16) : String(cell).padStart(14))).join("");
}
