// The table exporter × outcome, as Markdown: exports of one kind of model with the same outcome are one row.
import type { GoldenComparison } from "../../../../trainer/import/check-model.ts";
import type { MeasuredExport } from "./measure-export.ts";

export function outcomeTable(measured: readonly MeasuredExport[]): string {
  const groups = new Map<string, MeasuredExport[]>();
  for (const one of measured) {
    const key = [one.facts.exporter, one.facts.model, one.refusedBy, sentence(one)].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.values()].map(tableRow).sort();
  const counted = ["none", "import", "exporter"].map((who) => measured.filter((one) => one.refusedBy === who).length);
  return [
    "| exporter | model | exports | outcome | largest difference from onnxruntime, from the library |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    `${measured.length} exports: ${counted[0]} imported, ${counted[1]} refused by the import, ` +
      `${counted[2]} refused by the exporter`,
  ].join("\n");
}

function tableRow(group: readonly MeasuredExport[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { exporter, model } = first.facts;
  const options = group.map(({ facts }) => facts.options || "defaults").join("; ");
  const outcome = first.refusedBy === "none" ? "imported" : `refused by the ${first.refusedBy}: ${sentence(first)}`;
  const differences = `${largest(group.map(({ runtime }) => runtime))}, ${largest(group.map(({ library }) => library))}`;
  return `| ${[exporter, model, options, outcome, first.refusedBy === "none" ? differences : "–"].join(" | ")} |`;
}

/** The reason without the numbers in which exports of one kind differ. */
function sentence({ reason }: MeasuredExport): string {
  return reason.replace(/^\d+ of \d+ rows differ.*?; /, "rows differ: ").replace(/got -?\d[\d.e-]*/g, "got …");
}

function largest(comparisons: readonly (GoldenComparison | undefined)[]): string {
  const found = comparisons.flatMap((one) => (one === undefined ? [] : [one.maxDifference]));
  return found.length === 0 ? "does not run there" : Math.max(...found).toExponential(1);
}
