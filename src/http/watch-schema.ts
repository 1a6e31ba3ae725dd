// How the champion does against its predecessor and the strongest baseline, as answers say it.
import * as v from "valibot";
import { VERDICT_EXAMPLE, verdictEntries } from "./experiment-schema.ts";
import { count, time } from "./field-schema.ts";

const watchSchema = v.object({
  guard: v.picklist(["predecessor", "reference"]),
  champion: v.string(),
  rival: v.string(),
  code: v.pipe(
    v.picklist(["watching", "worse", "kept", "over"]),
    v.description(
      "`worse`: the rival is shown better than the champion; `kept`: the champion is shown better; `over`: neither was " +
        "within the watch",
    ),
  ),
  look: v.pipe(count, v.description("A baseline is watched in looks, each of which needs more evidence")),
  started_at: time,
  looked_at: time,
  ends_at: time,
  worse: v.pipe(v.object(verdictEntries), v.description("Evidence that the rival is better; `promote` demotes")),
  better: v.pipe(v.object(verdictEntries), v.description("Evidence that the champion is better")),
});

export const watchEntries = {
  demotion: v.pipe(
    v.picklist(["auto", "tell"]),
    v.description("`DEMOTION`: whether a champion that is shown worse is replaced, or only told of"),
  ),
  watches: v.pipe(v.array(watchSchema), v.description("As of the last look; none before the first")),
};

export const WATCH_EXAMPLE = {
  demotion: "tell",
  watches: [
    {
      guard: "predecessor",
      champion: "b07d9a44c1e2f3a5968d7c0e1b2a3f4d5c6b7a8990f1e2d3c4b5a69788f7e6d5",
      rival: "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380",
      code: "watching",
      look: 1,
      started_at: "2025-12-05T08:00:00.000Z",
      looked_at: "2025-12-06T09:15:00.000Z",
      ends_at: "2026-01-04T08:00:00.000Z",
      worse: VERDICT_EXAMPLE,
      better: { ...VERDICT_EXAMPLE, e_value: 0.6, log_e: -0.5108, missing: ["e_value: 0.6, needs 20"] },
    },
  ],
};
