// How the programs of this folder reach a Kafka cluster, and which of its errors mean what.
import { AuthenticationError, type BaseOptions, ConnectionPool, findErrorBy } from "@platformatic/kafka";

/** What every client of the cluster has in common. */
export type KafkaConnection = Pick<BaseOptions, "clientId" | "bootstrapBrokers" | "tls" | "sasl">;

/** Time for a connection, and for an answer: a broker that hangs is asked again elsewhere. */
const CONNECT_MS = 5_000;
const REQUEST_MS = 15_000;

export function clientOptions(connection: KafkaConnection): BaseOptions {
  return { ...connection, connectTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, retries: 2, retryDelay: 500 };
}

/** Connections of their own, so that a read that waits delays nothing else. */
export function connectionPool({ clientId, tls, sasl }: KafkaConnection): ConnectionPool {
  const security = { ...(tls && { tls }), ...(sasl && { sasl }) };
  return new ConnectionPool(clientId, { connectTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, ...security });
}

/** Answers to a member that no longer belongs to the group, or soon will not. */
const LOST = ["ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "FENCED_INSTANCE_ID"] as const;

export function isLost(error: unknown): boolean {
  return LOST.some((apiId) => isKafkaError(error, apiId));
}

/** Whether an error is, or holds, one that the broker names so. */
export function isKafkaError(error: unknown, apiId: string): boolean {
  return error instanceof Error && findErrorBy(error, "apiId", apiId) !== null;
}

/** Whether the cluster has no such topic; the library says it in a text of its own. */
export function isUnknownTopic(error: unknown): boolean {
  return error instanceof Error && /^Unknown topic /.test(error.message);
}

/** Whether the cluster refuses who asks: another attempt cannot help. */
export function isAccessRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    findErrorBy(error, "code", AuthenticationError.code) !== null ||
    ["TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "SASL_AUTHENTICATION_FAILED"].some((apiId) =>
      isKafkaError(error, apiId),
    )
  );
}

/** One line: the innermost messages, which name the broker or the broker's own words. */
export function kafkaErrorText(error: unknown): string {
  const found = new Set<string>();
  const visit = (one: unknown): void => {
    if (!(error instanceof Error) || found.size > 5) return;
    const inner = one instanceof AggregateError ? (one.errors as unknown[]) : one instanceof Error ? [one.cause] : [];
    const causes = inner.filter((each) => each instanceof Error);
    if (causes.length > 0) causes.forEach(visit);
    else if (one instanceof Error) found.add(one.message.trim());
  };
  visit(error);
  return [...found].join("; ") || String(error);
}
