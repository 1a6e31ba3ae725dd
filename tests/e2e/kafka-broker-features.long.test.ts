// What a real broker has beside plain records: logins and TLS, transactions, topics that are missing or made anew; and
// the predictions that the feed writes.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin, type MessageToProduce, Producer } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { KafkaBroker, missingKafka } from "../peers/kafka-broker.ts";
import { ChildProgram } from "../processes/child-program.ts";
import { countedTicks, createTopics, produce, recordsOf, untilAccepted } from "./kafka-tools.ts";

const PASSWORD = "a-secret-of-the-tests";
const dir = mkdtempSync(join(tmpdir(), "volgate-kafka-features-"));
const certificate = join(dir, "broker.pem");
let broker: KafkaBroker;
let gateway: BareWorkerd;

/** A certificate for the broker, and a copy that clients trust. */
function makeCertificate(): string {
  const store = join(dir, "broker.p12");
  const common = ["-keystore", store, "-storepass", PASSWORD, "-alias", "broker"];
  const names = ["-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1"];
  for (const args of [
    ["-genkeypair", "-keyalg", "RSA", "-storetype", "PKCS12", ...names, ...common],
    ["-exportcert", "-rfc", "-file", certificate, ...common],
  ]) {
    const { status, stdout, stderr } = spawnSync("keytool", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`keytool ended with ${status}: ${stdout}${stderr}`);
  }
  return store;
}

function loginSettings(): string[] {
  const kafka = "org.apache.kafka.common.security";
  const jaas = (mechanism: string, module: string) => `listener.name.client.${mechanism}.sasl.jaas.config=${module};`;
  return [
    "listener.name.client.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
    jaas("plain", `${kafka}.plain.PlainLoginModule required user_ada="${PASSWORD}"`),
    jaas("scram-sha-256", `${kafka}.scram.ScramLoginModule required`),
    jaas("scram-sha-512", `${kafka}.scram.ScramLoginModule required`),
    jaas("oauthbearer", `${kafka}.oauthbearer.OAuthBearerLoginModule required`),
    `listener.name.client.ssl.keystore.location=${makeCertificate()}`,
    `listener.name.client.ssl.keystore.password=${PASSWORD}`,
    "listener.name.client.ssl.keystore.type=PKCS12",
  ];
}

