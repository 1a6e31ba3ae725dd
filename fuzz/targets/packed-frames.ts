// The packed frames of the sockets that bring ticks: from bytes to packed rows, and back.
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { packSection } from "../../src/markets/pack-section.ts";
import { decodeTickFrame, encodeTickFrame, isFrameFault, type TickFrame } from "../../src/markets/tick-frame.ts";
import { FRAMES } from "../corpus/packed-frames.ts";
import { demand, FuzzFinding, type FuzzTarget } from "../fuzz-target.ts";
import { mutatedBytes } from "../mutate/bytes.ts";
import { NOW_MS, requirePlausibleRow, requireRefusal } from "../plausible-tick.ts";

const HALF_CHARACTER = /\p{Surrogate}|\ufffd/u;
const rules = DEFAULT_TICK_RULES;

/** What is sent again of a frame, section by section. */
function encodedAgain(frame: TickFrame): Uint8Array {
  const sections = frame.sections.map(({ name, venue, count, columns }) => {
    const rows = new Float64Array(count * TICK_FIELDS).fill(NaN);
    columns.forEach((column, k) => column?.forEach((value, i) => (rows[i * TICK_FIELDS + k] = value)));
    return { name, venue, rows };
  });
  return encodeTickFrame(frame.seq, sections);
}

function requireSameFrame(frame: TickFrame): void {
  // A name with half a character is read, for the refusal to show it, and cannot be written.
  if (frame.sections.some(({ name, venue }) => HALF_CHARACTER.test(name + venue))) return;
  const again = decodeTickFrame(encodedAgain(frame));
  if (isFrameFault(again)) throw new FuzzFinding(`encoded again it is no frame: ${JSON.stringify(again)}`);
  demand(
    again.seq === frame.seq && again.sections.length === frame.sections.length,
    () => "another frame after encoding",
  );
  frame.sections.forEach(({ name, venue, count, columns }, s) => {
    const other = again.sections[s]!;
    const isSame = columns.every((column, k) =>
      Array.from({ length: count }, (_, i) => Object.is(column?.[i] ?? NaN, other.columns[k]?.[i] ?? NaN)).every(
        Boolean,
      ),
    );
    demand(
      name === other.name && venue === other.venue && count === other.count && isSame,
      () => `section ${s} differs`,
    );
  });
}

export const PACKED_FRAMES: FuzzTarget = {
  ...{ name: "frames/packed", weight: 3 },
  make: (random) => mutatedBytes(FRAMES, random),
  run: (input) => {
    const frame = decodeTickFrame(input as Uint8Array);
    if (isFrameFault(frame)) {
      demand(frame.field !== "" && frame.got.length < 400 && frame.expected !== "", () => JSON.stringify(frame));
      return "refused";
    }
    requireSameFrame(frame);
    for (const section of frame.sections) {
      const { rows, refused } = packSection(section, { symbol: "X", venue: "", receivedMs: NOW_MS, rules });
      for (let at = 0; at < rows.length; at += TICK_FIELDS) requirePlausibleRow(rows, at);
      for (const { rejection } of refused) requireRefusal(rejection);
      demand(rows.length / TICK_FIELDS + refused.length === section.count, () => "ticks are missing");
    }
    return "accepted";
  },
};
