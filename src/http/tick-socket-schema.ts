// WS /ticks and WS /symbols/:symbol/ticks: ticks in frames, each answered when it is durable. The schemas here are of
// the upgrade and of what the gateway sends; src/frames reads what it is sent.
import * as v from "valibot";
import { contract, type Immutable } from "./contract.ts";
import { count, symbolInput, venueInput } from "./field-schema.ts";
import { countEntries, ingestWarningSchema, symbolFailureSchema, tickErrorSchema } from "./ingest-schema.ts";
import { SYMBOL_FAILURE_CODES } from "./symbol-failures.ts";

/** Frames without an answer, and their bytes: more close the socket. */
export const IN_FLIGHT = { frames: 64, bytes: 8 * 1024 * 1024 } as const;

const seq = v.pipe(count, v.description("The number of the frame"));

const socketHelloSchema = v.object({
  type: v.literal("hello"),
  protocol: v.literal("volgate.v1"),
  max_frames_in_flight: v.pipe(count, v.description("Frames without an answer; one more closes the socket with 4029")),
  max_bytes_in_flight: v.pipe(count, v.description("And bytes of them")),
});
export type SocketHello = Immutable<v.InferInput<typeof socketHelloSchema>>;

const frameAckSchema = v.object({
  type: v.literal("ack"),
  seq,
  ...countEntries,
  errors: v.optional(
    v.pipe(v.array(tickErrorSchema), v.description("The first 100 refused ticks; absent without any")),
  ),
  errors_omitted: v.optional(v.pipe(count, v.description("Refused ticks beyond those; absent without any"))),
  warnings: v.optional(v.pipe(v.array(ingestWarningSchema), v.description("As of `POST /ingest`; absent without any"))),
  skipped: v.optional(v.pipe(count, v.description("Native messages without a tick; absent without any"))),
  ignored: v.optional(v.pipe(v.array(v.string()), v.description("Names of fields that were not read"))),
});
export type FrameAck = Immutable<v.InferInput<typeof frameAckSchema>>;

export const FRAME_CODE_NAMES = [
  ...SYMBOL_FAILURE_CODES,
  ...(["resend_from", "frame_malformed", "not_json", "frame_too_large", "too_many_ticks"] as const),
] as const;

const frameRefusedSchema = v.object({
  type: v.literal("refused"),
  seq: v.pipe(v.nullable(count), v.description("The number of the frame; null where it could not be read")),
  code: v.picklist(FRAME_CODE_NAMES),
  detail: v.string(),
  retry_after_s: v.pipe(
    v.nullable(v.number()),
    v.description("When the same frame can come again; null when that cannot help: the frame is done with"),
  ),
  from: v.optional(v.pipe(count, v.description("With `resend_from`: the frame that must come first"))),
  symbols: v.optional(
    v.pipe(
      v.array(v.object({ symbol: v.string(), ...symbolFailureSchema.entries })),
      v.description("On `/ticks`: the symbols that took none of theirs; the others took theirs"),
    ),
  ),
});
export type FrameRefused = Immutable<v.InferInput<typeof frameRefusedSchema>>;

const messageSchema = v.union([socketHelloSchema, frameAckSchema, frameRefusedSchema]);
const EXAMPLE_ACK = {
  type: "ack",
  seq: 7,
  accepted: 199,
  duplicate: 0,
  late: 1,
  held: 0,
  released: 0,
  rejected: 0,
} as const;

const PRODUCER = "1 to 64 printable characters";
const socketQuery = v.object({
  producer: v.pipe(
    v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/, PRODUCER))),
    v.description("Who sends, new at each start: a frame that is sent again, on another socket too, is applied once"),
  ),
  venue: v.pipe(v.optional(venueInput), v.description("The venue of ticks that name none")),
});

const DESCRIPTION =
  'A frame is one message: `{"seq": 7, "ticks": […]}`, each tick as in `POST /ingest`, or the packed binary form of ' +
  "[sockets.md](sockets.md), which also has the rules of acknowledgement, of sending again and of closing. `seq` rises " +
  "by one from any start. Each frame is answered in order, when it is durable.";

const answer = {
  status: 101,
  description: "The socket. The gateway sends `hello`, then a message for each frame",
  schema: messageSchema,
  example: EXAMPLE_ACK,
} as const;
const errors = ["upgrade_required", "protocol_malformed", "producer_malformed", "venue_malformed"] as const;
const parameterExamples = { producer: "collector-1.17", venue: "kraken" };
const codeOfFault = ({ path }: { readonly path: readonly (string | number)[] }) =>
  path[0] === "venue"
    ? ("venue_malformed" as const)
    : path[0] === "symbol"
      ? undefined
      : ("producer_malformed" as const);

export const tickSocketContract = contract({
  method: "get",
  path: "/ticks",
  tag: "Ticks",
  summary: "Takes ticks of any symbols over a WebSocket",
  description: `${DESCRIPTION} A frame is acknowledged when all its symbols have taken theirs.`,
  token: "INGEST_TOKEN",
  query: socketQuery,
  parameterExamples,
  answer,
  errors,
  codeOfFault,
});

export const symbolTickSocketContract = contract({
  method: "get",
  path: "/symbols/:symbol/ticks",
  tag: "Ticks",
  summary: "Takes ticks of one symbol over a WebSocket, which its object holds itself",
  description: `${DESCRIPTION} A tick may leave out its symbol. The fastest way in.`,
  token: "INGEST_TOKEN",
  params: v.object({ symbol: symbolInput }),
  query: socketQuery,
  parameterExamples: { symbol: "BTC-USD", ...parameterExamples },
  answer,
  errors: [...errors, "symbol_malformed"],
  codeOfFault,
});
