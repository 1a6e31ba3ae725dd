// Short texts with a meaning: names, times, keys, cursors, headers, durations.
import { parseArchiveKey } from "../../src/features/archive-key.ts";
import { parseDecimal } from "../../src/features/decimal.ts";
import { gridName, parseGridName, parseHorizon } from "../../src/features/grid-name.ts";
import { symbolKey, SYMBOL_FORM } from "../../src/features/symbol-name.ts";
import { parseTsMs } from "../../src/features/tick-time.ts";
import { parseChecked } from "../../src/durable/stream/reader-message.ts";
import { negotiateFormat } from "../../src/scrape/negotiate-format.ts";
import { parseTraceParent } from "../../src/http/trace-parent.ts";
import { capturedLine } from "../../src/markets/captured-line.ts";
import { parseTimeZone } from "../../src/markets/time-zone.ts";
import { parseRetryAfter } from "../../src/schemas/retry-after.ts";
import { parseCursor } from "../../src/stream/stream-cursor.ts";
import { parseGoal } from "../../src/threshold/operating-goal.ts";
import { parseR2Request } from "../../self-host/r2-request.ts";
import { decodeSegment } from "../../recordings/bucket/object-path.ts";
import { parseDurationMs } from "../../command-line/value-types.ts";
import { parseIsoTime } from "../../trainer/run/iso-time.ts";
import { decodeNote, encodeNote } from "../../feeds/kafka/commit-note.ts";
import { demand, type FuzzTarget } from "../fuzz-target.ts";
import { mutatedText } from "../mutate/texts.ts";
import { NOW_MS } from "../plausible-tick.ts";

/** A reader of a text: whether it took it. Throws for what it took and must not. */
function texts(name: string, samples: readonly string[], read: (text: string) => boolean): FuzzTarget {
  return {
    ...{ name: `texts/${name}`, weight: 0.3 },
    make: (random) => mutatedText(samples, random),
    run: (input) => (read(String(input)) ? "accepted" : "refused"),
  };
}

const ARCHIVE = "ticks/symbol=BTC%2FUSD%40kraken/date=2025-12-01/0000-0000000001.parquet";

const note = { topicId: "a5b1", producer: "kafka-a5b1-0", seq: 7, intent: undefined };
const COMMIT_NOTES = [encodeNote(note), encodeNote({ ...note, intent: { end: 900, hash: "1f" } })];

export const TEXT_TARGETS: readonly FuzzTarget[] = [
  texts("symbol", ["BTC-USD", "btc/usd@Kraken", "^GSPC", "X:BTC-USD", "BTC/USDT:USDT"], (text) => {
    const key = symbolKey(text);
    demand(key === undefined || (SYMBOL_FORM.test(key) && symbolKey(key) === key), () => `the key ${String(key)}`);
    return key !== undefined;
  }),
  texts("time", ["2025-12-01T00:00:01.5+00", "1764547201500", "2025-12-01 00:00", "1764547201.5"], (text) => {
    const tsMs = parseTsMs(text);
    demand(Number.isNaN(tsMs) || Number.isInteger(tsMs), () => `the time ${tsMs}`);
    return !Number.isNaN(tsMs);
  }),
  texts("decimal", ["89412.25", "-0.5", "1e5", ".5", "1,5"], (text) => !Number.isNaN(parseDecimal(text))),
  texts("archive-key", [ARCHIVE, ARCHIVE.replace("/date=", "/"), `local://${ARCHIVE}`], (text) => {
    const key = parseArchiveKey(text);
    if (key !== undefined) demand(Number.isFinite(key.fromMs) && key.number >= 0, () => JSON.stringify(key));
    return key !== undefined;
  }),
  texts("grid", ["1s", "60s", "500ms", "60s-mid", "1s-h300s", "1000ms"], (text) => {
    const grid = parseGridName(text);
    const name = grid === undefined ? undefined : gridName(grid);
    const again = name === undefined ? undefined : parseGridName(name);
    demand(JSON.stringify(again) === JSON.stringify(grid), () => `${text} is ${String(name)}, which is another grid`);
    const horizon = parseHorizon(text);
    demand(horizon === undefined || horizon > 0, () => `the horizon ${String(horizon)}`);
    return grid !== undefined || horizon !== undefined;
  }),
  texts("cursor", ["BTC-USD~a", "BTC-USD~1z,ETH/USD@kraken~4", "alerts~3", "BTC-USD~2gosa7pa2gv"], (text) => {
    const cursor = parseCursor(text);
    for (const at of cursor?.values() ?? []) demand(Number.isSafeInteger(at), () => `the place ${at}`);
    return cursor !== undefined;
  }),
  texts("reader-message", ['{"type":"checked","n":5}', '{"n":7,"type":"checked"}'], (text) => {
    const found = parseChecked(text);
    demand(found === undefined || Number.isSafeInteger(found), () => `the number ${String(found)}`);
    return found !== undefined;
  }),
  texts("traceparent", ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"], (text) => {
    const trace = parseTraceParent(text);
    demand(trace === undefined || /^[0-9a-f]{32}$/.test(trace.traceId), () => JSON.stringify(trace));
    return trace !== undefined;
  }),
  texts("retry-after", ["5", "Mon, 01 Dec 2025 00:00:00 GMT", "0"], (text) => {
    const ms = parseRetryAfter(text, NOW_MS);
    demand(ms === null || (ms >= 0 && Number.isFinite(ms)), () => `a pause of ${String(ms)} ms`);
    return ms !== null;
  }),
  texts("accept", ["application/openmetrics-text; version=1.0.0; q=0.9, text/plain;q=0.5", "*/*"], (text) => {
    negotiateFormat(text);
    return true;
  }),
  texts(
    "captured-line",
    ["1764547200.123: {}", '1764547200123456789 {"a":1}', "wss://a.b <- 1764547200.2: {}"],
    (text) => {
      const line = capturedLine(text);
      if (typeof line === "object") demand(Number.isFinite(line.receivedMs), () => JSON.stringify(line));
      return line !== undefined;
    },
  ),
  texts("time-zone", ["UTC", "Europe/Berlin", "+02:00", "-0530", "America/New_York"], (text) => {
    return parseTimeZone(text) !== undefined;
  }),
  texts(
    "goal",
    ["recall at least 0.8", "alert rate at most 0.1", "max F1: precision 0.55, recall 0.59", "max F1"],
    (text) => parseGoal(text) !== undefined,
  ),
  texts("r2-request", ['{"method":"get","object":"models/a/model.onnx"}', '{"method":"list","limit":5}'], (text) => {
    return parseR2Request(text) !== undefined;
  }),
  texts("object-path", ["symbol%3DBTC", "%25", "a.b", "..", "%2E%2E"], (text) => {
    const name = decodeSegment(text);
    demand(name === undefined || typeof name === "string", () => "no name");
    return name !== undefined;
  }),
  texts("duration", ["5m", "15h", "300s", "2d", "500ms"], (text) => {
    const ms = parseDurationMs(text);
    demand(Number.isNaN(ms) || (ms >= 0 && Number.isSafeInteger(ms)), () => `a duration of ${ms} ms`);
    return !Number.isNaN(ms);
  }),
  texts("iso-time", ["2025-12-01T00:00:00Z", "2025-12-01", "2025-12-01T00:00:00.5+02:00"], (text) => {
    const tsMs = parseIsoTime(text);
    demand(tsMs === undefined || Number.isFinite(tsMs), () => `the time ${String(tsMs)}`);
    return tsMs !== undefined;
  }),
  texts("commit-note", COMMIT_NOTES, (text) => {
    return decodeNote(text) !== undefined;
  }),
];
