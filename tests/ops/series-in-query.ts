// Which series a PromQL expression names, and by which labels: enough of the language for the rules and panels here.

export interface NamedSeries {
  readonly name: string;
  /** Matchers of the selector. */
  readonly matchers: readonly { readonly label: string; readonly isPattern: boolean; readonly value: string }[];
}

/** Names that are no series. */
const WORDS =
  /^(?:and|or|unless|by|without|on|ignoring|group_left|group_right|offset|bool|\d.*|[a-z]+_over_time|sum|min|max|avg|count|absent|rate|increase|changes|histogram_quantile|round|time|vector|topk)$/;

/**
 * The series of an expression, in order.
 *
 * Example: `sum by (job) (rate(up{job="a"}[5m]))` names `up` with a matcher of `job`.
 */
export function seriesIn(expr: string): NamedSeries[] {
  const bare = expr.replace(LABEL_LISTS, " ").replace(/\[[^\]]*\]/g, " ");
  // A selector's texts may hold anything but quotes.
  const found = bare.matchAll(/(?<![\w.:])([a-zA-Z_:][\w:]*)\s*(\{(?:[^{}"]|"[^"]*")*\})?/g);
  return [...found]
    .filter(([, name, selector]) => selector !== undefined || !WORDS.test(name!))
    .map(([, name, selector = ""]) => ({ name: name!, matchers: matchersOf(selector) }));
}

const LABEL_LISTS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;

/** The labels that an expression groups or joins by. */
export function labelsGroupedBy(expr: string): string[] {
  return [...expr.matchAll(LABEL_LISTS)].flatMap(([, list]) =>
    list!
      .split(",")
      .map((label) => label.trim())
      .filter((label) => label !== ""),
  );
}

function matchersOf(selector: string): NamedSeries["matchers"] {
  return [...selector.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label, operator, value]) => ({
    label: label!,
    isPattern: operator!.endsWith("~"),
    value: value!,
  }));
}
