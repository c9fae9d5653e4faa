package dev.tallyman.cli.ask;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that say which metric is asked for, by which dimensions, over which range. */
public final class MetricOptions {
  public static final String QUERY = "/api/v1/query";

  /** The metrics that are money; all others are counts. */
  private static final Set<String> MONEY = Set.of("cost", "billed", "estimated");

  @Option(
      names = "--by",
      split = ",",
      paramLabel = "DIMENSION",
      description =
          "Up to two of endpoint, project, key, user, model, group, tier, batch, line_item"
              + " (default: model).")
  private List<String> by = List.of("model");

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "A date, an instant, or 7d, 24h, today, mtd (default: 7d).")
  private Optional<String> since = Optional.empty();

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "The end, not included (default: now).")
  private Optional<String> until = Optional.empty();

  @Option(names = "--last", paramLabel = "SPAN", description = "Short for --since: 7d, 24h, 12h.")
  private Optional<String> last = Optional.empty();

  @Option(
      names = "--metric",
      description =
          "cost, billed, estimated, tokens, tokens_in, tokens_uncached, tokens_cached,"
              + " tokens_cache_write, tokens_out, tokens_audio, tokens_image, requests, searches,"
              + " images, characters, seconds, sessions, bytes (default: cost).")
  private String metric = "cost";

  @Option(
      names = "--filter",
      paramLabel = "DIMENSION:VALUE",
      description = "Counts only these; may be repeated.")
  private List<String> filters = new ArrayList<>();

  @Option(
      names = "--granularity",
      paramLabel = "WIDTH",
      description = "minute, hour, day, week, month: in JSON and CSV a value for each.")
  private Optional<String> granularity = Optional.empty();

  @Option(
      names = "--zone",
      description = "The time zone of days, such as Europe/Rome (default: UTC).")
  private Optional<String> zone = Optional.empty();

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "How many rows; the rest is added up (default: 12).")
  private int top = 12;

  /**
   * Checks what only this side knows.
   *
   * @throws Failure if two options contradict each other
   */
  public void check() {
    if (last.isPresent() && since.isPresent()) {
      throw new Failure(Exit.USAGE, "--last and --since exclude each other");
    }
  }

  public List<String> by() {
    return by;
  }

  public String metric() {
    return metric;
  }

  /** Whether the metric is money. */
  public boolean money() {
    return MONEY.contains(metric);
  }

  public Optional<String> granularity() {
    return granularity;
  }

  /** The filters as the API writes them. */
  public List<String> filters() {
    return filters.stream().map(each -> each.replaceFirst("^([a-z_]+)=", "$1:")).toList();
  }

  /** The parameters of the query. */
  public List<Map.Entry<String, String>> parameters() {
    return parameters(granularity.orElse("all"));
  }

  /** The same in another granularity. */
  public List<Map.Entry<String, String>> parameters(String width) {
    return parameters(metric, width, top);
  }

  /** The same of another metric, in so many rows. */
  public List<Map.Entry<String, String>> parameters(String what, String width, int rows) {
    List<Map.Entry<String, String>> parameters = anyTime(what, width, rows);
    parameters.addAll(range());
    return parameters;
  }

  /** The parameters without a range, in so many rows. */
  public List<Map.Entry<String, String>> anyTime(String width, int rows) {
    return anyTime(metric, width, rows);
  }

  private List<Map.Entry<String, String>> anyTime(String what, String width, int rows) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    parameters.add(Map.entry("metric", what));
    parameters.add(Map.entry("by", String.join(",", by)));
    filters().forEach(filter -> parameters.add(Map.entry("filter", filter)));
    parameters.add(Map.entry("granularity", width));
    zone.ifPresent(value -> parameters.add(Map.entry("zone", value)));
    parameters.add(Map.entry("top", Integer.toString(rows)));
    return parameters;
  }

  /** The parameters of the range alone. */
  public List<Map.Entry<String, String>> range() {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    parameters.add(Map.entry("since", last.or(() -> since).orElse("7d")));
    until.ifPresent(value -> parameters.add(Map.entry("until", value)));
    return parameters;
  }
}
