// Everything that a gateway says of a symbol and that must not hang on what happened to the process: its counts, every
// closed step with its label and score, the live quality, and what it computes of further ticks.
import { BATCH_TICKS } from "./load.ts";
import { postBatch } from "./http-producers.ts";
import type { SentBatch } from "./sent-log.ts";

/** Steps in one answer of the history. */
const STEPS_A_PAGE = 1_800;
/** Nothing is hurt any more; the machine may be busy. */
const READ_WITHIN_MS = 120_000;

export interface TickCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  readonly outlier: number;
  readonly price_outlier: number;
}

export interface SymbolAccount {
  readonly counts: TickCounts;
  /** 1 while a tick waits for the next one. */
  readonly held: number;
  /** The parts that are compared, by name. */
  readonly parts: Readonly<Record<string, unknown>>;
}

/** @param further batches that are posted with a trace, in order; `undefined` where an answer is amiss. */
export async function accountOf(url: string, symbol: string, further: readonly SentBatch[]): Promise<SymbolAccount> {
  const traces: unknown[] = [];
  for (const batch of further) {
    const answer = await postBatch(url, batch, { headers: { "X-Volgate-Trace": "steps" }, withinMs: READ_WITHIN_MS });
    if (answer?.status !== 200)
      throw new Error(`${symbol}: a further batch was answered ${answer?.status ?? "nothing"}`);
    traces.push(answer.body.symbols);
  }
  const state = await read<SymbolState>(`${url}/symbols/${symbol}`);
  const { ticks, holding, steps_closed, watermark_ms, prediction_id, probability, tau_bps, rv_60_bps } = state;
  return {
    counts: ticks,
    held: Number(holding),
    parts: {
      state: { ticks, holding, steps_closed, watermark_ms, prediction_id, probability, tau_bps, rv_60_bps },
      history: await historyOf(url, symbol),
      quality: await read(`${url}/symbols/${symbol}/quality?window=24h`),
      "further ticks": traces,
    },
  };
}

/** Ticks of a batch that is applied whole. */
export function knownTicks({ counts, held }: SymbolAccount): number {
  return counts.accepted + counts.duplicate + counts.late + counts.outlier + counts.price_outlier + held;
}

/** Whether an account has scores: without them nothing is compared that matters. */
export function hasScores({ parts }: SymbolAccount): boolean {
  const history = parts["history"] as readonly HistoryPage[];
  return history.some(({ columns }) => columns["probability"]?.some((value) => value !== null) === true);
}

/** How many further batches are traced: enough for some steps. */
export const FURTHER_BATCHES = Math.ceil(300 / BATCH_TICKS);

interface SymbolState {
  readonly ticks: TickCounts;
  readonly holding: boolean;
  readonly [field: string]: unknown;
}

interface HistoryPage {
  readonly earliest_ms: number | null;
  readonly latest_ms: number | null;
  readonly step_ms: number;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

async function historyOf(url: string, symbol: string): Promise<HistoryPage[]> {
  const pages: HistoryPage[] = [];
  const page = (query: string) => read<HistoryPage>(`${url}/symbols/${symbol}/history?${query}`);
  const { earliest_ms: earliestMs, latest_ms: latestMs, step_ms: stepMs } = await page("points=1");
  if (earliestMs === null || latestMs === null) return pages;
  for (let fromMs = earliestMs - stepMs; fromMs < latestMs; fromMs += STEPS_A_PAGE * stepMs) {
    const toMs = Math.min(latestMs, fromMs + STEPS_A_PAGE * stepMs);
    pages.push(await page(`from=${fromMs}&to=${toMs}&points=2000`));
  }
  return pages;
}

async function read<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(READ_WITHIN_MS) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url}: got ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}
