// Logs one finished training run to an MLflow server over its REST API: parameters, metrics, tags, artifacts, and the
// model as a registered version with an alias. If the server fails, the run is not logged, but it does not fail.
import { logBatches } from "./log-batches.ts";
import { DEFAULT_LIMITS, MlflowError, MlflowHttp, type RequestLimits } from "./mlflow-http.ts";
import { type MlflowSettings, mlflowSettings } from "./mlflow-settings.ts";

export interface MlflowRun {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  /** `path` is relative, with slashes. */
  readonly artifacts: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /**
   * Becomes a version of the registered model `volgate-<name>`; `artifactPath` is one of the artifacts or their folder.
   */
  readonly model?: { readonly name: string; readonly alias: "champion" | "candidate"; readonly artifactPath: string };
}

/** What became of it. The parts before a failure are on the server. */
export interface MlflowResult {
  /** `null` when no run was made. */
  readonly runId: string | null;
  /** `null` when there was no model to register, or that failed. */
  readonly modelVersion: string | null;
  /** What failed and what came, in the order of the steps; empty when all went well. */
  readonly failures: readonly { readonly step: string; readonly message: string }[];
  /** What was left out on purpose, for people. */
  readonly notes: readonly string[];
}

const API = "/api/2.0/mlflow";
const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";
const PROXIED = "mlflow-artifacts:";

/**
 * Logs a run to the server at `uri`, with the experiment and the credentials of `environment` (mlflow-settings.ts).
 * Steps: experiment, run, batches, artifacts, model, end. After a failed step the others are still tried, with two
 * exceptions: an unreachable server gets no further request, and a model is registered only when its artifacts arrived.
 * Artifacts go through the server's proxy; when it has none (their place is not `mlflow-artifacts:`) they stay here,
 * with a note. Never throws for what the server does.
 */
export async function logRun(
  uri: string,
  run: MlflowRun,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  limits: RequestLimits = DEFAULT_LIMITS,
): Promise<MlflowResult> {
  const settings = mlflowSettings(uri, environment);
  if (typeof settings === "string") {
    const failures = [{ step: "settings", message: settings }];
    return { runId: null, modelVersion: null, failures, notes: [] };
  }
  return await new RunLogger(settings, run, limits).log();
}

class RunLogger {
  private readonly settings: MlflowSettings;
  private readonly run: MlflowRun;
  private readonly http: MlflowHttp;
  private readonly failures: { step: string; message: string }[] = [];
  private readonly notes: string[] = [];
  private reachable = true;

  constructor(settings: MlflowSettings, run: MlflowRun, limits: RequestLimits) {
    this.settings = settings;
    this.run = run;
    this.http = new MlflowHttp(settings.uri, settings.authorization, limits);
  }

  async log(): Promise<MlflowResult> {
    const experimentId = await this.step("experiment", () => this.experimentId());
    const made = experimentId === null ? null : await this.step("run", () => this.createRun(experimentId));
    let modelVersion: string | null = null;
    if (made !== null) {
      await this.logBatches(made.runId);
      const stored = await this.storeArtifacts(made.artifactUri);
      if (stored) modelVersion = await this.step("model", () => this.registerModel(made.runId, made.artifactUri));
      await this.step("end", () =>
        this.http.post(`${API}/runs/update`, { run_id: made.runId, status: "FINISHED", end_time: this.run.endMs }),
      );
    }
    return { runId: made?.runId ?? null, modelVersion, failures: this.failures, notes: this.notes };
  }