describe.skipIf(missingKafka() !== undefined)("the Kafka feed on a broker", () => {
  beforeAll(async () => {
    await bundleWorker(join(dir, "bundle"));
    broker = await KafkaBroker.prepare(join(dir, "broker"), {
      protocol: "SASL_SSL",
      settings: loginSettings(),
      format: ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
        "--add-scram",
        `${mechanism}=[name=ada,password=${PASSWORD}]`,
      ]),
    });
    gateway = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "gateway"));
    await Promise.all([broker.start(), gateway.start()]);
  });

  afterAll(async () => {
    await Promise.all([broker?.stop(), gateway?.kill()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"])("logs in over TLS by %s", async (mechanism) => {
    const topic = `login.${mechanism}`;
    await createTopics(broker.inner, [topic], 1);
    await produce(broker.inner, topic, ticks(topic, "LOGIN", 20));
    const before = (await countedTicks(gateway, ["LOGIN"])).accepted;
    const security = ["--sasl", mechanism, "--username", "ada", "--tls-ca", certificate];
    const env = { VOLGATE_KAFKA_PASSWORD: PASSWORD, VOLGATE_KAFKA_TOKEN: unsignedToken() };
    const feed = startFeed(["--topic", topic, "--on-poison", "skip", ...security], env, broker.address);
    await untilAccepted(gateway, ["LOGIN"], before + 20);
    expect(await stop(feed)).toMatchObject({ status: 0 });
  });

  it("says who refuses a wrong password, and which topic is missing", async () => {
    await createTopics(broker.inner, ["refused"], 1);
    const security = ["--sasl", "plain", "--username", "ada", "--tls-ca", certificate];
    const refused = startFeed(
      ["--topic", "refused", "--on-poison", "skip", ...security],
      { VOLGATE_KAFKA_PASSWORD: "wrong" },
      broker.address,
    );
    expect(await refused.ended).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no access to Kafka at .*uthent/),
    });
    const missing = startFeed(["--topic", "refused", "--dead-letter", "nowhere"]);
    expect(await missing.ended).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("there is no topic nowhere"),
    });
  });

  it("feeds committed transactions alone, and ends where their marks are the last offsets", async () => {
    const topic = "transactions";
    await createTopics(broker.inner, [topic], 1);
    const all = ticks(topic, "TX", 60);
    for (let i = 0; i < 6; i++) await transaction(all.slice(i * 10, i * 10 + 10), i % 2 === 0 ? "commit" : "abort");
    const feed = startFeed(["--topic", topic, "--on-poison", "skip"]);
    await untilAccepted(gateway, ["TX"], 30);
    const { stdout } = await stop(feed);
    expect(stdout).toContain("30 records in ");
    expect(await countedTicks(gateway, ["TX"])).toMatchObject({ accepted: 30, doubled: 0 });
  });

  it.each(["gzip", "snappy", "lz4", "zstd"])("reads records that the broker compressed by %s", async (codec) => {
    const topic = `compressed.${codec}`;
    const symbol = codec.toUpperCase();
    const admin = new Admin({ clientId: "tests", bootstrapBrokers: [broker.inner] });
    const configs = [{ name: "compression.type", value: codec }];
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1, configs });
    await admin.close();
    await produce(broker.inner, topic, ticks(topic, symbol, 40));
    const feed = startFeed(["--topic", topic, "--on-poison", "skip"]);
    await untilAccepted(gateway, [symbol], 40);
    expect(await stop(feed)).toMatchObject({ status: 0 });
  });

  it("says which records were deleted before it read them, and goes on behind them", async () => {
    const topic = "retention";
    await createTopics(broker.inner, [topic], 1);
    const all = ticks(topic, "KEPT", 100);
    await produce(broker.inner, topic, all.slice(0, 30));
    const args = ["--topic", topic, "--on-poison", "skip"];
    const first = startFeed(args);
    await untilAccepted(gateway, ["KEPT"], 30);
    await stop(first);
    await produce(broker.inner, topic, all.slice(30), 30);
    const admin = new Admin({ clientId: "tests", bootstrapBrokers: [broker.inner] });
    await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 70n }] }] });
    await admin.close();
    const second = startFeed(args);
    await untilAccepted(gateway, ["KEPT"], 60);
    const { stdout, stderr } = await stop(second);
    expect(stderr).toContain("retention: offsets 30 to 69 were deleted before they were read");
    expect(stdout).toContain("40 offsets were deleted by the topic's retention before they were read");
    expect(await countedTicks(gateway, ["KEPT"])).toMatchObject({ accepted: 60, doubled: 0 });
  });

  it("begins at the start of a topic that was made anew under its name", async () => {
    const topic = "anew";
    for (const symbol of ["ANEW-1", "ANEW-2"]) {
      await createTopics(broker.inner, [topic], 1);
      await produce(broker.inner, topic, ticks(topic, symbol, symbol === "ANEW-1" ? 50 : 20));
      const feed = startFeed(["--topic", topic, "--on-poison", "skip"]);
      await untilAccepted(gateway, [symbol], symbol === "ANEW-1" ? 50 : 20);
      await stop(feed);
      const admin = new Admin({ clientId: "tests", bootstrapBrokers: [broker.inner] });
      await admin.deleteTopics({ topics: [topic] });
      await admin.close();
    }
    expect(await countedTicks(gateway, ["ANEW-1", "ANEW-2"])).toMatchObject({ accepted: 70, doubled: 0 });
  });

  it("takes the key as symbol, and lets no two members feed one group's partition", async () => {
    const topic = "keys";
    await createTopics(broker.inner, [topic], 1);
    const bare = ticks(topic, "KEYED", 30).map(({ key, value, ...message }) => {
      const { ts, price } = JSON.parse(String(value)) as { ts: number; price: number };
      return { ...message, key: key!, value: Buffer.from(JSON.stringify({ ts, price })) };
    });
    await produce(broker.inner, topic, bare);
    const feeds = [1, 2].map(() => startFeed(["--topic", topic, "--on-poison", "skip", "--symbol-from", "key"]));
    await untilAccepted(gateway, ["KEYED"], 30);
    for (const feed of feeds) await feed.printed("generation ");
    for (const feed of feeds) expect(await stop(feed)).toMatchObject({ status: 0 });
    expect(await countedTicks(gateway, ["KEYED"])).toMatchObject({ accepted: 30, doubled: 0 });
  });

  it("writes each prediction once, under its symbol", async () => {
    const topic = "warm";
    await createTopics(broker.inner, [topic, "predictions"], 1);
    await produce(broker.inner, topic, ticks(topic, "WARM", 1_600, 1_000));
    const feed = startFeed(["--topic", topic, "--on-poison", "skip", "--predictions", "predictions", "--batch", "50"]);
    await untilAccepted(gateway, ["WARM"], 1_600);
    const { stdout } = await stop(feed);
    const records = await recordsOf(broker.inner, "predictions");
    const predictions = records.map(({ value }) => JSON.parse(value) as Record<string, unknown>);
    expect(records.length).toBeGreaterThan(0);
    expect(stdout).toContain(`${records.length} predictions published to predictions`);
    expect(new Set(predictions.map((one) => one["prediction_id"])).size).toBe(records.length);
    expect(new Set(records.map(({ key }) => key))).toEqual(new Set(["WARM"]));
    expect(predictions.at(-1)).toMatchObject({ symbol: "WARM", probability: expect.any(Number) });
    // That of the last closed step, though batches close steps faster than the gateway's answers grow old.
    const last = (await (await fetch(`${gateway.url}/predict?symbol=WARM`)).json()) as Record<string, unknown>;
    expect(predictions.at(-1)!["prediction_id"]).toBe(last["prediction_id"]);
  });
});

