// The message that answers a frame.
import type { IngestReport } from "../http/ingest-report.ts";
import { SYMBOL_FAILURE_CODES, SYMBOL_FAILURES } from "../http/symbol-failures.ts";
import type { FrameAck, FrameRefused, SocketHello } from "../http/tick-socket-schema.ts";
import { FRAME_CODES, type FrameRefusal } from "./frame-codes.ts";
import type { Early } from "./frame-gate.ts";

/** The socket's first message. */
export function helloMessage(limits: { readonly frames: number; readonly bytes: number }): SocketHello {
  const { frames: max_frames_in_flight, bytes: max_bytes_in_flight } = limits;
  return { type: "hello", protocol: "volgate.v1", max_frames_in_flight, max_bytes_in_flight };
}

/** What became of the ticks of a frame; `undefined` where a symbol took none of its: see `failedMessage`. */
export function ackMessage(seq: number, report: IngestReport): FrameAck | undefined {
  if (report.failed.size > 0) return undefined;
  const { symbols, errors, errors_omitted, skipped, ignored, ...counts } = report.answer();
  const warnings = Object.values(symbols).flatMap((symbol) => symbol.warnings ?? []);
  return {
    type: "ack",
    seq,
    ...counts,
    ...(errors.length > 0 ? { errors } : {}),
    ...(errors_omitted > 0 ? { errors_omitted } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(skipped === undefined ? {} : { skipped }),
    ...(ignored === undefined ? {} : { ignored }),
  };
}

/**
 * The refusal of a frame of which a symbol or more took nothing. Where one of them can take it later, the whole frame
 * comes again: the others know it by its producer's number.
 * @param areNamed whether the symbols that failed are named: where there may be several.
 */
export function failedMessage(seq: number, report: IngestReport, areNamed: boolean): FrameRefused {
  const codes = new Set(report.failed.values());
  const gravest = SYMBOL_FAILURE_CODES.find((code) => codes.has(code))!;
  const times = [...codes].flatMap((code) => SYMBOL_FAILURES[code].retryAfterS ?? []);
  const refused = refusalOf({ seq, code: gravest, detail: `not taken: ${SYMBOL_FAILURES[gravest].meaning}` });
  const symbols = Object.entries(report.answer().symbols).flatMap(([name, { failed }]) => {
    return failed === undefined ? [] : [{ symbol: name, ...failed }];
  });
  const retry_after_s = times.length === 0 ? null : Math.max(...times);
  return { ...refused, retry_after_s, ...(areNamed ? { symbols } : {}) };
}

/** The refusal of a frame before any of it was looked at. */
export function refusalOf({ seq, code, detail }: FrameRefusal): FrameRefused {
  return { type: "refused", seq, code, detail, retry_after_s: FRAME_CODES[code].retryAfterS };
}

/** The refusal of a frame that came before another one. */
export function earlyMessage(seq: number, { from, retryAfterS }: Early): FrameRefused {
  const detail = `frame: got ${seq}, expected ${from} first`;
  return { type: "refused", seq, code: "resend_from", detail, from, retry_after_s: retryAfterS };
}
