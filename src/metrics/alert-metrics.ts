// Alerts and their delivery, as the alerts object counts them: it is one, so its samples carry no isolate.
import type { Family } from "./exposition.ts";

export interface AlertFigures {
  readonly active: readonly { readonly symbol: string; readonly rule: string }[];
  /** Attempts by webhook and outcome: `delivered`, `retried`, `dead`. */
  readonly deliveries: readonly { readonly webhook: string; readonly outcome: string; readonly count: number }[];
  readonly queues: readonly { readonly webhook: string; readonly waiting: number; readonly dead: number }[];
}

/** Families of the alerts; `undefined` when the object did not answer, which shows as `volgate_alerts_up` 0. */
export function alertFamilies(figures: AlertFigures | undefined): Family[] {
  const up: Family = {
    name: "volgate_alerts_up",
    help: "1 when the alerts object answered.",
    type: "gauge",
    samples: [{ labels: {}, value: figures === undefined ? 0 : 1 }],
  };
  if (figures === undefined) return [up];
  const { active, deliveries, queues } = figures;
  return [
    up,
    {
      name: "volgate_alert_active",
      help: "Alerts that fire, by symbol (* is the whole gateway) and rule; 1 while it is so.",
      type: "gauge",
      samples: active.map(({ symbol, rule }) => ({ labels: { symbol, rule }, value: 1 })),
    },
    {
      name: "volgate_webhook_deliveries_total",
      help: "Attempts to tell a webhook by outcome: delivered, retried, dead (given up).",
      type: "counter",
      samples: deliveries.map(({ webhook, outcome, count }) => ({ labels: { webhook, outcome }, value: count })),
    },
    {
      name: "volgate_webhook_waiting",
      help: "Messages that wait for a webhook.",
      type: "gauge",
      samples: queues.map(({ webhook, waiting }) => ({ labels: { webhook }, value: waiting })),
    },
    {
      name: "volgate_webhook_dead_letters",
      help: "Messages given up that wait for an operator.",
      type: "gauge",
      samples: queues.map(({ webhook, dead }) => ({ labels: { webhook }, value: dead })),
    },
  ];
}
