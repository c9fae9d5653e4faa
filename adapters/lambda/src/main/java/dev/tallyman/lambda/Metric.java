package dev.tallyman.lambda;

/**
 * Everything that is counted in CloudWatch: ten metrics in an account cost nothing, and with one
 * dimension each of these is one for each stack.
 */
public enum Metric {
  /** How long a cycle took. */
  CYCLE_SECONDS("CycleSeconds", "Seconds"),
  /** Rows of usage that a cycle read. */
  ROWS_READ("RowsRead", "Count"),
  /** Hours and days whose stored content a cycle changed. */
  BUCKETS_CHANGED("BucketsChanged", "Count"),
  /** Endpoints that a cycle could not read. */
  ENDPOINT_FAILURES("EndpointFailures", "Count"),
  /** How old the oldest endpoint's last successful read is. */
  STALENESS_SECONDS("StalenessSeconds", "Seconds"),
  /** Cycles that read nothing at all. */
  CYCLES_WITHOUT_DATA("CyclesWithoutData", "Count"),
  /** How long an answer of the API took, without Lambda's part. */
  API_MILLISECONDS("ApiMilliseconds", "Milliseconds"),
  /** Answers of the API with a status of 500 or above. */
  API_ERRORS("ApiErrors", "Count"),
  /** Deliveries that a channel took. */
  DELIVERIES_SENT("DeliveriesSent", "Count"),
  /** Deliveries that were given up, or refused for good. */
  DELIVERIES_DEAD("DeliveriesDead", "Count");

  private final String id;
  private final String unit;

  Metric(String id, String unit) {
    this.id = id;
    this.unit = unit;
  }

  /** Its name in CloudWatch. */
  public String id() {
    return id;
  }

  /** Its unit, as CloudWatch calls it. */
  public String unit() {
    return unit;
  }
}
