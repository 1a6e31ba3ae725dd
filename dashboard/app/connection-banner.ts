// Says plainly when what the page shows may no longer be so: no connection, reads that are refused, parts that are
// missing.
import { element, setText } from "../dom/element.ts";
import { formatDuration, formatTime } from "../format/time-format.ts";
import type { ViewContext } from "./view.ts";

export function connectionBanner({ connection, overview, seconds }: ViewContext): HTMLElement {
  const words = element("span", { class: "banner-words" });
  const again = element("button", { type: "button" }, "Try now");
  again.addEventListener("click", () => overview.askNow());
  // The age changes each second and is not read aloud: the banner's words are, once.
  const age = element("span", { class: "banner-age", "aria-hidden": true });
  const banner = element("div", { class: "banner", role: "alert", hidden: true }, words, age, again);

  const show = (): void => {
    const state = connection.state.value;
    const facts = overview.facts.value;
    const bad = state.kind === "lost" || state.kind === "refused";
    // What is on the page was true once. The style sheet pales it, and no chip says live.
    document.documentElement.toggleAttribute("data-lost", bad);
    setText(age, "");
    again.hidden = false;
    if (state.kind === "lost") {
      const { sinceMs, reason } = state;
      setText(
        words,
        sinceMs === null ? `No connection: ${reason}.` : `Connection lost since ${formatTime(sinceMs)}: ${reason}.`,
      );
      if (sinceMs !== null) setText(age, `What you see is ${formatDuration(Date.now() - sinceMs)} old.`);
    } else if (state.kind === "refused") {
      setText(words, `The gateway refuses to be read: ${state.reason}. Enter its READ_TOKEN under “Token”.`);
    } else if (facts !== null && overview.failure.value !== null) {
      const why = overview.failure.value instanceof Error ? overview.failure.value.message : "not known";
      setText(words, `The table of symbols is not read anew: ${why.replace(/\.$/, "")}. What it shows is of the past.`);
    } else if ((facts?.unreadBuckets ?? 0) > 0) {
      again.hidden = true;
      setText(
        words,
        `${facts?.unreadBuckets} of 16 parts of the directory do not answer: some symbols may be missing here.`,
      );
    } else {
      banner.hidden = true;
      return;
    }
    banner.hidden = false;
  };
  connection.state.watch(show);
  overview.facts.watch(show);
  overview.failure.watch(show);
  seconds.watch(show);
  return banner;
}
