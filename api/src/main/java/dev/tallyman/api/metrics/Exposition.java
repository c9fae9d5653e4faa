package dev.tallyman.api.metrics;

import dev.tallyman.core.store.Bytes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * Metrics as text, in either of the two forms that Prometheus reads: its own, 0.0.4, and
 * OpenMetrics 1.0. All are gauges: what a provider restates may fall.
 */
public final class Exposition {
  static final String TEXT = "text/plain";
  static final String OPEN_METRICS = "application/openmetrics-text";

  private static final String INFO = "_info";

  private final boolean open;
  private final String organization;
  private final StringBuilder text = new StringBuilder(8 * 1024);

  /**
   * Nothing so far.
   *
   * @param open whether it is to be OpenMetrics
   * @param organization what the label of this name says on every sample
   */
  public Exposition(boolean open, String organization) {
    this.open = open;
    this.organization = organization;
  }

  /** The media type with its parameters. */
  String type() {
    return open
        ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
        : TEXT + "; version=0.0.4; charset=utf-8";
  }

  /** A metric whose samples follow, all before those of the next one. */
  public Family gauge(String name, String help) {
    return new Family(name, name, "gauge", help);
  }

  /** A metric that tells names: its name ends with {@code _info} and its value is 1. */
  Family info(String name, String help) {
    return open
        ? new Family(name, name.substring(0, name.length() - INFO.length()), "info", help)
        : gauge(name, help);
  }

  /** The text in UTF-8. */
  public Bytes bytes() {
    return Bytes.copyOf(
        (open ? text + "# EOF\n" : text.toString()).getBytes(StandardCharsets.UTF_8));
  }

  /** One metric; one without samples is not told at all. */
  public final class Family {
    private final String name;
    private final String told;
    private final String type;
    private final String help;
    private boolean begun;

    private Family(String name, String told, String type, String help) {
      this.name = name;
      this.told = told;
      this.type = type;
      this.help = help;
    }

    public Family sample(long value, String... labels) {
      return sample(BigDecimal.valueOf(value), labels);
    }

    /** Adds a sample with these labels: names and values in turn. */
    public Family sample(BigDecimal value, String... labels) {
      if (!begun) {
        begun = true;
        line("# HELP ").append(told).append(' ').append(escaped(help, open)).append('\n');
        line("# TYPE ").append(told).append(' ').append(type).append('\n');
      }
      line(name).append("{organization=\"").append(escaped(organization, true)).append('"');
      for (int i = 0; i < labels.length; i += 2) {
        line(",").append(labels[i]).append("=\"").append(escaped(labels[i + 1], true)).append('"');
      }
      line("} ").append(value.toPlainString()).append('\n');
      return this;
    }

    private StringBuilder line(String beginning) {
      return text.append(beginning);
    }
  }

  private static String escaped(String value, boolean quotes) {
    String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
    return quotes ? escaped.replace("\"", "\\\"") : escaped;
  }
}
