// A client of a gateway's admin routes. It parses answers with the schemas of those routes.
import * as v from "valibot";
import { describeProblem, GatewayError } from "../../gateway-client/gateway-error.ts";
import { describeFailure } from "../../requests/describe-failure.ts";
import { readAnswer } from "../../gateway-client/read-answer.ts";
import { faultText } from "../../src/schemas/check.ts";
import { aliasesSchema, changeSchema, givenAliasSchema, rollbackSchema } from "../../src/http/aliases-schema.ts";
import {
  evaluationSchema,
  experimentReportSchema,
  experimentSchema,
  verdictSchema,
} from "../../src/http/experiment-schema.ts";
import { problemSchema } from "../../src/http/problem-schema.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";

/** The gateway loads and tries an artifact before it answers. */
const TIMEOUT_MS = 60_000;

/** A refusal by the gateway, with its code, e.g. `gate_refused`, `artifact_not_found`, `not_authenticated`. */
export class GatewayRefusal extends Error {
  override name = "GatewayRefusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

// The fields of the answers that this program uses.
const aliasSchema = v.pick(givenAliasSchema, ["serving", "forced"]);
const reportEntries = {
  ...v.pick(experimentReportSchema, ["code", "missing"]).entries,
  experiment: v.nullable(v.pick(experimentSchema, ["id", "champion", "challenger"])),
  comparison: v.nullable(
    v.object({ pooled: v.pick(verdictSchema, ["verdict", "e_value", "blocks", "episodes", "mean_gain"]) }),
  ),
};
const reportSchema = v.object(reportEntries);
const evaluatedSchema = v.object({
  ...v.pick(evaluationSchema, ["promoted", "not_promoted"]).entries,
  ...reportEntries,
});
const historySchema = v.object({
  history: v.array(v.pick(changeSchema, ["at", "alias", "from", "to", "by", "reason"])),
});

type Report = v.InferOutput<typeof reportSchema>;

/** Where the experiment stands. */
export interface ExperimentStatus {
  /** `null`: no challenger is compared with the champion. */
  readonly experiment: Readonly<NonNullable<Report["experiment"]>> | null;
  /** The gateway's word for it. */
  readonly code: Report["code"];
  /** What a promotion still needs, in words. */
  readonly missing: readonly string[];
  /** `null` where the two cannot be compared. */
  readonly evidence: ExperimentEvidence | null;
}

export interface ExperimentEvidence {
  readonly verdict: "promote" | "wait";
  readonly eValue: number;
  readonly blocks: number;
  readonly episodes: number;
  /** Mean Brier gain of the challenger over the champion on the same steps, 95 % interval. */
  readonly meanGain: Figure | null;
}

/** Whether the isolate that answered serves the artifact already, and whether the alias was forced against its gate. */
export type AliasAnswer = Readonly<v.InferOutput<typeof aliasSchema>>;

/** One change of the serving model, as `/admin/history` lists it. */
export type HistoryEntry = Readonly<v.InferOutput<typeof historySchema>["history"][number]>;

export type Json = Readonly<Record<string, unknown>>;

/** Every method throws `GatewayError` when the gateway does not answer or fails, `GatewayRefusal` when it refuses. */
export class GatewayAdmin {
  readonly baseUrl: string;
  private readonly token: string | undefined;
  private readonly query: string;

  /**
   * @param token of the admin routes, where the gateway has one configured.
   * @param grid whose aliases and experiment are meant; by default the gateway's default grid.
   */
  constructor(baseUrl: string, token: string | undefined, grid?: string) {
    this.baseUrl = baseUrl.replace(/\/+$/, "");
    this.token = token === "" ? undefined : token;
    this.query = grid === undefined ? "" : `?grid=${encodeURIComponent(grid)}`;
  }

  /** SHA-256 of the artifact that holds each alias. */
  async aliases(): Promise<Readonly<Record<string, string>>> {
    return (await this.request("GET", `/admin/aliases${this.query}`, v.pick(aliasesSchema, ["aliases"]))).aliases;
  }

  /** Gives an alias to a published artifact. */
  async giveAlias(alias: string, body: Json): Promise<AliasAnswer> {
    return await this.request("PUT", `/admin/aliases/${encodeURIComponent(alias)}${this.query}`, aliasSchema, body);
  }

  async experiment(): Promise<ExperimentStatus> {
    return statusOf(await this.request("GET", `/admin/experiment${this.query}`, reportSchema));
  }

  /** Judges the experiment now, as the gateway's cron does; promotes where the rule says so. */
  async evaluate(): Promise<ExperimentStatus & { readonly promoted: boolean; readonly notPromoted: string | null }> {
    const answer = await this.request("POST", `/admin/experiment/evaluate${this.query}`, evaluatedSchema, {});
    return { ...statusOf(answer), promoted: answer.promoted, notPromoted: answer.not_promoted };
  }

  /** Rolls champion back to the previous model; returns its SHA-256. */
  async rollBack(by: string, reason: string): Promise<string> {
    const schema = v.pick(rollbackSchema, ["sha256"]);
    return (await this.request("POST", `/admin/rollback${this.query}`, schema, { by, reason })).sha256;
  }

  /** Newest first. */
  async history(): Promise<HistoryEntry[]> {
    return (await this.request("GET", `/admin/history${this.query}`, historySchema)).history;
  }

  /** The answer at a path, for what has no method of its own. */
  async get<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    return await this.request("GET", path, schema);
  }

  private async request<S extends v.GenericSchema>(
    method: string,
    path: string,
    schema: S,
    body?: Json,
  ): Promise<v.InferOutput<S>> {
    const { status, text } = await this.send(method, path, body);
    const detail = `${method} ${this.baseUrl}${path}: ${describeProblem(status, text)}`;
    if (status === 200) {
      const answer = readAnswer(schema, text);
      if (answer.ok) return answer.value;
      throw new GatewayRefusal("not_a_gateway", `${detail}: ${faultText(answer.fault)}`);
    }
    if (status === 429 || status >= 500) throw new GatewayError("unavailable", status, detail);
    const problem = readAnswer(v.pick(problemSchema, ["code"]), text);
    throw new GatewayRefusal(problem.ok ? problem.value.code : "not_a_gateway", detail);
  }

  private async send(method: string, path: string, body?: Json): Promise<{ status: number; text: string }> {
    const url = this.baseUrl + path;
    const headers: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    if (this.token !== undefined) headers["Authorization"] = `Bearer ${this.token}`;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { method, headers, signal, ...(body ? { body: JSON.stringify(body) } : {}) });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new GatewayError("unreachable", 0, `${method} ${url}: ${describeFailure(error)}`, error);
    }
  }
}

function statusOf({ experiment, code, missing, comparison }: Report): ExperimentStatus {
  if (comparison === null) return { experiment, code, missing, evidence: null };
  const { verdict, e_value: eValue, blocks, episodes, mean_gain: meanGain } = comparison.pooled;
  return { experiment, code, missing, evidence: { verdict, eValue, blocks, episodes, meanGain } };
}
