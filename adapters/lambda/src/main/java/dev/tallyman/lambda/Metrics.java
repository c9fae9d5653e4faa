package dev.tallyman.lambda;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Metrics by way of the log, in CloudWatch's embedded metric format (Amazon CloudWatch User Guide,
 * "Specification: Embedded metric format"): CloudWatch takes them out of the line by itself. They
 * have one dimension, {@code Stack}; what else a line says can be searched and costs no metric.
 */
public final class Metrics {
  /** The namespace in CloudWatch. */
  public static final String NAMESPACE = "Tallyman";

  /** The only dimension. */
  public static final String DIMENSION = "Stack";

  private final Log log;
  private final String stack;
  private final InstantSource clock;

  /**
   * Metrics of a stack.
   *
   * @param stack its name, at most 1024 characters
   */
  public Metrics(Log log, String stack, InstantSource clock) {
    this.log = log;
    this.stack = stack;
    this.clock = clock;
  }

  /**
   * Writes what was measured in one line of the log, with the event that it belongs to.
   *
   * @param values each an integer, a long or a decimal; at least one
   * @param members of the event, as {@link Log#event} takes them
   */
  public void event(
      Log.Level level, String event, Map<Metric, ? extends Number> values, Map<String, ?> members) {
    List<Map<String, String>> definitions = new ArrayList<>();
    var line = new LinkedHashMap<String, Object>();
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            clock.millis(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    NAMESPACE,
                    "Dimensions",
                    List.of(List.of(DIMENSION)),
                    "Metrics",
                    definitions))));
    line.put(DIMENSION, stack);
    values.forEach((metric, value) -> {
      definitions.add(Map.of("Name", metric.id(), "Unit", metric.unit()));
      line.put(metric.id(), value);
    });
    line.putAll(members);
    log.event(level, event, line);
  }
}
