// Frames of the sockets that bring ticks, bodies of POST /ingest and of a symbol's history: from text to packed rows.
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { SYMBOL_FORM } from "../../src/features/symbol-name.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { frameBatches } from "../../src/frames/frame-batches.ts";
import { isRefusal, readFrame } from "../../src/frames/read-frame.ts";
import { IngestReport } from "../../src/http/ingest-report.ts";
import { parseTickMessages } from "../../src/http/parse-ticks.ts";
import { Problem } from "../../src/http/problem.ts";
import { SymbolBatches } from "../../src/http/symbol-batches.ts";
import { readHistory } from "../../src/http/warm-ticks.ts";
import { FRAMES } from "../corpus/packed-frames.ts";
import { NATIVE_MESSAGES, OWN_MESSAGES } from "../corpus/venue-messages.ts";
import { demand, type FuzzTarget, type Outcome } from "../fuzz-target.ts";
import type { InputRandom } from "../input-random.ts";
import { mutatedBytes } from "../mutate/bytes.ts";
import { mutatedJson } from "../mutate/json.ts";
import { mutatedText } from "../mutate/texts.ts";
import { NOW_MS, requirePlausibleRow } from "../plausible-tick.ts";

const rules = DEFAULT_TICK_RULES;

/** A frame of a socket of one symbol, and of any. */
function readAsSocket(message: string | ArrayBuffer): Outcome {
  const frame = readFrame(message);
  if (isRefusal(frame)) {
    demand(frame.detail.length < 1_000, () => `a refusal of ${frame.detail.length} characters`);
    return "refused";
  }
  let accepted = 0;
  for (const symbol of [null, "BTC-USD@kraken"]) {
    const report = new IngestReport("socket");
    const facts = { symbol, venue: symbol === null ? null : "kraken", producer: "p" };
    const batches = frameBatches(frame, facts, { receivedMs: NOW_MS, rules }, report);
    if ("code" in batches) continue;
    for (const [key, { rows }] of batches) {
      demand(SYMBOL_FORM.test(key) && (symbol === null || key === symbol), () => `a batch of ${JSON.stringify(key)}`);
      for (let at = 0; at < rows.length; at += TICK_FIELDS) requirePlausibleRow(rows, at);
      accepted += rows.length;
    }
  }
  return accepted > 0 ? "accepted" : "refused";
}

const textFrames = [
  ...OWN_MESSAGES.map((message, seq) => ({ seq, ticks: [message, OWN_MESSAGES[0]] })),
  { seq: 3, ticks: Object.values(NATIVE_MESSAGES).map(([message]) => message) },
];

const SOCKET_TEXT: FuzzTarget = {
  ...{ name: "frames/text", weight: 0.7 },
  make: (random) => mutatedJson(textFrames, random),
  run: (input) => readAsSocket(String(input)),
};

const SOCKET_PACKED: FuzzTarget = {
  ...{ name: "frames/socket", weight: 2 },
  make: (random) => mutatedBytes(FRAMES, random),
  run: (input) => readAsSocket((input as Uint8Array<ArrayBuffer>).slice().buffer),
};

const BODIES: readonly string[] = [
  JSON.stringify(OWN_MESSAGES),
  JSON.stringify(OWN_MESSAGES[0]),
  OWN_MESSAGES.map((message) => JSON.stringify(message)).join("\n"),
  Object.values(NATIVE_MESSAGES)
    .flat()
    .map((message) => JSON.stringify(message))
    .join("\r\n"),
  `1764547200.123: ${JSON.stringify(NATIVE_MESSAGES.okx[0])}\nwss://a.b <- 1764547200.2: {"op":"subscribe"}`,
  JSON.stringify(NATIVE_MESSAGES.kraken[2]),
  `[${JSON.stringify(OWN_MESSAGES[0])},\n${JSON.stringify(OWN_MESSAGES[1])}]`,
];

function body(random: InputRandom): string {
  return random.chance(0.5) ? mutatedText(BODIES, random) : mutatedJson([OWN_MESSAGES, ...OWN_MESSAGES], random);
}

/** A body with the content type of JSON or NDJSON. */
const INGEST: FuzzTarget = {
  ...{ name: "bodies/ingest", weight: 0.7 },
  make: body,
  run: (input) => {
    let accepted = 0;
    for (const type of ["application/json", "application/x-ndjson"]) {
      const report = new IngestReport();
      const options = { format: "auto", rules, isNumbered: true } as const;
      const batches = unlessProblem(() =>
        new SymbolBatches(options, report).addAll(parseTickMessages(String(input), type), NOW_MS),
      );
      for (const [key, { ticks }] of batches ?? []) {
        demand(SYMBOL_FORM.test(key), () => `a batch of ${JSON.stringify(key)}`);
        const rows = ticks.rows();
        for (let at = 0; at < rows.length; at += TICK_FIELDS) requirePlausibleRow(rows, at);
        accepted += ticks.count;
      }
      const { errors } = report.answer();
      demand(JSON.stringify(errors).length < 200_000, () => "errors of more than 200 kB");
    }
    return accepted > 0 ? "accepted" : "refused";
  },
};

const WARM: FuzzTarget = {
  ...{ name: "bodies/warm", weight: 0.2 },
  make: body,
  run: (input) => {
    const history = unlessProblem(() => readHistory(String(input), "BTC-USD@kraken", rules, NOW_MS));
    const { rows } = history ?? { rows: new Float64Array(0) };
    for (let at = 0; at < rows.length; at += TICK_FIELDS) requirePlausibleRow(rows, at);
    return rows.length > 0 ? "accepted" : "refused";
  },
};

/** What is read, or `undefined` for a refusal that names its code. */
function unlessProblem<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

export const BODY_TARGETS: readonly FuzzTarget[] = [SOCKET_TEXT, SOCKET_PACKED, INGEST, WARM];
