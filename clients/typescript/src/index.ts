// The entry `@volgate/client`.
export type * from "./api-types.ts";
export type { ClientOptions } from "./connection.ts";
export type { RequestOptions } from "./request.ts";
export type { SocketConstructor, SocketLike } from "./socket-like.ts";
export type { OverviewOptions, OverviewUpdate } from "./stream/overview-stream.ts";
export type { StreamState, Transport } from "./stream/reconnecting.ts";
export type {
  AlertEvent,
  GapEvent,
  LabelEvent,
  MissingEvent,
  PredictionEvent,
  StreamEvent,
} from "./stream/stream-event.ts";
export type { StreamOptions } from "./stream/stream-events.ts";
export type { SendReport } from "./ticks/send-report.ts";
export type { TickSender } from "./ticks/tick-sender.ts";
export type {
  RejectedTick,
  SentTick,
  TickAck,
  TickCounts,
  TickRefusal,
  TickSenderOptions,
} from "./ticks/tick-sender-options.ts";
export { type AnswerOf, type ManyAnswer, type RequestOf, type RowsAnswer, VolgateClient } from "./volgate-client.ts";
export { VolgateError } from "./volgate-error.ts";
