// Every code that an answer may carry: its status, what it means, and what the caller should do. docs/errors.md is
// generated from here, and `Problem` takes no other code.

/** The statuses of problems in words. */
export const STATUS_TITLES = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Content too large",
  415: "Unsupported media type",
  422: "Not processable",
  426: "Upgrade required",
  429: "Too many requests",
  500: "Internal error",
  503: "Not available",
} as const;

interface CatalogueEntry {
  readonly status: keyof typeof STATUS_TITLES;
  readonly meaning: string;
  /** What the caller should do. */
  readonly remedy: string;
}

const FIX_FIELD = "Correct the field that `detail` names.";
const ARTIFACT_REMEDY = "Publish the artifact again, or name another one. Nothing was changed.";

export const ERROR_CODES = {
  not_json: {
    status: 400,
    meaning: "The body is not JSON; for `POST /ingest`, not NDJSON either.",
    remedy: "Send JSON. `detail` names a word that JSON does not have, such as `NaN`, else shows how the body begins.",
  },
  upgrade_required: {
    status: 426,
    meaning: "The route is a WebSocket, and the request is none.",
    remedy: "Open it with a WebSocket client.",
  },
  protocol_malformed: {
    status: 400,
    meaning: "`Sec-WebSocket-Protocol` does not offer `volgate.v1`.",
    remedy: "Offer it, and the token as `bearer.` with its base64url form where a header cannot be set.",
  },
  body_unreadable: {
    status: 400,
    meaning: "The body says `Content-Encoding: gzip` or `deflate`, but does not decompress.",
    remedy: "Compress the body as the header says, or remove the header.",
  },
  body_incomplete: {
    status: 400,
    meaning: "The connection ended before the body was complete.",
    remedy: "Send the request again.",
  },
  body_malformed: {
    status: 400,
    meaning: "The body is JSON, but not an object.",
    remedy: "Send an object with the fields of the route.",
  },
  field_unknown: {
    status: 400,
    meaning: "The body has a field that the route does not know. A misspelt field would otherwise be ignored.",
    remedy: "Remove the field, or correct its name. `detail` lists the known ones.",
  },
  symbols_or_rows: {
    status: 400,
    meaning: "`POST /predict` takes exactly one of `symbols` and `rows`.",
    remedy: "Send one of the two.",
  },
  goal_or_threshold: {
    status: 400,
    meaning: "The threshold of a model is chosen by exactly one of `goal` and `threshold`.",
    remedy: "Send one of the two.",
  },
  goal_malformed: { status: 400, meaning: "`goal` is not a text of 1 to 200 characters.", remedy: FIX_FIELD },
  threshold_malformed: { status: 400, meaning: "`threshold` is not a number from 0 to 1.", remedy: FIX_FIELD },
  symbols_malformed: { status: 400, meaning: "`symbols` is not a list of at most 100 symbols.", remedy: FIX_FIELD },
  events_malformed: {
    status: 400,
    meaning: "`?events=` names something else than `prediction`, `label` and `alert`.",
    remedy: FIX_FIELD,
  },
  after_malformed: {
    status: 400,
    meaning: "`?after=` or `Last-Event-ID` is no cursor of the stream.",
    remedy: "Send the cursors that the stream gave, joined by commas, or begin without one.",
  },
  features_malformed: { status: 400, meaning: "`features` is not an object.", remedy: FIX_FIELD },
  rows_malformed: { status: 400, meaning: "`rows` is not a list.", remedy: FIX_FIELD },
  experiment_malformed: { status: 400, meaning: "`experiment` is not the id of an experiment.", remedy: FIX_FIELD },
  pair_malformed: {
    status: 400,
    meaning: "`pair` does not have the SHA-256 of a champion and a challenger.",
    remedy: FIX_FIELD,
  },
  records_malformed: {
    status: 400,
    meaning: "`records` is not a list of symbols, each once and with a list of complete blocks.",
    remedy: FIX_FIELD,
  },
  block_out_of_order: {
    status: 400,
    meaning: "The blocks of a symbol are not ascending, or one comes twice.",
    remedy: "Sort them, and send each once.",
  },
  block_impossible: {
    status: 400,
    meaning: "A block has counts that no block can have, or a symbol has more blocks than 31 days of steps of 1 s.",
    remedy: "Send what `npm run model -- backfill` computes.",
  },
  archive_malformed: { status: 400, meaning: "`archive` is not true or false.", remedy: FIX_FIELD },
  code_malformed: { status: 400, meaning: "`code` is not that of a notice.", remedy: FIX_FIELD },
  label_malformed: {
    status: 400,
    meaning: "`label` is not a label spec, or not on the gateway's price source.",
    remedy: FIX_FIELD,
  },
  inference_malformed: {
    status: 400,
    meaning: "An inference request is not what the Open Inference Protocol and the model take.",
    remedy: "Correct the field that the error names. `GET /v2/models/:model` has names, types and shapes.",
  },
  ready_malformed: { status: 400, meaning: "`ready` is neither true nor false.", remedy: FIX_FIELD },
  hint_malformed: {
    status: 400,
    meaning: "A place that a feed is to connect from is none of Cloudflare's location hints.",
    remedy: FIX_FIELD,
  },
  venue_malformed: {
    status: 400,
    meaning:
      "A venue is not 1 to 32 of `A-Z a-z 0-9 . _ -`, contradicts the one in the symbol's name, or is none that a" +
      " feed can follow.",
    remedy: FIX_FIELD,
  },
  symbol_malformed: {
    status: 400,
    meaning: "A symbol is not 1 to 64 of `A-Z a-z 0-9 . _ : / = ^ -`.",
    remedy: FIX_FIELD,
  },
  format_malformed: { status: 400, meaning: "`?format=` is not a format of `POST /ingest`.", remedy: FIX_FIELD },
  producer_malformed: {
    status: 400,
    meaning: "`X-Producer-Id` and `X-Producer-Seq` must both be present and well-formed, or both be absent.",
    remedy: "Correct the header that `detail` names.",
  },
  shard_malformed: { status: 400, meaning: "`?shard=` is not `i/n` with 0 ≤ i < n.", remedy: FIX_FIELD },
  window_malformed: { status: 400, meaning: "`?window=` is not `1h`, `24h` or `30d`.", remedy: FIX_FIELD },
  bins_malformed: { status: 400, meaning: "`?bins=` is neither `0` nor `1`.", remedy: FIX_FIELD },
  curves_malformed: { status: 400, meaning: "`?curves=` is neither `0` nor `1`.", remedy: FIX_FIELD },
  ratios_malformed: { status: 400, meaning: "`?ratios=` is neither `0` nor `1`.", remedy: FIX_FIELD },
  date_malformed: {
    status: 400,
    meaning: "A report is named by a date: `yyyy-mm-dd`, or `yyyy-mm-dd.json`.",
    remedy: FIX_FIELD,
  },
  from_malformed: {
    status: 400,
    meaning: "`from` is not where a history can be from; of a chart, it is not a time in ms or not before `to`.",
    remedy: FIX_FIELD,
  },
  to_malformed: { status: 400, meaning: "`?to=` is not a time in ms since 1970.", remedy: FIX_FIELD },
  points_malformed: { status: 400, meaning: "`?points=` is not a whole number from 1 to 2000.", remedy: FIX_FIELD },
  since_malformed: {
    status: 400,
    meaning: "`?since=` has not the form of a cursor. One that is not known any more is no error: it gives all rows.",
    remedy: "Send the `cursor` of the last answer, or leave it out.",
  },
  product_malformed: { status: 400, meaning: "`product` is not a text of 1 to 60 characters.", remedy: FIX_FIELD },
  id_malformed: { status: 400, meaning: "The id of a dead letter is not a whole number.", remedy: FIX_FIELD },
  subscription_malformed: {
    status: 400,
    meaning: "A field of a subscription is not what the route takes, or its address may not be sent to.",
    remedy: FIX_FIELD,
  },
  webhook_malformed: { status: 400, meaning: "`webhook` is not a text.", remedy: FIX_FIELD },
  sha256_malformed: { status: 400, meaning: "`sha256` is not 64 hexadecimal digits.", remedy: FIX_FIELD },
  force_malformed: {
    status: 400,
    meaning: "`force` is not what the route takes: `{by, reason}` of 1 to 200 characters each, or true or false.",
    remedy: FIX_FIELD,
  },
  by_malformed: { status: 400, meaning: "`by` is not a text of 1 to 200 characters.", remedy: FIX_FIELD },
  reason_malformed: { status: 400, meaning: "`reason` is not a text of 1 to 200 characters.", remedy: FIX_FIELD },
  mode_malformed: { status: 400, meaning: "`mode` is neither `shadow` nor `split`.", remedy: FIX_FIELD },
  share_malformed: { status: 400, meaning: "`share` is not a number above 0 and at most 0.5.", remedy: FIX_FIELD },
  replace_malformed: { status: 400, meaning: "`replace` is neither true nor false.", remedy: FIX_FIELD },
  auto_malformed: { status: 400, meaning: "`auto` is neither true nor false.", remedy: FIX_FIELD },
  mute_malformed: { status: 400, meaning: "`mute` is neither true nor false.", remedy: FIX_FIELD },
  mute_until_malformed: { status: 400, meaning: "`mute_until` is neither a time nor null.", remedy: FIX_FIELD },
  hours_malformed: {
    status: 400,
    meaning: "`hours` is neither a list of sessions like `Mon-Fri 13:30-20:00` nor null.",
    remedy: FIX_FIELD,
  },
  mode_misplaced: {
    status: 400,
    meaning: "`mode` was given with an alias other than `challenger`.",
    remedy: "Leave it out, or name the challenger.",
  },
  replace_misplaced: {
    status: 400,
    meaning: "`replace` was given with an alias other than `challenger`.",
    remedy: "Leave it out, or name the challenger.",
  },
  share_misplaced: {
    status: 400,
    meaning: "`share` was given with an alias other than `challenger`.",
    remedy: "Leave it out, or name the challenger.",
  },
  auto_misplaced: {
    status: 400,
    meaning: "`auto` was given with an alias other than `challenger`.",
    remedy: "Leave it out, or name the challenger.",
  },
  nothing_to_change: {
    status: 400,
    meaning: "The body has none of `mode`, `share` and `auto`.",
    remedy: "Send at least one of them.",
  },
  not_authenticated: {
    status: 401,
    meaning: "The route has a token, and the request bears none or a wrong one.",
    remedy: "Send `Authorization: Bearer <token>`.",
  },
  host_refused: {
    status: 403,
    meaning:
      "In development without tokens, the request was sent to a name of the public DNS: a web page may have bound that " +
      "name to this machine.",
    remedy: "Use `localhost`, an address or a local name, or set the token.",
  },
  origin_refused: {
    status: 403,
    meaning: "In development without tokens, a web page of another site tried to write.",
    remedy: "Serve the page from this machine or network, or set the token.",
  },
  rate_limited: {
    status: 429,
    meaning: "The platform's rate limit `READ_LIMIT` refuses further reads from this address.",
    remedy: "Wait for `Retry-After`.",
  },
  no_such_route: {
    status: 404,
    meaning: "The gateway has no such path.",
    remedy: "See `/openapi.json` for the paths.",
  },
  unknown_model: {
    status: 404,
    meaning: "No model has this name under `/v2`.",
    remedy: "Use one of the names that the error lists, or of `POST /v2/repository/index`.",
  },
  unknown_version: {
    status: 404,
    meaning: "The model has no version of this name: versions are the SHA-256 of the artifacts that serve.",
    remedy: "Use one of those that the error lists, or leave the version out.",
  },
  unknown_feed: {
    status: 404,
    meaning: "No feed of the venue runs in the gateway.",
    remedy: "Begin one with `PUT /admin/feeds/:venue`.",
  },
  unknown_grid: {
    status: 400,
    meaning: "The gateway, or the symbol, has no grid of this name, or no such horizon.",
    remedy: "Use one of the grids that `detail` lists, or leave `grid` and `horizon` out for the default one.",
  },
  unknown_symbol: {
    status: 404,
    meaning: "The symbol has received no tick.",
    remedy: "Send ticks of it first, or correct the name.",
  },
  unknown_alias: {
    status: 404,
    meaning: "No alias has this name.",
    remedy: "Use one of the aliases that `detail` lists.",
  },
  already_live: {
    status: 409,
    meaning: "The symbol has ticks or a history already, and only a new symbol can be warmed. Nothing was changed.",
    remedy:
      "Leave it as it is; or `DELETE /admin/symbols/:symbol` first, which begins its quality anew; or make it again " +
      "from its archive with `POST /admin/symbols/:symbol/recreate`.",
  },
  symbol_not_allowed: {
    status: 403,
    meaning: "The symbol does not exist, and `ALLOWED_SYMBOLS` does not name it.",
    remedy: "Correct the name, or add it to `ALLOWED_SYMBOLS`.",
  },
  symbol_limit: {
    status: 409,
    meaning: "The gateway has as many symbols as `MAX_SYMBOLS` allows.",
    remedy: "Remove a symbol, or raise `MAX_SYMBOLS`.",
  },
  no_archive: {
    status: 409,
    meaning: "Nothing of the symbol is archived, so that it would begin without history.",
    remedy: "Bind a bucket, or give it another history, or let it begin anew.",
  },
  no_bucket: {
    status: 404,
    meaning: "The gateway was deployed without a bucket, so it keeps no reports.",
    remedy: "Bind an R2 bucket as `BUCKET`.",
  },
  unknown_report: {
    status: 404,
    meaning: "No report was written on that day.",
    remedy: "See `/reports` for the dates.",
  },
  unknown_webhook: {
    status: 404,
    meaning: "No webhook of this name is configured.",
    remedy: "Use one of the names that `detail` lists.",
  },
  unknown_subscription: {
    status: 404,
    meaning: "There is no subscription of this id.",
    remedy: "See `GET /admin/subscriptions` for the ids.",
  },
  unknown_dead_letter: {
    status: 404,
    meaning: "No message of this id was given up.",
    remedy: "See `/admin/alerts/dead-letters` for the ids.",
  },
  method_not_allowed: {
    status: 405,
    meaning: "The path exists, but not for this method.",
    remedy: "Use a method that the `Allow` header lists.",
  },
  sequence_conflict: {
    status: 409,
    meaning: "Other ticks were applied under this `X-Producer-Seq`: the number was used twice. Nothing was applied.",
    remedy: "Give a producer a new `X-Producer-Id` at each start, unless it goes on counting.",
  },
  sequence_too_old: {
    status: 409,
    meaning:
      "`X-Producer-Seq` is below the highest 128 numbers of the producer that each symbol remembers, so the ticks may " +
      "have been applied before. Nothing was applied.",
    remedy: "Give a producer a new `X-Producer-Id` at each start, and send no more than 128 requests at once.",
  },
  subscription_limit: {
    status: 409,
    meaning: "There are 100 subscriptions already.",
    remedy: "Remove one, or name several symbols in one.",
  },
  same_model: {
    status: 409,
    meaning: "The artifact that should become challenger is the champion.",
    remedy: "Name another artifact.",
  },
  no_experiment: {
    status: 409,
    meaning: "No experiment runs.",
    remedy: "Give the alias `challenger` to an artifact first.",
  },
  experiment_changed: {
    status: 409,
    meaning: "Another experiment runs than the one that the request is about.",
    remedy: "Read `/admin/experiment` again, and decide anew.",
  },
  experiment_not_serving: {
    status: 409,
    meaning: "An artifact of the running experiment is refused here, or still loading.",
    remedy: "See `/health` for why, and send the request again.",
  },
  other_pair: {
    status: 409,
    meaning:
      "The symbol does not compare the experiment's two models: their labels differ, or it has not adopted them.",
    remedy: "Send a tick of the symbol and the request again, or leave the symbol out.",
  },
  block_in_training: {
    status: 409,
    meaning: "The challenger was trained on ticks of a block, or on a label of it.",
    remedy: "Send blocks after the challenger's training alone.",
  },
  block_in_future: {
    status: 409,
    meaning: "A block has not ended in the symbol's ticks.",
    remedy: "Send blocks that have ended.",
  },
  block_after_live: {
    status: 409,
    meaning: "A block lies after the first ones that the symbol compared live: the live ones count.",
    remedy: "Leave such blocks out.",
  },
  decided_blocks_gone: {
    status: 409,
    meaning:
      "The evidence has blocks that no symbol keeps any more, so it cannot be computed anew: they are older than thirty " +
      "days, or a removed symbol had them.",
    remedy: "Go on with the live evidence, or begin the experiment anew and backfill it then.",
  },
  experiment_running: {
    status: 409,
    meaning: "Another challenger is being compared, and the request says `replace: false`.",
    remedy: "Wait for its verdict, or replace it (`--replace`): its evidence is lost then.",
  },
  not_auto: {
    status: 409,
    meaning: "The rule may not promote: the experiment is no longer `auto`.",
    remedy: "Promote by hand, or set `auto` again.",
  },
  not_shown_better: {
    status: 409,
    meaning:
      "By hand, a challenger must be shown better: 8 blocks, 10 episodes, and a paired interval above zero. " +
      "`reasons` and `lacks` say what is missing.",
    remedy: "Wait for more evidence, or promote with `force`, `by` and `reason`.",
  },
  gate_refused: {
    status: 409,
    meaning: "The artifact's own gate refused it, or it has no verdict (`no_gate`). `reasons` names why.",
    remedy: "Train a model that passes, or overrule the gate with `force`.",
  },
  no_operating_points: {
    status: 409,
    meaning: "The model's manifest has no operating points: it was imported, or made by an older trainer.",
    remedy: "Train it again, or promote a model that has the wanted threshold.",
  },
  not_an_operating_point: {
    status: 409,
    meaning: "The wanted goal or threshold is not among the manifest's operating points.",
    remedy: "Name one of those that `detail` and `operating_points` list.",
  },
  alias_changed: {
    status: 409,
    meaning: "Another artifact was given the alias in the meantime. Nothing was changed.",
    remedy: "Read `/admin/aliases` again, and decide anew.",
  },
  nothing_to_roll_back: {
    status: 409,
    meaning: "There is no champion change left to roll back.",
    remedy: "Name the wanted artifact with `PUT /admin/aliases/champion`.",
  },
  history_changed: {
    status: 409,
    meaning: "Somebody else changed the aliases in the meantime. Nothing was changed.",
    remedy: "Read `/admin/history` again, and decide anew.",
  },
  artifact_not_found: { status: 409, meaning: "The bucket has no such artifact.", remedy: ARTIFACT_REMEDY },
  artifact_manifest_invalid: { status: 409, meaning: "The artifact's manifest is malformed.", remedy: ARTIFACT_REMEDY },
  artifact_hash_mismatch: {
    status: 409,
    meaning: "The ONNX file is not the one that the manifest names.",
    remedy: ARTIFACT_REMEDY,
  },
  artifact_horizon_mismatch: {
    status: 409,
    meaning: "The artifact was trained for the labels of another horizon than those of the grid.",
    remedy: "Name the grid of its horizon with `?horizon=`, or train one for this horizon. Nothing was changed.",
  },
  artifact_schema_mismatch: {
    status: 409,
    meaning: "The artifact was trained for other features, for another grid, or of default-2 for another horizon.",
    remedy: ARTIFACT_REMEDY,
  },
  artifact_decision_mismatch: {
    status: 409,
    meaning: "The manifest's decision is not the one whose hash the ONNX file holds: the manifest was changed by hand.",
    remedy: "Publish the artifact's folder under its own SHA-256 again, or train a model with the wanted decision.",
  },
  artifact_too_large: {
    status: 409,
    meaning: "The ONNX file has more than 16 MiB, the manifest more than 2 MiB, or a run needs more than 64 MiB.",
    remedy: "Train fewer or smaller trees.",
  },
  artifact_unbounded_graph: {
    status: 409,
    meaning: "The graph may run for ever: `Loop`, nested `Scan`, functions of its own, or more than 5,000 nodes.",
    remedy: ARTIFACT_REMEDY,
  },
  artifact_too_slow: {
    status: 409,
    meaning: "A run on at most 1,024 trial rows took more than 5 s.",
    remedy: "Train a smaller model.",
  },
  artifact_not_onnx: { status: 409, meaning: "The runtime cannot read the ONNX file.", remedy: ARTIFACT_REMEDY },
  artifact_wrong_inputs: {
    status: 409,
    meaning: "The model has other inputs than one table of features.",
    remedy: ARTIFACT_REMEDY,
  },
  artifact_wrong_shape: {
    status: 409,
    meaning: "The model's output has another shape than its rows ask for.",
    remedy: ARTIFACT_REMEDY,
  },
  artifact_bad_output: {
    status: 409,
    meaning: "On trial rows, the model gave something that is no probability.",
    remedy: ARTIFACT_REMEDY,
  },
  artifact_scorer_differs: {
    status: 409,
    meaning:
      "The gateway's own scorer does not give onnxruntime's bits for this graph: its scores would not be the trainer's.",
    remedy: "Report it, with the artifact: it is a fault of the gateway.",
  },
  body_too_large: {
    status: 413,
    meaning: "The body has more bytes, before or after decompression, or more JSON values than the route takes.",
    remedy: "Send smaller requests.",
  },
  too_many_ticks: {
    status: 413,
    meaning: "`POST /ingest` takes at most 5,000 ticks.",
    remedy: "Send smaller requests.",
  },
  trace_too_large: {
    status: 413,
    meaning: "With `X-Volgate-Trace: steps` the answer could be larger than 24 MiB. Nothing was applied.",
    remedy: "Send fewer ticks in a request, or leave the header out.",
  },
  too_many_rows: {
    status: 413,
    meaning: "A request takes at most 1,000 rows.",
    remedy: "Send smaller requests.",
  },
  too_many_labels: {
    status: 413,
    meaning: "`POST /feedback` takes at most 1,000 labels.",
    remedy: "Send smaller requests.",
  },
  unsupported_encoding: {
    status: 415,
    meaning: "`Content-Encoding` is none that the route takes.",
    remedy: "Send the body plain. `POST /ingest` and `POST /feedback` take gzip, inference takes deflate too.",
  },
  no_valid_tick: {
    status: 422,
    meaning: "Every tick was refused. The document holds the counts and the reasons.",
    remedy: "Correct the ticks; do not send the same ones again.",
  },
  no_history: {
    status: 422,
    meaning: "No tick of the history counts, so that the symbol would begin without one. Nothing was stored.",
    remedy: "Send ticks in the order of their time, or let the symbol begin with its first live tick.",
  },
  product_unknown: {
    status: 422,
    meaning: "The venue has no such product.",
    remedy: "Name the product as the venue does, in `product`. `detail` has what the venue says.",
  },
  venue_refused: {
    status: 422,
    meaning: "The venue refuses the gateway's requests: its place, its address, or what was asked.",
    remedy: "`detail` has what the venue says. Warm the symbol with ticks of a file, or let it begin with live ones.",
  },
  no_valid_label: {
    status: 422,
    meaning: "Every label was refused. The document holds the reasons.",
    remedy: "Correct the labels; do not send the same ones again.",
  },
  row_malformed: { status: 422, meaning: "A row is not an object of finite float32 numbers.", remedy: FIX_FIELD },
  row_incomplete: {
    status: 422,
    meaning: "A row lacks `ret_mean`, `ret_std` or `n`, and the feature for which it stands.",
    remedy: FIX_FIELD,
  },
  rows_out_of_range: {
    status: 422,
    meaning: "The model gives no usable figure for a row: its values are too large for the model's own sums.",
    remedy: "Correct the row that `detail` names.",
  },
  archive_backlog: {
    status: 429,
    meaning: "64 MB of ticks wait for the archive, at each symbol of the request. Nothing was applied.",
    remedy: "Send the request again after `Retry-After`, under the same `X-Producer-Seq`.",
  },
  symbol_busy: {
    status: 429,
    meaning:
      "1,024 batches or 100,000 ticks wait already, at each symbol of the request: more than its object keeps up with. " +
      "Nothing was applied.",
    remedy:
      "Send the request again after `Retry-After`, under the same `X-Producer-Seq`; send larger batches less often.",
  },
  internal_error: {
    status: 500,
    meaning: "A bug. The log has the error under the `request_id`; the answer never shows it.",
    remedy: "Report the `request_id`.",
  },
  not_configured: {
    status: 503,
    meaning: "Outside development, a route that writes is closed until its token is set; or a variable is malformed.",
    remedy: "The operator sets `INGEST_TOKEN` and `ADMIN_TOKEN`, or corrects the variable that the log names.",
  },
  champion_unknown: {
    status: 503,
    meaning: "The symbol is new, and the model that serves is not known yet: its label would be a guess.",
    remedy: "Send the same ticks again after `Retry-After`.",
  },
  partly_failed: {
    status: 503,
    meaning:
      "Something of the request was not acknowledged; of `POST /ingest`, nothing was. The document says why, by symbol.",
    remedy: "Send the request again after `Retry-After`; with `X-Producer-Seq`, under the same number.",
  },
  symbol_timeout: {
    status: 503,
    meaning:
      "The symbol's object did not answer within `OBJECT_DEADLINE_MS`. A batch that it got may still be applied.",
    remedy:
      "Send the request again after `Retry-After`. A batch with `X-Producer-Seq` goes under the same number: if it was " +
      "applied, it counts as `duplicate`. Without producer headers, ticks that were applied count as `duplicate` or `late`.",
  },
  stream_full: {
    status: 503,
    meaning: "All hubs of the stream have as many readers as `STREAM_HUB_READERS` allows.",
    remedy: "Connect again after `Retry-After`, or raise the variable.",
  },
  symbol_failed: {
    status: 503,
    meaning: "The symbol's object answered with an error, which the log has.",
    remedy: "Send the request again after `Retry-After`. If that does not help, see `/health` and the log.",
  },
  object_timeout: {
    status: 503,
    meaning:
      "The registry, the directory, the overview or the alerts object did not answer in time. A change may still be made.",
    remedy: "Send the request again after `Retry-After`; after a change look at `/admin/history` first.",
  },
  directory_unavailable: {
    status: 503,
    meaning: "The symbol is not known here, and the part of the directory that would know it does not answer.",
    remedy: "Send the request again after `Retry-After`.",
  },
  archive_unavailable: {
    status: 503,
    meaning:
      "The archive could not be read, or ticks that wait for it could not be written to it. Nothing was changed.",
    remedy: "Send the request again once the bucket answers; or remove the symbol with its archive.",
  },
  venue_unavailable: {
    status: 503,
    meaning: "The venue did not answer, has too many requests, or answered with something that is not known.",
    remedy: "Send the request again after `Retry-After`. Nothing was changed.",
  },
  not_ready: {
    status: 503,
    meaning: "The gateway is not ready: see `/health/ready`.",
    remedy: "See `/health` for the reasons.",
  },
  model_not_ready: {
    status: 503,
    meaning: "The artifact holds an alias and does not serve: it was refused, or the runtime did not start.",
    remedy: "See `/health` for what was refused.",
  },
  no_model: { status: 503, meaning: "No model holds the alias `rows`.", remedy: "See `/health` for what was refused." },
  artifact_store_unavailable: {
    status: 503,
    meaning: "The bucket did not answer.",
    remedy: "Send the request again after `Retry-After`.",
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

/** A code for machines. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a text is one of the codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
