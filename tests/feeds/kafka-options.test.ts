// The command line of the Kafka feed, and the records of a log that consumers may see.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordsBatch } from "@platformatic/kafka";
import { afterAll, describe, expect, it } from "vitest";
import { committedRecords, offsetAfter } from "../../feeds/kafka/committed-records.ts";
import { parseKafkaOptions } from "../../feeds/kafka/kafka-options.ts";

const LEAST = ["--topic", "ticks.raw", "--on-poison", "skip"];
const dir = mkdtempSync(join(tmpdir(), "volgate-kafka-options-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const parse = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => parseKafkaOptions([...LEAST, ...args], env);

describe("the command line of the Kafka feed", () => {
  it("has defaults for all but the topic and the fate of poison", () => {
    expect(parse([])).toMatchObject({
      connection: { clientId: "volgate-feed", bootstrapBrokers: ["127.0.0.1:9092"] },
      topic: "ticks.raw",
      groupId: "volgate",
      from: "earliest",
      rules: { query: "", symbolFromKey: false },
      limits: { records: 1000 },
      lingerMs: 100,
      gateway: "http://127.0.0.1:8787",
      deadLetterTopic: undefined,
    });
    expect(parse([]).connection).not.toHaveProperty("sasl");
    expect(parse([]).connection).not.toHaveProperty("tls");
  });

  it("makes the request's query of format and venue", () => {
    expect(parse(["--format", "kraken", "--venue", "kraken"]).rules.query).toBe("?format=kraken&venue=kraken");
    expect(parse(["--symbol-from", "key"]).rules).toEqual({ query: "?format=tick", symbolFromKey: true });
  });

  it.each([
    [["--topic", "t"], /what becomes of messages that are no ticks\?/],
    [[...LEAST, "--dead-letter", "dead"], /exclude each other/],
    [["--topic", "t", "--dead-letter", "t"], /--dead-letter: got t, which is --topic/],
    [["--topic", "t", "--dead-letter", "d", "--predictions", "d"], /--predictions: got d, which is --dead-letter/],
    [[...LEAST, "--brokers", "broker"], /--brokers: got broker, expected HOST:PORT/],
    [[...LEAST, "--brokers", "a:1,b:99999"], /--brokers: got b:99999/],
    [[...LEAST, "--topic", "a b"], /--topic: got a b, expected 1 to 249/],
    [[...LEAST, "--symbol-from", "key", "--format", "okx"], /--symbol-from key: goes with --format tick, got okx/],
    [[...LEAST, "--batch", "6000"], /--batch: got 6000, expected a whole number from 1 to 5000/],
    [[...LEAST, "--session", "1s"], /--session: got 1s/],
    [["--on-poison", "skip"], /--topic TOPIC is missing/],
    [[...LEAST, "--sasl", "plain"], /needs --username NAME/],
    [[...LEAST, "--sasl", "plain", "--username", "ada"], /needs the variable VOLGATE_KAFKA_PASSWORD/],
    [[...LEAST, "--sasl", "oauthbearer"], /needs the variable VOLGATE_KAFKA_TOKEN/],
    [[...LEAST, "--tls-ca", "/nonexistent.pem"], /--tls-ca: \/nonexistent.pem cannot be read/],
    [[...LEAST, "--tls-cert", "/c.pem"], /--tls-cert needs --tls-key/],
  ])("refuses %j and says why", (args, message) => {
    expect(() => parseKafkaOptions(args, {})).toThrow(message);
  });

  it("takes secrets from the environment", () => {
    const env = { VOLGATE_KAFKA_PASSWORD: "secret", VOLGATE_KAFKA_TOKEN: "jwt", VOLGATE_KAFKA_USERNAME: "ada" };
    expect(parse(["--sasl", "scram-sha-512"], env).connection.sasl).toEqual({
      mechanism: "SCRAM-SHA-512",
      username: "ada",
      password: "secret",
    });
    expect(parse(["--sasl", "oauthbearer"], env).connection.sasl).toEqual({ mechanism: "OAUTHBEARER", token: "jwt" });
  });

  it("reads certificates from files, and encrypts when one is given", () => {
    const path = join(dir, "ca.pem");
    writeFileSync(path, "PEM");
    expect(parse(["--tls"]).connection.tls).toEqual({});
    expect(parse(["--tls-ca", path]).connection.tls).toEqual({ ca: Buffer.from("PEM") });
    const pair = ["--tls-cert", path, "--tls-key", path];
    expect(parse(pair, { VOLGATE_KAFKA_KEY_PASSPHRASE: "open" }).connection.tls).toEqual({
      cert: Buffer.from("PEM"),
      key: Buffer.from("PEM"),
      passphrase: "open",
    });
  });
});

/** A batch of a log: values by offset; `control` ends a transaction. */
function logBatch(
  firstOffset: number,
  values: readonly string[],
  { producer = -1, control }: { readonly producer?: number; readonly control?: "abort" | "commit" } = {},
): RecordsBatch {
  const endKey = Buffer.from([0, 0, 0, control === "commit" ? 1 : 0]);
  const records = (control === undefined ? values : ["end"]).map((value, i) => ({
    ...{ length: 0, attributes: 0, timestampDelta: BigInt(i), offsetDelta: i, headers: [] },
    ...{ key: control === undefined ? null : endKey, value: Buffer.from(value) },
  }));
  return {
    ...{ length: 0, partitionLeaderEpoch: 0, magic: 2, crc: 0, producerEpoch: 0, firstSequence: 0 },
    attributes: (producer < 0 ? 0 : 0x10) | (control === undefined ? 0 : 0x20),
    ...{ firstOffset: BigInt(firstOffset), lastOffsetDelta: records.length - 1, producerId: BigInt(producer) },
    ...{ firstTimestamp: 1000n, maxTimestamp: 1000n, records },
  };
}

describe("the records of a fetched log", () => {
  const seen = (...args: Parameters<typeof committedRecords>) =>
    committedRecords(...args).map(({ value }) => String(value));

  it("begin at the offset that was asked for, though its batch begins before, and have their times", () => {
    const batches = [logBatch(10, ["a", "b", "c"])];
    expect(seen(batches, [], 11)).toEqual(["b", "c"]);
    expect(committedRecords(batches, [], 12)[0]).toMatchObject({ offset: 12, timestampMs: 1002 });
    expect(offsetAfter(batches, 11)).toBe(13);
    expect(offsetAfter([], 11)).toBe(11);
  });

  it("leave out each aborted transaction of a producer, and keep its committed ones", () => {
    const batches = [
      logBatch(0, ["aborted 1"], { producer: 7 }),
      logBatch(1, [], { producer: 7, control: "abort" }),
      logBatch(2, ["committed"], { producer: 7 }),
      logBatch(3, [], { producer: 7, control: "commit" }),
      logBatch(4, ["aborted 2"], { producer: 7 }),
      logBatch(5, ["plain"]),
      logBatch(6, [], { producer: 7, control: "abort" }),
    ];
    const aborted = [
      { producerId: 7n, firstOffset: 4n },
      { producerId: 7n, firstOffset: 0n },
    ];
    expect(seen(batches, aborted, 0)).toEqual(["committed", "plain"]);
  });

  it("leave out a transaction whose end is not in the same part", () => {
    expect(seen([logBatch(4, ["x"], { producer: 7 })], [{ producerId: 7n, firstOffset: 4n }], 0)).toEqual([]);
  });
});
