// Alerts of the symbol as they come, newest first, above the charts.
import { element } from "../../dom/element.ts";
import { formatDateTime } from "../../format/time-format.ts";
import type { AlertEvent } from "../../gateway/stream-events.ts";

const MOST = 3;

export class ToldAlerts {
  readonly element = element("div", { class: "notices", role: "log", "aria-label": "Alerts since this was opened" });

  show({ rule, state, at, summary }: AlertEvent): void {
    const when = formatDateTime(Date.parse(at)).slice(11);
    const words =
      state === "firing" ? `Alert ${rule} since ${when}: ${summary}` : `Alert ${rule} is over since ${when}.`;
    this.element.prepend(element("p", { class: state === "firing" ? "notice alarm" : "notice" }, words));
    while (this.element.childElementCount > MOST) this.element.lastElementChild?.remove();
  }
}
