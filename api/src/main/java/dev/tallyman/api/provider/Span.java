package dev.tallyman.api.provider;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Width;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A question in the provider's own words: buckets of a width in a span of time, grouped and
 * filtered.
 *
 * @param start of the first bucket of this page, on a minute; within its bucket if asked so
 * @param end exclusive; never in the future
 * @param untilNow whether it ends with what there is so far
 * @param limit the most buckets of the page
 * @param groupBy the fields by which rows are told apart
 * @param filter the values that a dimension may have; none for one that may have any
 * @param lineItems the line items of costs that count; empty for all
 * @param hash of what is asked, to bind the next page's token to
 */
public record Span(
    Width width,
    Instant start,
    Instant end,
    boolean untilNow,
    int limit,
    Set<String> groupBy,
    Map<Dimension, Set<String>> filter,
    Set<String> lineItems,
    int hash) {
  static final Parameter START =
      Parameter.text("start_time", "Where the range begins, in seconds since 1970.");
  static final Parameter END =
      Parameter.text("end_time", "Where it ends, exclusive, in seconds since 1970; else now.");
  static final Parameter WIDTH =
      Parameter.oneOf("bucket_width", List.of("1m", "1h", "1d"), "How long a bucket lasts.")
          .byDefault("1d");
  static final Parameter LIMIT =
      Parameter.text(
          "limit", "The most buckets of a page: of minutes 1440, of hours 168, of days 31.");
  static final Parameter COST_LIMIT =
      Parameter.text("limit", "The most days of a page: 180, and 7 unless asked otherwise.");
  static final Parameter PAGE = Parameter.text("page", "next_page of the page before.");
  static final Parameter GROUP_BY =
      Parameter.texts("group_by", "Fields by which results are told apart; also as group_by[].");
  static final Parameter BATCH =
      Parameter.oneOf("batch", List.of("true", "false"), "Only batches, or all but batches.");

  static final Parameter LINE_ITEMS =
      Parameter.texts("line_items", "Only these line items, by their exact and complete names.");

  /** By dimension the parameter whose values filter it. */
  static final Map<Dimension, Parameter> FILTERS = filters();

  private static final int MOST_COST_DAYS = 180;
  private static final int USUAL_DAYS = 7;

  /** The year 9999: beyond it nothing is meant. */
  private static final long LATEST = 253_402_300_799L;

  private static Map<Dimension, Parameter> filters() {
    var filters = new EnumMap<Dimension, Parameter>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      if (dimension != Dimension.BATCH && dimension != Dimension.SERVICE_TIER) {
        filters.put(
            dimension,
            Parameter.texts(
                dimension.field() + "s", "Only these values of " + dimension.field() + "."));
      }
    }
    return filters;
  }

  /**
   * The question of a call about usage.
   *
   * @param dimensions what the endpoint can be grouped by
   */
  static Span usage(Call call, List<Dimension> dimensions) {
    Width width =
        one(call, WIDTH)
            .map(WIDTH::choice)
            .flatMap(text ->
                Arrays.stream(Width.values())
                    .filter(each -> each.parameter().equals(text))
                    .findFirst())
            .orElse(Width.DAY);
    int usual =
        switch (width) {
          case MINUTE -> 60;
          case HOUR -> 24;
          case DAY -> USUAL_DAYS;
        };
    List<String> fields = dimensions.stream().map(Dimension::field).toList();
    return of(call, width, limit(call, usual, width.maxBuckets()), fields, dimensions);
  }

  /** The question of a call about costs, which are known by days. */
  static Span costs(Call call, List<String> fields) {
    if (one(call, WIDTH).filter(text -> !text.equals("1d")).isPresent()) {
      throw Problem.parameter(WIDTH.name(), "Costs are known by days only: bucket_width is 1d.");
    }
    return of(
        call,
        Width.DAY,
        limit(call, USUAL_DAYS, MOST_COST_DAYS),
        fields,
        List.of(Dimension.PROJECT, Dimension.API_KEY));
  }

  private static Span of(
      Call call, Width width, int limit, List<String> fields, List<Dimension> dimensions) {
    int hash = hash(call);
    long from =
        number(call, START)
            .orElseThrow(() ->
                Problem.invalid(
                    "missing_required_parameter",
                    START.name(),
                    "Missing required parameter: 'start_time'."));
    OptionalLong to = number(call, END);
    if (to.isPresent() && to.getAsLong() <= from) {
      throw Problem.parameter(END.name(), "end_time must be later than start_time.");
    }
    Instant end = to.isPresent() ? Instant.ofEpochSecond(to.getAsLong()) : call.now();
    var groupBy = new LinkedHashSet<String>();
    for (String value : all(call, GROUP_BY.name())) {
      for (String field : value.split(",", -1)) {
        if (!fields.contains(field)) {
          throw Problem.parameter(
              GROUP_BY.name(),
              "Invalid value: '"
                  + Parameter.shown(field)
                  + "'. Supported values are: "
                  + String.join(", ", fields)
                  + ".");
        }
        groupBy.add(field);
      }
    }
    requireKnown(call, dimensions);
    var filter = new EnumMap<Dimension, Set<String>>(Dimension.class);
    if (dimensions.contains(Dimension.BATCH)) {
      one(call, BATCH)
          .map(text -> BATCH.choice(text.toLowerCase(Locale.ROOT)))
          .ifPresent(text -> filter.put(Dimension.BATCH, Set.of(text)));
    }
    for (Dimension dimension : dimensions) {
      @Nullable Parameter parameter = FILTERS.get(dimension);
      List<String> values = parameter == null ? List.of() : all(call, parameter.name());
      if (!values.isEmpty()) {
        filter.put(dimension, Set.copyOf(values));
      }
    }
    return new Span(
        width,
        start(call, Width.MINUTE.floor(Instant.ofEpochSecond(from)), hash),
        end.isBefore(call.now()) ? end : call.now(),
        !end.isBefore(call.now()),
        limit,
        groupBy,
        filter,
        Set.copyOf(all(call, LINE_ITEMS.name())),
        hash);
  }

  /** Refuses filters of dimensions that this endpoint does not have: they would keep everything. */
  private static void requireKnown(Call call, List<Dimension> dimensions) {
    for (String name : call.query().names()) {
      for (Dimension dimension : Dimension.values()) {
        @Nullable Parameter filter = dimension == Dimension.BATCH ? BATCH : FILTERS.get(dimension);
        if (filter != null && filter.name().equals(bare(name)) && !dimensions.contains(dimension)) {
          throw Problem.invalid(
              "unknown_parameter",
              filter.name(),
              "There is no filter '"
                  + filter.name()
                  + "' here; this endpoint knows no "
                  + dimension.field()
                  + ".");
        }
      }
    }
  }

  private static Instant start(Call call, Instant asked, int hash) {
    return one(call, PAGE)
        .map(page ->
            PageToken.next(page, hash)
                .filter(next -> next.isAfter(asked))
                .orElseThrow(() ->
                    Problem.invalid(
                        "invalid_request_error",
                        "",
                        "The page token is invalid, have you modified the query" + " parameters?")))
        .orElse(asked);
  }

  private static int limit(Call call, int usual, int most) {
    OptionalLong limit = number(call, LIMIT);
    if (limit.isPresent() && (limit.getAsLong() < 1 || limit.getAsLong() > most)) {
      throw Problem.parameter(
          LIMIT.name(),
          "limit is " + limit.getAsLong() + "; expected 1 to " + most + " for this bucket_width.");
    }
    return (int) limit.orElse(usual);
  }

  private static OptionalLong number(Call call, Parameter parameter) {
    Optional<String> text = one(call, parameter);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(text.orElseThrow());
      if (number >= 0 && number <= LATEST) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException _) {
      // Reported below.
    }
    throw Problem.parameter(
        parameter.name(),
        parameter.name()
            + " is '"
            + Parameter.shown(text.orElseThrow())
            + "'; expected a whole number.");
  }

  private static Optional<String> one(Call call, Parameter parameter) {
    List<String> values = all(call, parameter.name());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
  }

  /** The values of a parameter, written as {@code name}, {@code name[]} or {@code name[0]}. */
  private static List<String> all(Call call, String name) {
    return call.query().names().stream()
        .filter(each -> bare(each).equals(name))
        .flatMap(each -> call.query().all(each).stream())
        .toList();
  }

  /** The name of a parameter without brackets. */
  public static String bare(String name) {
    int bracket = name.indexOf('[');
    return bracket < 0 ? name : name.substring(0, bracket);
  }

  /** The same for the same question on every machine, whatever page is asked for. */
  private static int hash(Call call) {
    var rest = new TreeMap<String, List<String>>();
    for (String name : call.query().names()) {
      if (!name.equals(PAGE.name())) {
        rest.put(name, call.query().all(name));
      }
    }
    return (call.request().path() + rest).hashCode();
  }
}
