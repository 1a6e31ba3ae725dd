// The metrics of the models and of the directory, as the isolates reported them; none names an isolate, of which there
// are many.
import type { IsolateReport } from "../health/isolate-report.ts";
import { type IsolatesMetric, type LabelsOf, METRICS } from "../metrics.ts";
import type { Family } from "./exposition.ts";

/**
 * @param reports of all isolates, those of the objects too.
 * @param unreadBuckets as of the isolate that is scraped.
 */
export function isolateFamilies(reports: readonly IsolateReport[], unreadBuckets: number): Family[] {
  const hasChampion = reports.every(({ models }) => models.some(({ alias }) => alias === "champion"));
  const models = reports.flatMap((report) => report.models);
  const refusals = reports.flatMap((report) => report.refusals);
  return [
    family("volgate_isolates", [[{}, reports.length]]),
    family("model_loaded", [[{}, Number(hasChampion)]]),
    counted(
      "volgate_model_info",
      models.map(({ alias, version, evidence }) => ({ alias, version, evidence })),
      () => 1,
    ),
    counted(
      "volgate_model_isolates",
      models.map(({ alias, version }) => ({ alias, version })),
    ),
    counted(
      "volgate_model_refused",
      refusals.map(({ alias, code }) => ({ alias, code })),
    ),
    family(
      "volgate_model_stand_in",
      [...new Set(models.map(({ alias }) => alias))].map((alias) => {
        return [{ alias }, models.filter((model) => model.alias === alias && model.standIn).length] as const;
      }),
    ),
    family("volgate_directory_unread_buckets", [[{}, unreadBuckets]]),
  ];
}

/** A sample for each combination of labels that occurs: how often it does, or what `valueOf` makes of that. */
function counted<Name extends IsolatesMetric>(
  name: Name,
  found: readonly LabelsOf<Name>[],
  valueOf: (count: number) => number = (count) => count,
): Family {
  const counts = new Map<string, { readonly labels: LabelsOf<Name>; count: number }>();
  for (const labels of found) {
    const key = JSON.stringify(labels);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { labels, count: 1 });
    else known.count += 1;
  }
  return family(
    name,
    [...counts.values()].map(({ labels, count }) => [labels, valueOf(count)] as const),
  );
}

function family<Name extends IsolatesMetric>(
  name: Name,
  samples: readonly (readonly [labels: LabelsOf<Name>, value: number])[],
): Family {
  return {
    name,
    metric: METRICS.isolates[name],
    samples: samples.map(([labels, value]) => ({ labels, value })),
  };
}
