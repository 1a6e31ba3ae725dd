// Every route of the gateway, in the order in which documents show them.
import { recreateSymbolContract, removeSymbolContract } from "./admin-symbols-schema.ts";
import {
  aliasesContract,
  giveAliasContract,
  historyContract,
  removeAliasContract,
  rollbackContract,
} from "./aliases-schema.ts";
import { alertsContract, deadLettersContract, redeliverContract, testWebhookContract } from "./alerts-schema.ts";
import { backfillContract } from "./backfill-schema.ts";
import type { Contract } from "./contract.ts";
import { driftContract } from "./drift-schema.ts";
import {
  evaluateContract,
  experimentReportContract,
  experimentSettingsContract,
  promoteContract,
} from "./experiment-schema.ts";
import { experimentReadingContract } from "./experiment-reading-schema.ts";
import { explanationContract } from "./explanation-schema.ts";
import { feedbackContract } from "./feedback-schema.ts";
import { feedContract, feedListContract, removeFeedContract, setFeedContract } from "./feeds-schema.ts";
import { healthContract, liveContract, readyContract, versionContract } from "./health-schema.ts";
import { inferContract, inferVersionContract } from "./infer-schema.ts";
import {
  modelContract,
  modelReadyContract,
  modelVersionContract,
  repositoryIndexContract,
  serverContract,
  serverLiveContract,
  serverReadyContract,
  versionReadyContract,
} from "./inference-schema.ts";
import { ingestContract } from "./ingest-schema.ts";
import { livePerformanceContract } from "./live-performance-schema.ts";
import { metricsContract, metricsTargetsContract } from "./metrics-schema.ts";
import { acknowledgeContract } from "./notices-schema.ts";
import { operationsContract } from "./operations-schema.ts";
import { openApiContract } from "./openapi-schema.ts";
import { overviewContract } from "./overview-schema.ts";
import { pooledQualityContract } from "./pooled-quality-schema.ts";
import { predictContract, predictLegacyContract, predictManyContract } from "./predict-schema.ts";
import { qualityContract } from "./quality-schema.ts";
import { reportContract, reportListContract, writeReportContract } from "./reports-schema.ts";
import { streamContract, symbolStreamContract } from "./stream-schema.ts";
import {
  changeSubscriptionContract,
  createSubscriptionContract,
  removeSubscriptionContract,
  subscriptionContract,
  subscriptionListContract,
  testSubscriptionContract,
} from "./subscriptions-schema.ts";
import { symbolAlertsContract, symbolAlertSettingsContract } from "./symbol-alerts-schema.ts";
import { symbolHistoryContract } from "./symbol-history-schema.ts";
import { symbolListContract, symbolStateContract } from "./symbols-schema.ts";
import { symbolThresholdContract } from "./symbol-threshold-schema.ts";
import { thresholdContract } from "./threshold-schema.ts";
import { symbolTickSocketContract, tickSocketContract } from "./tick-socket-schema.ts";
import { warmContract } from "./warm-schema.ts";

export const CONTRACTS: readonly Contract[] = [
  ingestContract,
  tickSocketContract,
  symbolTickSocketContract,
  feedbackContract,
  predictContract,
  predictManyContract,
  predictLegacyContract,
  serverContract,
  serverLiveContract,
  serverReadyContract,
  modelContract,
  modelVersionContract,
  modelReadyContract,
  versionReadyContract,
  inferContract,
  inferVersionContract,
  repositoryIndexContract,
  streamContract,
  overviewContract,
  symbolListContract,
  symbolStateContract,
  symbolHistoryContract,
  symbolStreamContract,
  explanationContract,
  qualityContract,
  driftContract,
  symbolThresholdContract,
  symbolAlertsContract,
  removeSymbolContract,
  recreateSymbolContract,
  feedListContract,
  feedContract,
  setFeedContract,
  removeFeedContract,
  warmContract,
  healthContract,
  liveContract,
  readyContract,
  versionContract,
  metricsContract,
  metricsTargetsContract,
  livePerformanceContract,
  pooledQualityContract,
  operationsContract,
  reportListContract,
  reportContract,
  writeReportContract,
  acknowledgeContract,
  openApiContract,
  aliasesContract,
  giveAliasContract,
  removeAliasContract,
  thresholdContract,
  historyContract,
  rollbackContract,
  experimentReadingContract,
  experimentReportContract,
  experimentSettingsContract,
  evaluateContract,
  promoteContract,
  backfillContract,
  alertsContract,
  deadLettersContract,
  redeliverContract,
  testWebhookContract,
  subscriptionListContract,
  createSubscriptionContract,
  subscriptionContract,
  changeSubscriptionContract,
  removeSubscriptionContract,
  testSubscriptionContract,
  symbolAlertSettingsContract,
];
