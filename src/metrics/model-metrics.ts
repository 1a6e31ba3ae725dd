// What is served: one info series per alias, and the peer's model_loaded.
import type { Family } from "./exposition.ts";

export interface ModelFigures {
  readonly serving: readonly { readonly alias: string; readonly version: string }[];
  readonly refused: readonly { readonly alias: string; readonly code: string }[];
  readonly swaps: number;
}

/** Families of the models of one isolate. */
export function modelFamilies({ serving, refused, swaps }: ModelFigures, isolate: string): Family[] {
  const champion = serving.some(({ alias }) => alias === "champion");
  return [
    {
      name: "model_loaded",
      help: "1 while a champion serves.",
      type: "gauge",
      samples: [{ labels: { isolate }, value: champion ? 1 : 0 }],
    },
    {
      name: "volgate_model_info",
      help: "Which version holds which alias; always 1.",
      type: "gauge",
      samples: serving.map(({ alias, version }) => ({ labels: { alias, version, isolate }, value: 1 })),
    },
    {
      name: "volgate_model_refused",
      help: "Artifacts that were wanted and refused, by alias and reason; 1 while it is so.",
      type: "gauge",
      samples: refused.map(({ alias, code }) => ({ labels: { alias, code, isolate }, value: 1 })),
    },
    {
      name: "volgate_model_swaps_total",
      help: "Replaced sets of models.",
      type: "counter",
      samples: [{ labels: { isolate }, value: swaps }],
    },
  ];
}
