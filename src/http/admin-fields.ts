// Fields of the administrator's requests. Each reader throws `Problem` 400 naming the field, what came and what was expected.
import type { ChangeCause, Origin } from "../durable/registry/alias-history.ts";
import { type ExperimentSettings, isShare, MAX_SHARE } from "../durable/registry/experiment.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { shown } from "../shown.ts";

/** Characters of a name or a reason at most. */
const MAX_TEXT = 200;
/** Characters of an unknown field's name that an answer repeats. */
const MAX_SHOWN_NAME = 40;

export type Fields = Readonly<Record<string, unknown>>;

/** The body as an object. */
export async function readFields(request: Request): Promise<Fields> {
  const value = await readJson(request);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Problem(400, "body_malformed", `body: got ${shown(value)}, expected an object`);
}

/** The same where no body means no fields. */
export async function readOptionalFields(request: Request): Promise<Fields> {
  const empty = request.body === null || request.headers.get("Content-Length") === "0";
  return empty ? {} : await readFields(request);
}

/** A field that nobody reads is most likely a misspelt one: an experiment would begin otherwise than was meant. */
export function requireKnown(body: Fields, known: readonly string[]): void {
  const unknown = Object.keys(body).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  const name = unknown.length > MAX_SHOWN_NAME ? `${unknown.slice(0, MAX_SHOWN_NAME)}…` : unknown;
  const detail = `${name}: got ${shown(body[unknown])}, expected no field but ${known.join(", ")}`;
  throw new Problem(400, "field_unknown", detail);
}

/** Who promotes against the gate, and why. */
export interface Force {
  readonly by: string;
  readonly reason: string;
}

export function readSha256(body: Fields): string {
  const value = body["sha256"];
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new Problem(400, "sha256_malformed", `sha256: got ${shown(value)}, expected 64 hexadecimal digits`);
}

/** `{ force: { by, reason } }`, `undefined` without it. */
export function readForce(body: Fields): Force | undefined {
  const value = body["force"];
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem(400, "force_malformed", `force: got ${shown(value)}, expected an object with by and reason`);
  }
  const { by, reason } = value as { by?: unknown; reason?: unknown };
  return { by: text("force.by", by, "force_malformed"), reason: text("force.reason", reason, "force_malformed") };
}

/** `by` and `reason` as the history keeps them; where they are not required, absent ones are `null`. */
export function readCause(body: Fields, origin: Origin, atMs: number, required: boolean): ChangeCause {
  const read = (field: "by" | "reason"): string | null => {
    const value = body[field];
    return value === undefined && !required ? null : text(field, value, `${field}_malformed`);
  };
  return { atMs, by: origin, who: read("by"), reason: read("reason") };
}

/** Those of `mode`, `share` and `auto` that are there. */
export function readSettings(body: Fields): Partial<ExperimentSettings> {
  const { mode, share, auto } = body;
  if (mode !== undefined && mode !== "shadow" && mode !== "split") {
    throw new Problem(400, "mode_malformed", `mode: got ${shown(mode)}, expected "shadow" or "split"`);
  }
  if (share !== undefined && !isShare(share)) {
    const expected = `a number above 0 and at most ${MAX_SHARE}`;
    throw new Problem(400, "share_malformed", `share: got ${shown(share)}, expected ${expected}`);
  }
  if (auto !== undefined && typeof auto !== "boolean") {
    throw new Problem(400, "auto_malformed", `auto: got ${shown(auto)}, expected true or false`);
  }
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(share === undefined ? {} : { share }),
    ...(auto === undefined ? {} : { auto }),
  };
}

export function readFlag(body: Fields, field: string): boolean {
  const value = body[field];
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw new Problem(400, `${field}_malformed`, `${field}: got ${shown(value)}, expected true or false`);
}

function text(field: string, value: unknown, code: string): string {
  if (typeof value === "string" && value.trim() !== "" && value.length <= MAX_TEXT) return value;
  const got = typeof value === "string" && value.length > MAX_TEXT ? `${value.length} characters` : shown(value);
  throw new Problem(400, code, `${field}: got ${got}, expected 1 to ${MAX_TEXT} characters`);
}
