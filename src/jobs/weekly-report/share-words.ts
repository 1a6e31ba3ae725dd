// How often windows drifted, beside how often they should have, in a sentence.
import { percentText, utcMinuteText } from "../../../report/figure-text.ts";
import type { DriftShare } from "./drift-shares.ts";

/**
 * Stated and realised alarms of the week in a sentence, with those that the share of features alone would not have
 * given.
 */
export function shareWords(share: DriftShare): string {
  const { window, alpha, judged, alarms, byFarthest, unjudged, sinceMs } = share;
  const others = Object.entries(unjudged).map(([verdict, n]) => `${n} ${verdict.replaceAll("_", " ")}`);
  const rest = others.length === 0 ? "" : `; not judged: ${others.join(", ")}`;
  const since = sinceMs === null ? "" : `, verdicts kept since ${utcMinuteText(sinceMs)}`;
  if (judged === 0) return `${window} windows: none was judged this week${rest}${since}.`;
  const stated = alpha === null ? "no rate stated" : `stated without a change ${percentText(alpha)}`;
  const farthest = byFarthest === 0 ? "" : `, ${byFarthest} by the farthest feature alone`;
  return `${window} windows: ${alarms} of ${judged} drifted, ${percentText(alarms / judged)} (${stated})${farthest}${rest}${since}.`;
}
