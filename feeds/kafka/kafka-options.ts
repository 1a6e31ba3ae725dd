// The command line of `npm run volgate -- feed kafka`.
import type { Command } from "../../command-line/command.ts";
import { flag, inGroup, option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import {
  duration,
  listOf,
  oneOf,
  text,
  type ValueType,
  valueType,
  webAddress,
  wholeNumber,
  words,
} from "../../command-line/value-types.ts";
import { FORMATS } from "../../src/http/ingest-schema.ts";
import { venueKey } from "../../src/features/symbol-name.ts";
import type { BatchLimits, ReadingRules } from "./batch.ts";
import type { KafkaConnection } from "./kafka-connection.ts";
import { SECURITY_OPTIONS, securityOf } from "./kafka-security.ts";

const BROKER = valueType("HOST:PORT", "HOST:PORT, e.g. broker-1:9092", (value) => {
  const port = /^(?:\[[\da-fA-F:]+\]|[^\s:/[\],]+):(\d{1,5})$/.exec(value)?.[1];
  return port === undefined || Number(port) < 1 || Number(port) > 65_535 ? undefined : value;
});

const TOPIC: ValueType<string> = valueType("TOPIC", "1 to 249 letters, digits, `.`, `_` or `-`", (value) =>
  /^[\w.-]{1,249}$/.test(value) && value !== "." && value !== ".." ? value : undefined,
);

const VENUE = valueType("VENUE", "the name of a venue", (value) => (venueKey(value) === undefined ? undefined : value));

export const KAFKA = {
  name: "feed kafka",
  call: "npm run volgate -- feed kafka",
  about: `
Feeds a gateway from a Kafka topic. Each record holds a tick, a message of a venue, a JSON list of them, or one a line.
An offset is committed after the gateway has stored its tick, and a batch that is sent again after a crash of Kafka, of
the gateway or of this program keeps its number: each tick is applied once.

All programs with one --group share the topic's partitions. Ticks of one symbol belong into one partition, in the order
of their times: write them with the symbol as the key.`,
  options: {
    brokers: option(listOf(BROKER), "brokers to begin with", {
      env: "VOLGATE_KAFKA_BROKERS",
      default: "127.0.0.1:9092",
    }),
    topic: option(TOPIC, "the topic with the ticks", { required: true }),
    group: option(words("NAME", 200), "name of the consumer group", { default: "volgate" }),
    from: option(oneOf(["earliest", "latest"], "WHERE"), "where a group without offsets begins: earliest or latest", {
      default: "earliest",
    }),
    format: option(oneOf(FORMATS, "FORMAT"), `what all messages are: ${FORMATS.join(", ")}`, {
      default: "auto",
    }),
    venue: option(VENUE, "venue of ticks that name none"),
    "symbol-from": option(
      oneOf(["value", "key"], "WHERE"),
      "key: a tick without a symbol has the record's key as one",
      {
        default: "value",
      },
    ),
    gateway: option(webAddress(), "the gateway", { env: "VOLGATE_URL", default: "http://127.0.0.1:8787" }),
    token: option(text("T"), "bearer token of a gateway that asks for one", { env: "VOLGATE_TOKEN" }),
    "read-token": option(text("T"), "bearer token to read predictions", {
      env: "VOLGATE_READ_TOKEN",
      otherwise: "--token",
    }),
    ...inGroup("Messages that are refused, and predictions", {
      "dead-letter": option(TOPIC, "topic for messages that are no ticks, with the reason as headers", {
        excludes: ["on-poison"],
      }),
      "on-poison": option(oneOf(["skip"], "skip"), "skip: such messages are counted and not kept"),
      predictions: option(TOPIC, "topic for the predictions of symbols that close a step"),
    }),
    ...inGroup("Batches", {
      batch: option(wholeNumber(1, 5_000), "records in a request at most", { default: "1000" }),
      linger: option(duration(1, 10_000), "how long to wait for more records", { default: "100ms" }),
      session: option(duration(6_000, 1_800_000), "after this long without a sign the group goes on without a member", {
        default: "30s",
      }),
      quiet: flag("only the result and what goes wrong"),
    }),
    ...SECURITY_OPTIONS,
  },
  notes: `
While the gateway is away, nothing is committed; it is asked again every 5 seconds at most.
Ctrl-C finishes the batches in flight, commits them and leaves the group; a second one stops at once, and loses nothing.
docs/kafka.md has the guarantees and their limits.
Exit code: 0 stopped, 1 failed or stopped with a batch in flight, 2 a mistake in the command.`,
} satisfies Command;

export interface KafkaFeedOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly groupId: string;
  readonly from: "earliest" | "latest";
  readonly rules: ReadingRules;
  readonly limits: BatchLimits;
  readonly lingerMs: number;
  readonly sessionMs: number;
  readonly gateway: string;
  readonly token: string | undefined;
  readonly readToken: string | undefined;
  /** `undefined`: refused messages are counted and dropped. */
  readonly deadLetterTopic: string | undefined;
  readonly predictionTopic: string | undefined;
  readonly isQuiet: boolean;
}

/** Bytes of the values of a request; the gateway takes 8 MiB with its own limits of values. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Throws `UserError`. */
export function parseKafkaOptions(args: readonly string[], env: NodeJS.ProcessEnv): KafkaFeedOptions {
  const { values } = parseCommandLine(KAFKA, args, env);
  const { brokers, topic, group, from, format, venue, gateway, token, predictions, quiet } = values;
  const deadLetterTopic = values["dead-letter"];
  if (deadLetterTopic === undefined && values["on-poison"] === undefined) {
    throw new UserError(
      "what becomes of messages that are no ticks? Give --dead-letter TOPIC, which keeps them, or --on-poison skip",
    );
  }
  for (const [name, other] of [["--dead-letter", deadLetterTopic] as const, ["--predictions", predictions] as const]) {
    if (other === topic) throw new UserError(`${name}: got ${other}, which is --topic, expected another one`);
  }
  if (predictions !== undefined && predictions === deadLetterTopic) {
    throw new UserError(`--predictions: got ${predictions}, which is --dead-letter, expected another one`);
  }
  const symbolFromKey = values["symbol-from"] === "key";
  if (symbolFromKey && format !== "auto" && format !== "tick") {
    throw new UserError(`--symbol-from key: goes with --format tick, got ${format}, whose messages name their symbol`);
  }
  return {
    connection: { clientId: "volgate-feed", bootstrapBrokers: [...brokers], ...securityOf(values, env) },
    ...{ topic, groupId: group, from, gateway, token, readToken: values["read-token"] ?? token },
    rules: { query: queryOf(symbolFromKey ? "tick" : format, venue), symbolFromKey },
    limits: { records: values.batch, bytes: MAX_BODY_BYTES },
    lingerMs: values.linger,
    sessionMs: values.session,
    deadLetterTopic,
    predictionTopic: predictions,
    isQuiet: quiet,
  };
}

function queryOf(format: string, venue: string | undefined): string {
  const query = new URLSearchParams({ ...(format !== "auto" && { format }), ...(venue !== undefined && { venue }) });
  return query.size === 0 ? "" : `?${query}`;
}