/** Ticks of one symbol in the past, `stepMs` apart. */
function ticks(topic: string, symbol: string, count: number, stepMs = 100): MessageToProduce[] {
  const fromMs = Date.now() - count * stepMs - 60_000;
  return Array.from({ length: count }, (_, i) => {
    const tick = { symbol, ts: fromMs + i * stepMs, price: 100 + Math.sin(i / 7) + Math.sin(i / 500), id: i };
    return { topic, key: Buffer.from(symbol), value: Buffer.from(JSON.stringify(tick)) };
  });
}

function startFeed(args: readonly string[], env: NodeJS.ProcessEnv = {}, address = broker.inner): ChildProgram {
  const group = args[args.indexOf("--topic") + 1]!;
  const common = ["--brokers", address, "--group", group, "--session", "6s", "--gateway", gateway.url];
  return new ChildProgram(process.execPath, ["volgate.js", "feed", "kafka", ...common, ...args], { env });
}

async function stop(feed: ChildProgram) {
  feed.send("SIGINT");
  return await feed.ended;
}

/** A token as the broker's unsecured login takes it. */
function unsignedToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const nowS = Math.floor(Date.now() / 1000);
  return `${part({ alg: "none" })}.${part({ sub: "ada", iat: nowS, exp: nowS + 3600 })}.`;
}

/**
 * A transaction under a name of its own: a second producer of the same name begins its numbers anew, and the broker
 * takes its records for known ones. The first one waits for the broker to make its topic of transactions.
 */
async function transaction(messages: readonly MessageToProduce[], end: "commit" | "abort"): Promise<void> {
  const producer = await vi.waitFor(beginningProducer, { timeout: 60_000, interval: 500 });
  try {
    const { transaction: begun } = producer;
    await begun!.send({ messages: [...messages] });
    await (end === "commit" ? begun!.commit() : begun!.abort());
  } finally {
    await producer.close();
  }
}

async function beginningProducer(): Promise<Producer> {
  const options = { clientId: "tests", bootstrapBrokers: [broker.inner], idempotent: true };
  const producer = new Producer({ ...options, transactionalId: randomUUID() });
  try {
    await producer.beginTransaction();
    return producer;
  } catch (error) {
    await producer.close();
    throw error;
  }
}
