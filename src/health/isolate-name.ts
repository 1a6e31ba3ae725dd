// The name of this isolate in metrics and reports.

let name: string | undefined;

/** Random; made at the first request, since the platform allows no randomness before it. */
export function isolateName(): string {
  return (name ??= crypto.randomUUID().slice(0, 8));
}
