// Symbols' objects that answer what a test says of an experiment, and the requests of its operator.
import type { ExperimentBlocks } from "../../src/durable/symbol/evaluation/experiment-blocks-of.ts";
import type { Env } from "../../src/settings.ts";
import { type Answer, fetchJson, fetchWith } from "./gateway.ts";

export type SymbolAnswer = ExperimentBlocks | undefined | Error;

/**
 * Objects of which each answers `experimentBlocks` as `answers` says at that moment, `undefined` where it says nothing.
 */
export function symbolsAnswering(answers: Readonly<Record<string, SymbolAnswer>>): Pick<Env, "SYMBOLS"> {
  const experimentBlocks = async (name: string): Promise<ExperimentBlocks | undefined> => {
    const answer = await Promise.resolve(answers[name]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const namespace = {
    idFromName: (name: string) => name,
    get: (name: string) => ({ experimentBlocks: () => experimentBlocks(name) }),
  };
  return { SYMBOLS: namespace as unknown as Env["SYMBOLS"] };
}

/**
 * Blocks 0 to `count` − 1 of 840 rows with one gain, which could be 0.2, and a newest one far enough ahead for all to
 * be decided.
 */
export function answerOf(
  pair: { readonly champion: string; readonly challenger: string },
  count: number,
  gain: number,
  episodes = 1,
): ExperimentBlocks {
  const of = (block: number, rows: number) => {
    const sums = { gainSum: gain * rows, betSum: gain * rows, bound: Math.max(0.2, Math.abs(gain)) * rows };
    return { block, rows, ...sums, positives: 20, episodes, complete: rows > 0 };
  };
  return {
    pair,
    blocks: [...Array.from({ length: count }, (_, block) => of(block, 840)), of(count + 4, 0)],
    backfilled: null,
    firstLive: 0,
    replaceableThrough: 2,
    answered: { champion: 900, challenger: 100 },
  };
}

export const post = (path: string, body: unknown = {}, variables: Partial<Env> = {}): Promise<Answer> =>
  fetchWith(variables, path, { method: "POST", body: JSON.stringify(body) });

export const put = (path: string, body: unknown, variables: Partial<Env> = {}): Promise<Answer> =>
  fetchWith(variables, path, { method: "PUT", body: JSON.stringify(body) });

export const putExperiment = (body: unknown): Promise<Answer> =>
  fetchJson("/admin/experiment", { method: "PUT", body: JSON.stringify(body) });

export const challenge = (sha256: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
  fetchJson("/admin/aliases/challenger", { method: "PUT", body: JSON.stringify({ sha256, ...body }) });

export const clearAlias = (alias: string, cause?: unknown): Promise<Answer> => {
  const body = cause === undefined ? {} : { body: JSON.stringify(cause) };
  return fetchJson(`/admin/aliases/${alias}`, { method: "DELETE", ...body });
};

export const historyNow = async (): Promise<Record<string, unknown>[]> =>
  (await fetchJson("/admin/history")).body.history as Record<string, unknown>[];
