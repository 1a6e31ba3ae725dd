// One message of a socket as a frame of ticks: JSON text, or the packed form of src/markets/tick-frame.ts.
import * as v from "valibot";
import { INGEST_BODY } from "../http/body-limits.ts";
import { foreignWord, hasMoreValues } from "../http/json-text.ts";
import { MAX_TICKS } from "../http/parse-ticks.ts";
import { decodeTickFrame, isFrameFault, type TickFrame } from "../markets/tick-frame.ts";
import { check, faultText } from "../schemas/check.ts";
import { shown } from "../schemas/shown.ts";
import type { FrameRefusal } from "./frame-codes.ts";

/** A frame of messages, each as `POST /ingest` takes it. */
export interface TextFrame {
  readonly seq: number;
  readonly ticks: readonly unknown[];
}

export type ReadFrame = TextFrame | TickFrame | FrameRefusal;

const SEQ = "a whole number from 0 to 2^53 − 1";
const seqSchema = v.pipe(v.number(SEQ), v.safeInteger(SEQ), v.minValue(0, SEQ));
const frameSchema = v.strictObject({
  seq: seqSchema,
  ticks: v.array(v.unknown(), "a list of ticks"),
});

/** The frame in a message, or why it is refused. Throws nothing, whatever came. */
export function readFrame(message: string | ArrayBuffer): ReadFrame {
  return typeof message === "string" ? readText(message) : readPacked(message);
}

/** Whether a frame was not read. */
export function isRefusal(frame: ReadFrame): frame is FrameRefusal {
  return "code" in frame;
}

function readPacked(message: ArrayBuffer): TickFrame | FrameRefusal {
  const { maxBytes } = INGEST_BODY;
  if (message.byteLength > maxBytes) return tooLarge(`${maxBytes} bytes`);
  const frame = decodeTickFrame(new Uint8Array(message));
  if (isFrameFault(frame)) return { seq: frame.seq, code: "frame_malformed", detail: faultText(frame) };
  const ticks = frame.sections.reduce((sum, { count }) => sum + count, 0);
  return ticks > MAX_TICKS ? tooManyTicks(frame.seq) : frame;
}

function readText(message: string): TextFrame | FrameRefusal {
  const { maxBytes, maxValues } = INGEST_BODY;
  if (message.length > maxBytes) return tooLarge(`${maxBytes} characters`);
  if (hasMoreValues(message, maxValues)) return tooLarge(`${maxValues} JSON values`);
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    const got = foreignWord(message) ?? shown(message.slice(0, 40));
    return { seq: null, code: "not_json", detail: `frame: got ${got}, expected a JSON object` };
  }
  const checked = check(frameSchema, value, "frame");
  if (!checked.ok) return { seq: seqOf(value), code: "frame_malformed", detail: faultText(checked.fault) };
  return checked.value.ticks.length > MAX_TICKS ? tooManyTicks(checked.value.seq) : checked.value;
}

/** The number of a frame that is wrong in something else. */
function seqOf(value: unknown): number | null {
  const found = v.safeParse(v.object({ seq: seqSchema }), value);
  return found.success ? found.output.seq : null;
}

/** The refusal of a frame with more than 5,000 ticks. */
export function tooManyTicks(seq: number): FrameRefusal {
  return { seq, code: "too_many_ticks", detail: `frame: got more than ${MAX_TICKS} ticks, expected at most that` };
}

function tooLarge(limit: string): FrameRefusal {
  return { seq: null, code: "frame_too_large", detail: `frame: got more than ${limit}, expected at most that` };
}
