// The decision of a manifest: everything except when and by which code it was written. Its hash is stored in the ONNX
// file, so that the file's SHA-256, under which it is published, identifies the manifest too.
import type { Manifest } from "./manifest.ts";

/** The key in the ONNX file's `metadata_props`. */
export const DECISION_KEY = "decision_sha256";

/** Fields outside the decision: they differ between two runs that give the same model, or follow from the file. */
const CIRCUMSTANCES = ["version", "codeCommit", "createdAt", "onnxSha256"] as const;

/** A manifest without the circumstances of its making. */
export type Decision = Omit<Manifest, (typeof CIRCUMSTANCES)[number]>;

/**
 * The decision as JSON with sorted keys and no spaces; its SHA-256 is what `DECISION_KEY` holds. Takes a manifest as it
 * is stored, before defaults are added for fields that a later version knows, and includes fields that no version
 * knows. Two manifests that differ in their threshold, goal, gate or evaluation never have the same text.
 */
export function decisionText(manifest: object): string {
  return canonicalText(decisionOf(manifest));
}

/**
 * Names of the decision's fields in which two manifests differ, in alphabetical order; none when they decide the same.
 */
export function differingFields(a: Decision, b: Decision): string[] {
  const [left, right] = [decisionOf(a), decisionOf(b)];
  const fields = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return fields.filter((field) => canonicalText(left[field]) !== canonicalText(right[field]));
}

function decisionOf(manifest: object): Readonly<Record<string, unknown>> {
  const isDecision = ([field]: [string, unknown]): boolean => !(CIRCUMSTANCES as readonly string[]).includes(field);
  return Object.fromEntries(Object.entries(manifest).filter(isDecision));
}

function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner)) ?? "nothing";
}

function sorted(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
