// All that an isolate counts, of the Worker or of an object.
import { Counter, Histogram } from "./counters.ts";

export const requests = new Counter("http_requests_total");
export const predictionLatency = new Histogram("prediction_latency_seconds");
export const predictions = new Counter("predictions_total");

export const ingestLatency = new Histogram("volgate_ingest_latency_seconds");
export const ingestTicks = new Counter("volgate_ingest_ticks_total");
export const rejectedTicks = new Counter("volgate_ticks_rejected_total");
export const ingestBytes = new Counter("volgate_ingest_bytes_total");
export const ingestBatches = new Counter("volgate_ingest_batches_total");
export const ingestFailures = new Counter("volgate_ingest_failures_total");
export const socketFrames = new Counter("volgate_socket_frames_total");
export const socketsOpened = new Counter("volgate_sockets_opened_total");
export const socketsClosed = new Counter("volgate_sockets_closed_total");
export const sequenceRefusals = new Counter("volgate_sequence_refusals_total");

export const objectRequests = new Counter("volgate_object_requests_total");
export const objectLatency = new Histogram("volgate_object_latency_seconds");
export const objectFailures = new Counter("volgate_object_failures_total");
export const objectTimeouts = new Counter("volgate_object_timeouts_total");
export const alarmRuns = new Counter("volgate_alarm_runs_total");
export const rowsWritten = new Counter("volgate_rows_written_total");
export const r2Operations = new Counter("volgate_r2_operations_total");
export const logEvents = new Counter("volgate_log_events_total");

export const streamOpened = new Counter("volgate_stream_opened_total");
export const streamClosed = new Counter("volgate_stream_closed_total");
export const streamResumed = new Counter("volgate_stream_resumed_total");
export const streamEvents = new Counter("volgate_stream_events_total");
export const streamGaps = new Counter("volgate_stream_gaps_total");
export const streamLoads = new Counter("volgate_stream_hub_loads_total");

export const spikeEvents = new Counter("volgate_spike_events_total");
export const scorerChecks = new Counter("volgate_scorer_checks_total");
export const modelSwaps = new Counter("volgate_model_swaps_total");
export const lostCountBatches = new Counter("volgate_metrics_lost_batches_total");
