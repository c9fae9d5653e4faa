package dev.tallyman.simulator;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is asked about time: buckets of a width in a span, in a grouping.
 *
 * @param start of the first bucket of this page, on a minute; within its bucket if asked so
 * @param end exclusive; never in the future
 * @param limit the most buckets of the page
 * @param groupBy what rows are told apart by; for charges only project and API key
 * @param byLineItem whether charges are told apart by line item
 * @param filter the values that a dimension may have; none for a dimension that may have any
 * @param lineItems the line items of charges that count; empty for all
 * @param hash of the parameters, to bind the next page token to
 */
record Question(
    Width width,
    Instant start,
    Instant end,
    int limit,
    Set<Dimension> groupBy,
    boolean byLineItem,
    Map<Dimension, Set<String>> filter,
    Set<String> lineItems,
    int hash) {
  private static final Map<Dimension, String> FILTERS =
      new EnumMap<>(
          Map.of(
              Dimension.PROJECT, "project_ids",
              Dimension.USER, "user_ids",
              Dimension.API_KEY, "api_key_ids",
              Dimension.MODEL, "models",
              Dimension.SIZE, "sizes",
              Dimension.SOURCE, "sources",
              Dimension.VECTOR_STORE, "vector_store_ids",
              Dimension.CONTEXT_LEVEL, "context_levels"));
  private static final String LINE_ITEM = "line_item";
  private static final String LINE_ITEMS = "line_items";
  private static final List<String> COMMON =
      List.of("start_time", "end_time", "bucket_width", "limit", "page", "group_by");
  private static final String BATCH = "batch";
  private static final int MOST_COST_DAYS = 180;

  /** The question of a usage endpoint. */
  static Question usage(Known endpoint, String path, Parameters parameters, Instant now) {
    parameters.requireOnly(known(endpoint.groupings()));
    Width width = width(parameters, List.of(Width.MINUTE, Width.HOUR, Width.DAY));
    int standard =
        switch (width) {
          case MINUTE -> 60;
          case HOUR -> 24;
          case DAY -> 7;
        };
    int limit = parameters.limit(standard, width.maxBuckets());
    var groupBy = EnumSet.noneOf(Dimension.class);
    List<String> known = endpoint.groupings().stream().map(Dimension::field).toList();
    for (String field : parameters.list("group_by")) {
      groupBy.add(
          Dimension.ofField(field)
              .filter(endpoint.groupings()::contains)
              .orElseThrow(() -> Parameters.unsupported("group_by", field, known)));
    }
    var filter = filter(endpoint.groupings(), parameters);
    if (endpoint.groupings().contains(Dimension.BATCH)) {
      parameters
          .one(BATCH)
          .ifPresent(text ->
              filter.put(Dimension.BATCH, Set.of(Boolean.toString(Parameters.yes(BATCH, text)))));
    }
    return new Question(width, limit, groupBy, false, filter, Set.of(), path, parameters, now);
  }

  /** The question of the costs endpoint. */
  static Question costs(String path, Parameters parameters, Instant now) {
    parameters.requireOnly(known(List.of(Dimension.PROJECT, Dimension.API_KEY), LINE_ITEMS));
    Width width = width(parameters, List.of(Width.DAY));
    int limit = parameters.limit(7, MOST_COST_DAYS);
    var groupBy = EnumSet.noneOf(Dimension.class);
    boolean byLineItem = false;
    for (String field : parameters.list("group_by")) {
      switch (field) {
        case "project_id" -> groupBy.add(Dimension.PROJECT);
        case "api_key_id" -> groupBy.add(Dimension.API_KEY);
        case LINE_ITEM -> byLineItem = true;
        default ->
            throw Parameters.unsupported(
                "group_by", field, List.of("project_id", LINE_ITEM, "api_key_id"));
      }
    }
    var filter = filter(List.of(Dimension.PROJECT, Dimension.API_KEY), parameters);
    Set<String> lineItems = parameters.all(LINE_ITEMS);
    return new Question(
        width, limit, groupBy, byLineItem, filter, lineItems, path, parameters, now);
  }

  private Question(
      Width width,
      int limit,
      Set<Dimension> groupBy,
      boolean byLineItem,
      Map<Dimension, Set<String>> filter,
      Set<String> lineItems,
      String path,
      Parameters parameters,
      Instant now) {
    this(
        width,
        start(path, parameters),
        end(parameters, now),
        limit,
        groupBy,
        byLineItem,
        filter,
        lineItems,
        parameters.hash(path));
  }

  /** The parameters of a question about what has these dimensions, and of some more. */
  private static Set<String> known(List<Dimension> dimensions, String... further) {
    var known = new HashSet<>(COMMON);
    known.addAll(List.of(further));
    for (Dimension dimension : dimensions) {
      Optional.ofNullable(FILTERS.get(dimension)).ifPresent(known::add);
      if (dimension == Dimension.BATCH) {
        known.add(BATCH);
      }
    }
    return known;
  }

  private static Width width(Parameters parameters, List<Width> widths) {
    String asked = parameters.one("bucket_width").orElse("1d");
    return Arrays.stream(Width.values())
        .filter(width -> width.parameter().equals(asked) && widths.contains(width))
        .findAny()
        .orElseThrow(() ->
            Parameters.unsupported(
                "bucket_width", asked, widths.stream().map(Width::parameter).toList()));
  }

  private static Map<Dimension, Set<String>> filter(
      List<Dimension> dimensions, Parameters parameters) {
    var filter = new EnumMap<Dimension, Set<String>>(Dimension.class);
    for (Dimension dimension : dimensions) {
      String name = FILTERS.get(dimension);
      if (name != null) {
        Set<String> values = parameters.all(name);
        if (!values.isEmpty()) {
          filter.put(dimension, values);
        }
      }
    }
    return filter;
  }

  private static Instant start(String path, Parameters parameters) {
    OptionalLong given = parameters.number("start_time");
    if (given.isEmpty()) {
      throw Refusal.of(
          "start_time", "missing_required_parameter", "Missing required parameter: 'start_time'.");
    }
    Instant start = Width.MINUTE.floor(instant("start_time", given.getAsLong()));
    OptionalLong end = parameters.number("end_time");
    if (end.isPresent() && end.getAsLong() <= given.getAsLong()) {
      throw Refusal.of(
          "end_time", "invalid_value", "Invalid 'end_time': expected a time after 'start_time'.");
    }
    Optional<String> page = parameters.one("page");
    return page.isEmpty() ? start : next(page.get(), parameters.hash(path), start);
  }

  private static Instant next(String page, int hash, Instant start) {
    return PageToken.parse(page)
        .filter(token -> token.question() == hash && token.next().isAfter(start))
        .map(PageToken::next)
        .orElseThrow(() ->
            new Refusal(
                400,
                Refusal.INVALID,
                "The page token is invalid, have you modified the query parameters?",
                null,
                Refusal.INVALID));
  }

  private static Instant end(Parameters parameters, Instant now) {
    OptionalLong given = parameters.number("end_time");
    if (given.isEmpty()) {
      return now;
    }
    Instant end = instant("end_time", given.getAsLong());
    return end.isBefore(now) ? end : now;
  }

  private static Instant instant(String name, long seconds) {
    // The year 9999: beyond it nothing is meant.
    if (seconds < 0 || seconds > 253_402_300_799L) {
      throw Refusal.of(
          name, "invalid_value", "Invalid '" + name + "': expected a Unix time in seconds.");
    }
    return Instant.ofEpochSecond(seconds);
  }
}
