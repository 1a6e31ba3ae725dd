// Why a frame is refused. A code that HTTP has too means the same there.
import { SYMBOL_FAILURES } from "../http/symbol-failures.ts";

/** What a code means, and after how many seconds the same frame may come again; `null` when that cannot help. */
export const FRAME_CODES = {
  ...SYMBOL_FAILURES,
  resend_from: { meaning: "an earlier frame must come first", retryAfterS: 0 },
  frame_malformed: { meaning: "it is no frame", retryAfterS: null },
  not_json: { meaning: "it is a text that is not JSON", retryAfterS: null },
  frame_too_large: { meaning: "it is larger than a frame may be", retryAfterS: null },
  too_many_ticks: { meaning: "it has more than 5,000 ticks", retryAfterS: null },
} as const;

type FrameCode = keyof typeof FRAME_CODES;

/** A frame of which nothing is taken, before any of it is looked at. */
export interface FrameRefusal {
  /** Of the frame; `null` where it could not be read. */
  readonly seq: number | null;
  readonly code: FrameCode;
  readonly detail: string;
}
