// What this program asks of a gateway's administration, parsed where it comes in.
import { describeProblem, GatewayError } from "../../feeds/gateway-error.ts";
import { describeFailure } from "../../requests/describe-failure.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";

/** The gateway loads and tries an artifact before it answers. */
const TIMEOUT_MS = 60_000;

/** The gateway answered and refused: its own code, as `gate_refused`, `artifact_not_found`, `unauthorized`. */
export class GatewayRefusal extends Error {
  override name = "GatewayRefusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Where the experiment stands. */
export interface ExperimentStatus {
  /** `null`: no challenger is compared with the champion. */
  readonly experiment: { readonly id: string; readonly champion: string; readonly challenger: string } | null;
  /** The gateway's word for it: `wait`, `promote`, `gate_refused`, `label_specs_differ`, `no_experiment`, … */
  readonly code: string;
  /** What a promotion still needs, in words. */
  readonly missing: readonly string[];
  /** `null` where the two cannot be compared. */
  readonly evidence: ExperimentEvidence | null;
}

export interface ExperimentEvidence {
  readonly verdict: string;
  readonly eValue: number;
  readonly blocks: number;
  readonly episodes: number;
  /** Mean Brier gain of the challenger over the champion on the same steps, 95 % interval. */
  readonly meanGain: Figure | null;
}

export interface AliasAnswer {
  /** Whether the isolate that answered serves it already. */
  readonly serving: boolean;
  /** Whether it was given against the artifact's own gate. */
  readonly forced: boolean;
}

/** One change of who serves, as `/admin/history` lists it. */
export interface HistoryEntry {
  readonly at: string;
  readonly alias: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly by: string;
  readonly reason: string | null;
}

export type Json = Readonly<Record<string, unknown>>;

/** Every method throws `GatewayError` when the gateway does not answer or fails, `GatewayRefusal` when it refuses. */
export class GatewayAdmin {
  readonly baseUrl: string;
  private readonly token: string | undefined;

  /** @param token of the admin routes, where the gateway has one configured. */
  constructor(baseUrl: string, token: string | undefined) {
    this.baseUrl = baseUrl.replace(/\/+$/, "");
    this.token = token === "" ? undefined : token;
  }

  /** SHA-256 of the artifact that holds each alias. */
  async aliases(): Promise<Readonly<Record<string, string>>> {
    const aliases = objectOf((await this.request("GET", "/admin/aliases"))["aliases"]);
    return Object.fromEntries(Object.entries(aliases).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])));
  }

  /** Gives an alias to a published artifact. */
  async giveAlias(alias: string, body: Json): Promise<AliasAnswer> {
    const { serving, forced } = await this.request("PUT", `/admin/aliases/${encodeURIComponent(alias)}`, body);
    if (typeof serving !== "boolean") throw this.unexpected("PUT", `/admin/aliases/${alias}`);
    return { serving, forced: forced === true };
  }

  async experiment(): Promise<ExperimentStatus> {
    return statusOf(await this.request("GET", "/admin/experiment"));
  }

  /** Judges the experiment now, as the gateway's cron does; promotes where the rule says so. */
  async evaluate(): Promise<ExperimentStatus & { readonly promoted: boolean; readonly notPromoted: string | null }> {
    const answer = await this.request("POST", "/admin/experiment/evaluate", {});
    const notPromoted = answer["not_promoted"];
    return {
      ...statusOf(answer),
      promoted: answer["promoted"] === true,
      notPromoted: typeof notPromoted === "string" ? notPromoted : null,
    };
  }

  /** Gives champion back to who held it before; answers whom. */
  async rollBack(by: string, reason: string): Promise<string> {
    return String((await this.request("POST", "/admin/rollback", { by, reason }))["sha256"]);
  }

  /** Newest first. */
  async history(): Promise<HistoryEntry[]> {
    const { history } = await this.request("GET", "/admin/history");
    const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
    return (Array.isArray(history) ? history : []).map((entry: unknown) => {
      const { at, alias, from, to, by, reason } = objectOf(entry);
      return {
        ...{ at: String(at), alias: String(alias), by: String(by) },
        ...{ from: text(from), to: text(to), reason: text(reason) },
      };
    });
  }

  /** The JSON object at a path, for what has no method of its own. */
  async get(path: string): Promise<Json> {
    return await this.request("GET", path);
  }

  private async request(method: string, path: string, body?: Json): Promise<Json> {
    const url = this.baseUrl + path;
    const headers: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    if (this.token !== undefined) headers["Authorization"] = `Bearer ${this.token}`;
    let status = 0;
    let text = "";
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { method, headers, signal, ...(body ? { body: JSON.stringify(body) } : {}) });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new GatewayError("unreachable", 0, `${method} ${url}: ${describeFailure(error)}`, error);
    }
    const answer = parsed(text);
    if (status === 200 && answer !== undefined) return answer;
    const detail = `${method} ${url}: ${describeProblem(status, text)}`;
    if (status === 429 || status >= 500) throw new GatewayError("unavailable", status, detail);
    const code = status === 200 ? undefined : answer?.["code"];
    throw new GatewayRefusal(typeof code === "string" ? code : "not_a_gateway", detail);
  }

  private unexpected(method: string, path: string): GatewayRefusal {
    return new GatewayRefusal("not_a_gateway", `${method} ${this.baseUrl}${path}: the answer is none of a gateway's`);
  }
}

function statusOf(answer: Json): ExperimentStatus {
  const { id, champion, challenger } = objectOf(answer["experiment"]);
  const { code, missing } = answer;
  const pooled = objectOf(objectOf(answer["comparison"])["pooled"]);
  return {
    experiment: typeof id === "string" ? { id, champion: String(champion), challenger: String(challenger) } : null,
    code: typeof code === "string" ? code : "unknown",
    missing: Array.isArray(missing) ? missing.map(String) : [],
    evidence:
      typeof pooled["e_value"] === "number"
        ? {
            verdict: String(pooled["verdict"]),
            eValue: pooled["e_value"],
            blocks: Number(pooled["blocks"]),
            episodes: Number(pooled["episodes"]),
            meanGain: figureOf(pooled["mean_gain"]),
          }
        : null,
  };
}

/** A figure with its interval; `null` for what is none. */
export function figureOf(value: unknown): Figure | null {
  const { value: middle, low, high } = objectOf(value);
  return typeof middle === "number" && typeof low === "number" && typeof high === "number"
    ? { value: middle, low, high }
    : null;
}

/** Empty for what is no JSON object. */
export function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
