// What a symbol's object answers when it is asked to remove its symbol, or to make it again.
import type { LabelSpec } from "../../../features/label-spec.ts";

export type RemovalOutcome =
  { readonly ok: true; readonly existed: boolean } | { readonly ok: false; readonly code: "archive_unavailable" };

export type RecreationOutcome =
  | {
      readonly ok: true;
      /** The label before. */
      readonly before: LabelSpec;
      readonly label: LabelSpec;
      readonly stepMs: number;
      /** Ticks that were taken from the archive. */
      readonly ticks: number;
      readonly thresholdValues: { readonly have: number; readonly need: number };
    }
  | { readonly ok: false; readonly code: RecreationRefusal };

export type RecreationRefusal = "archive_unavailable" | "champion_unknown" | "no_archive" | "unknown_symbol";
