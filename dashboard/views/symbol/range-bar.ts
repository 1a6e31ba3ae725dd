// The buttons that choose which part of the history is in sight: for those who do not drag or pinch.
import { element, setText } from "../../dom/element.ts";
import { formatDateTime, formatDuration } from "../../format/time-format.ts";
import { type TimeRange, windowsOf } from "./history-window.ts";

export interface RangeBarEvents {
  readonly onWindow: (name: string) => void;
  /** Moves by a share of the sight: −0.5 is half of it towards the past. */
  readonly onShift: (share: number) => void;
  readonly onZoom: (factor: number) => void;
  readonly onNow: () => void;
}

export class RangeBar {
  readonly element: HTMLElement;
  readonly #windows = element("span", { role: "group", "aria-label": "Window" });
  readonly #now: HTMLButtonElement;
  readonly #words = element("span", { class: "muted range-words" });
  readonly #events: RangeBarEvents;
  #stepMs = 0;

  constructor(events: RangeBarEvents) {
    this.#events = events;
    this.#now = button("Now", "Follow the newest step", () => events.onNow());
    this.element = element(
      "div",
      { class: "range-bar", role: "toolbar", "aria-label": "Time shown" },
      this.#windows,
      button("←", "Earlier", () => events.onShift(-0.5)),
      button("→", "Later", () => events.onShift(0.5)),
      button("−", "Zoom out", () => events.onZoom(2)),
      button("+", "Zoom in", () => events.onZoom(0.5)),
      this.#now,
      this.#words,
    );
  }

  show(range: TimeRange, isNow: boolean, stepMs: number, everyMs: number): void {
    if (stepMs !== this.#stepMs) {
      this.#stepMs = stepMs;
      const names = [...windowsOf(stepMs).keys()];
      this.#windows.replaceChildren(
        ...names.map((name) => button(name, `The last ${name}`, () => this.#events.onWindow(name))),
      );
    }
    const widthMs = range.toMs - range.fromMs;
    const windows = [...windowsOf(stepMs).values()];
    [...this.#windows.children].forEach((child, i) => {
      child.setAttribute("aria-pressed", String(Math.abs((windows[i] ?? 0) - widthMs) < stepMs));
    });
    this.#now.setAttribute("aria-pressed", String(isNow));
    const points = everyMs === stepMs ? "" : `, a point is ${formatDuration(everyMs)}`;
    setText(
      this.#words,
      isNow
        ? `the last ${formatDuration(widthMs)}${points}`
        : `${formatDateTime(range.fromMs)} to ${formatDateTime(range.toMs)}${points}`,
    );
  }
}

function button(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", title, "aria-label": title }, text);
  made.addEventListener("click", onClick);
  return made;
}
