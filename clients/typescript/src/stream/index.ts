// The entry `@volgate/client/stream`: the readers alone, for pages that send no ticks.
export { type ClientOptions, type Connection, connectionOf } from "../connection.ts";
export type { SocketConstructor, SocketLike } from "../socket-like.ts";
export { VolgateError } from "../volgate-error.ts";
export { type OverviewOptions, overviewStream, type OverviewUpdate } from "./overview-stream.ts";
export type { StreamState, Transport } from "./reconnecting.ts";
export type { AlertEvent, GapEvent, LabelEvent, MissingEvent, PredictionEvent, StreamEvent } from "./stream-event.ts";
export { streamEvents, type StreamOptions } from "./stream-events.ts";