  /** The step's result, or `null` when it failed or the server is gone. */
  private async step<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    if (!this.reachable) return null;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MlflowError)) throw error;
      this.failures.push({ step: name, message: error.message });
      if (error.unreachable) this.reachable = false;
      return null;
    }
  }

  private async experimentId(): Promise<string> {
    const { experiment } = this.settings;
    const found = await this.findExperiment();
    if (found !== undefined) return found;
    try {
      return text(await this.http.post(`${API}/experiments/create`, { name: experiment }), "experiment_id");
    } catch (error) {
      // Another run made it in between.
      if (!hasCode(error, "RESOURCE_ALREADY_EXISTS")) throw error;
      const made = await this.findExperiment();
      if (made === undefined) throw error;
      return made;
    }
  }

  private async findExperiment(): Promise<string | undefined> {
    const { experiment } = this.settings;
    try {
      const answer = await this.http.get(`${API}/experiments/get-by-name`, { experiment_name: experiment });
      const found = object(answer, "experiment");
      if (found["lifecycle_stage"] === "deleted") {
        throw new MlflowError(`experiment ${experiment}: is deleted; restore it, or set MLFLOW_EXPERIMENT_NAME`);
      }
      return text(found, "experiment_id");
    } catch (error) {
      if (hasCode(error, "RESOURCE_DOES_NOT_EXIST")) return undefined;
      throw error;
    }
  }

  private async createRun(experimentId: string): Promise<{ runId: string; artifactUri: string }> {
    const { name, startMs } = this.run;
    const body = { experiment_id: experimentId, run_name: name, start_time: startMs };
    const info = object(object(await this.http.postOnce(`${API}/runs/create`, body), "run"), "info");
    return { runId: text(info, "run_id"), artifactUri: text(info, "artifact_uri") };
  }

  private async logBatches(runId: string): Promise<void> {
    const { params, metrics, tags, endMs } = this.run;
    const { batches, dropped } = logBatches(params, metrics, tags, endMs);
    if (dropped.length > 0) this.notes.push(`metrics that are no numbers were left out: ${dropped.join(", ")}`);
    for (const batch of batches) {
      await this.step(Object.keys(batch)[0]!, () =>
        this.http.post(`${API}/runs/log-batch`, { run_id: runId, ...batch }),
      );
    }
  }

  /** Whether all of them are on the server. */
  private async storeArtifacts(artifactUri: string): Promise<boolean> {
    if (this.run.artifacts.length === 0) return true;
    const place = proxiedPath(artifactUri);
    if (place === undefined) {
      const scheme = artifactUri.split(":")[0]!.slice(0, 40);
      this.notes.push(`artifacts and model stay here: this server keeps them in ${scheme}:, and proxies none`);
      return false;
    }
    let stored = true;
    for (const { path, bytes } of this.run.artifacts) {
      const answer = await this.step(
        `artifact ${path}`,
        async () => await this.http.put(artifactAddress(place, path), bytes),
      );
      stored = stored && answer !== null;
    }
    return stored;
  }

  private async registerModel(runId: string, artifactUri: string): Promise<string | null> {
    const { model } = this.run;
    if (model === undefined) return null;
    const name = `volgate-${model.name}`;
    try {
      await this.http.post(`${API}/registered-models/create`, { name });
    } catch (error) {
      if (!hasCode(error, "RESOURCE_ALREADY_EXISTS")) throw error;
    }
    const body = { name, run_id: runId, source: `${artifactUri}/${model.artifactPath}` };
    const made = object(await this.http.postOnce(`${API}/model-versions/create`, body), "model_version");
    const version = text(made, "version");
    await this.step("alias", () =>
      this.http.post(`${API}/registered-models/alias`, { name, alias: model.alias, version }),
    );
    return version;
  }
}

/** The path behind the server's own proxy; `undefined` for other schemes and for a proxy on another host. */
function proxiedPath(artifactUri: string): string | undefined {
  if (!artifactUri.startsWith(`${PROXIED}/`) || artifactUri.startsWith(`${PROXIED}//`)) return undefined;
  return artifactUri.slice(PROXIED.length + 1);
}

/** Throws `MlflowError` for a path that would leave the run's folder. */
function artifactAddress(place: string, path: string): string {
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new MlflowError(`path: got ${path}, expected a relative one without . and ..`);
  }
  return [ARTIFACTS, ...`${place}/${path}`.split("/").map(encodeURIComponent)].join("/");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof MlflowError && error.code === code;
}

function object(answer: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, unknown>> {
  const value = answer[field];
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new MlflowError(`answer.${field}: got ${typeof value}, expected an object`);
}

function text(answer: Readonly<Record<string, unknown>>, field: string): string {
  const value = answer[field];
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new MlflowError(`answer.${field}: got ${typeof value}, expected a text`);
}
