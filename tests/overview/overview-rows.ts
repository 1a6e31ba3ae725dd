// A row of the table as tests need one.
import type { OverviewRow } from "../../src/overview/overview-table.ts";

const ROW: Omit<OverviewRow, "symbol"> = {
  venue: null,
  state: "live",
  missing: [],
  price: 1,
  sigma_bps: null,
  rv_60_bps: null,
  tau_bps: null,
  probability: 0.1,
  threshold: 0.5,
  alert: false,
  ts: 1000,
  horizon_s: 60,
  watermark_ms: 1000,
  firing: 0,
};

export const rowOf = (symbol: string, price = 1): OverviewRow => ({ ...ROW, symbol, price });
