package dev.tallyman.api.v1;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.message.Times;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.query.Parts;
import dev.tallyman.core.query.Provenance;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Series;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The one question: any metric by any dimension over any range. */
public final class Questions {
  private static final List<String> METRICS =
      Arrays.stream(Metric.values()).map(Metric::id).toList();
  private static final List<String> GROUPINGS = GroupBy.BUILT_IN.stream().map(GroupBy::id).toList();

  private static final List<String> GRANULARITIES =
      Arrays.stream(Granularity.values()).map(Granularity::id).toList();

  /** Up to here hours are shown unless asked otherwise, and up to there days. */
  private static final Duration HOURS_UP_TO = Duration.ofDays(2);

  private static final Duration DAYS_UP_TO = Duration.ofDays(62);

  private static final Parameter METRIC =
      Parameter.oneOf("metric", METRICS, "What is asked for; see x-tallyman-metrics.")
          .byDefault(Metric.COST.id());
  private static final Parameter BY =
      Parameter.text(
          "by",
          "Up to two of "
              + String.join(", ", GROUPINGS)
              + ", separated by a comma, as far as the metric knows them.");
  static final Parameter FILTER =
      Parameter.texts(
          "filter",
          "dimension:value; values of the same dimension are alternatives, dimensions are"
              + " conditions; no value after the colon stands for what has none.");
  private static final Parameter SINCE =
      Parameter.text("since", "Where the range begins: " + Times.FORMS + ".").byDefault("30d");
  private static final Parameter UNTIL =
      Parameter.text("until", "Where the range ends, exclusive: in the same forms.")
          .byDefault("now");
  private static final Parameter GRANULARITY =
      Parameter.oneOf(
          "granularity",
          GRANULARITIES,
          "How long a bucket lasts; without it hours up to 48 hours, days up to 62 days, else"
              + " weeks.");
  private static final Parameter ZONE =
      Parameter.text("zone", "The IANA time zone whose days count.").byDefault("UTC");
  private static final Parameter TOP =
      Parameter.integer("top", 1, 75_000, "How many series; the rest is added up as other.")
          .byDefault(Query.DEFAULT_TOP);
  private static final Parameter CURRENCY =
      Parameter.text("currency", "Of billed amounts.").byDefault(Query.USD);

  private final Site site;
  private final Tenants tenants;

  public Questions(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
  }

  public Route route() {
    return Route.reading(
        "/api/v1/query",
        "query",
        "Any metric, grouped, filtered, over a range in buckets.",
        List.of(METRIC, BY, FILTER, SINCE, UNTIL, GRANULARITY, ZONE, TOP, CURRENCY, Tenants.ORG),
        Answer.table(() -> Result.shape().schema()),
        this::answer);
  }

  /** Which metric knows which dimension and granularity, for the OpenAPI document. */
  public static JsonObject metrics() {
    var metrics = JsonObject.of();
    for (Metric metric : Metric.values()) {
      metrics.put(
          metric.id(),
          JsonObject.of("meaning", metric.meaning())
              .put("unit", metric.unit().id())
              .put("dimensions", metric.dimensions().stream().map(GroupBy::id).toList())
              .put(
                  "granularities",
                  Arrays.stream(Granularity.values())
                      .filter(metric::knows)
                      .map(Granularity::id)
                      .toList()));
    }
    return metrics;
  }

  private Reply answer(Call call) {
    Tenant tenant = tenants.of(call);
    try {
      Query query = query(call);
      var answer =
          new Queries(site.store(), tenant.settings().usage(), site.clock())
              .answer(tenant.id(), query);
      var result = new Result(tenant.id(), answer, names(tenant.ledger(), answer));
      return Reply.of(Result.shape().json(result))
          .withTable(result::table)
          .simulated(answer.provenance().simulated());
    } catch (QueryException refused) {
      throw Problem.parameter(refused.field(), message(refused));
    }
  }

  static String message(QueryException refused) {
    String message = Objects.requireNonNullElse(refused.getMessage(), "");
    String sentence = message.endsWith(".") ? message : message + ".";
    List<String> unsaid =
        refused.allowed().stream().filter(allowed -> !message.contains(allowed)).toList();
    return unsaid.isEmpty()
        ? sentence
        : sentence + " Possible: " + String.join(", ", refused.allowed()) + ".";
  }

  private static Query query(Call call) {
    Metric metric =
        call.text(METRIC)
            .flatMap(id -> Metric.of(id).or(() -> Metric.of(METRIC.choice(id))))
            .orElse(Metric.COST);
    ZoneId zone = Query.zone(call.text(ZONE).orElse("UTC"));
    Instant since = Times.parse(SINCE, call.text(SINCE).orElse("30d"), zone, call.now());
    Instant until = Times.parse(UNTIL, call.text(UNTIL).orElse("now"), zone, call.now());
    Granularity granularity =
        call.text(GRANULARITY)
            .map(GRANULARITY::choice)
            .flatMap(Granularity::of)
            .orElseGet(() -> usual(metric, Duration.between(since, until)));
    return new Query(
        metric,
        groupings(call),
        filters(call),
        since,
        until,
        granularity,
        zone,
        call.integer(TOP, Query.DEFAULT_TOP),
        call.text(CURRENCY).orElse(Query.USD));
  }

  private static Granularity usual(Metric metric, Duration range) {
    if (range.compareTo(HOURS_UP_TO) <= 0 && metric.knows(Granularity.HOUR)) {
      return Granularity.HOUR;
    }
    return range.compareTo(DAYS_UP_TO) <= 0 ? Granularity.DAY : Granularity.WEEK;
  }

  private static List<GroupBy> groupings(Call call) {
    var groupings = new ArrayList<GroupBy>();
    for (String name :
        call.text(BY).map(text -> text.split(",", -1)).orElseGet(() -> new String[0])) {
      groupings.add(grouping(BY, name.strip()));
    }
    return groupings;
  }

  static Map<GroupBy, Set<String>> filters(Call call) {
    SortedMap<GroupBy, Set<String>> filters = GroupBy.map();
    for (String filter : call.texts(FILTER)) {
      int colon =
          filter.indexOf(
              ':', filter.startsWith(GroupBy.Named.TAG) ? GroupBy.Named.TAG.length() : 0);
      if (colon < 0) {
        throw Problem.parameter(
            FILTER.name(),
            "filter is '"
                + Parameter.shown(filter)
                + "'; expected dimension:value such as model:gpt-5.");
      }
      GroupBy dimension = grouping(FILTER, filter.substring(0, colon));
      filters
          .computeIfAbsent(dimension, _ -> new LinkedHashSet<>())
          .add(filter.substring(colon + 1));
    }
    return filters;
  }

  private static GroupBy grouping(Parameter parameter, String name) {
    return GroupBy.of(name)
        .orElseThrow(() ->
            Problem.parameter(
                parameter.name(),
                parameter.name()
                    + " names '"
                    + Parameter.shown(name)
                    + "'; expected one of "
                    + String.join(", ", GROUPINGS)
                    + "."));
  }

  /** The names of what the answer is grouped by, where that has names. */
  private static Map<GroupBy, Map<String, Name>> names(
      Ledger ledger, dev.tallyman.core.query.Answer answer) {
    SortedMap<GroupBy, Map<String, Name>> names = GroupBy.map();
    for (GroupBy by : answer.query().groupBy()) {
      switch (by) {
        case GroupBy.BuiltIn.PROJECT -> names.put(by, ledger.names(Name.Kind.PROJECT));
        case GroupBy.BuiltIn.KEY -> names.put(by, ledger.names(Name.Kind.API_KEY));
        case GroupBy.BuiltIn.USER -> {
          // A service account's usage carries its id in the place of a user's.
          var users = new LinkedHashMap<>(ledger.names(Name.Kind.SERVICE_ACCOUNT));
          users.putAll(ledger.names(Name.Kind.USER));
          names.put(by, users);
        }
        default -> {
          // They are their own names.
        }
      }
    }
    return names;
  }

  /** An answer on its way out. */
  private record Result(
      String organization,
      dev.tallyman.core.query.Answer answer,
      Map<GroupBy, Map<String, Name>> names) {
    static Shape<Result> shape() {
      return Shape.<Result>object()
          .object("query", echo(), result -> result)
          .text("unit", result -> result.query().metric().unit().id())
          .with(
              "buckets",
              Schema.array(Schema.string("date-time")),
              result -> result.answer().buckets())
          .list(
              "series",
              amounts(
                  Shape.<Line>object()
                      .nested("keys", Schema.map(Schema.nullable(Schema.string())), Line::keys)
                      .nested("names", Schema.map(Schema.string()), Line::named)),
              result -> result.answer().series().stream().map(result::line).toList())
          .optionalObject(
              "other",
              amounts(
                  Shape.<Line>object().integer("series", line -> line.result().answer().others())),
              result -> result.answer().other().map(result::line))
          .object("total", amounts(Shape.object()), result -> result.line(result.answer().total()))
          .optionalObject(
              "parts",
              Shape.<Parts>object()
                  .decimal("billed", Parts::billed)
                  .decimal("estimated", Parts::estimated),
              result -> result.answer().parts())
          .optionalTime("as_of", result -> result.provenance().asOf())
          .text("source", result -> result.provenance().source())
          .optional("currency", result -> result.provenance().currency())
          .flag("partial", result -> result.provenance().partial())
          .flag("estimated", result -> result.provenance().estimated())
          .flag("stale", result -> result.provenance().stale())
          .flag("simulated", result -> result.provenance().simulated())
          .optionalTime("complete_since", result -> result.provenance().completeSince())
          .texts(
              "unpriced",
              result ->
                  result.provenance().unpriced().stream().map(Unpriced::name).distinct().toList())
          .list(
              "why_unpriced",
              Shape.<Unpriced>object()
                  .text("name", Unpriced::name)
                  .optional("tier", Unpriced::tier)
                  .text("why", Unpriced::why),
              result -> result.provenance().unpriced())
          .with(
              "other_currencies",
              Schema.map(Schema.decimal()),
              result -> otherCurrencies(result.provenance()))
          .texts("notes", result -> result.provenance().notes());
    }

    /** The question, with what was left at its default. */
    private static Shape<Result> echo() {
      return Shape.<Result>object()
          .text("org", Result::organization)
          .choice("metric", METRICS, result -> result.query().metric().id())
          .with(
              "by",
              Schema.array(Schema.enumeration(GROUPINGS)),
              result -> result.query().groupBy().stream().map(GroupBy::id).toList())
          .with(
              "filter",
              Schema.map(Schema.array(Schema.string())),
              result -> {
                var filters = JsonObject.of();
                result
                    .query()
                    .filters()
                    .forEach((by, values) -> filters.put(by.id(), List.copyOf(values)));
                return filters;
              })
          .time("since", result -> result.query().from())
          .time("until", result -> result.query().to())
          .choice("granularity", GRANULARITIES, result -> result.query().granularity().id())
          .text("zone", result -> named(result.query().zone()))
          .integer("top", result -> result.query().top())
          .text("currency", result -> result.query().currency());
    }

    /** The same with the value of each bucket and their total. */
    private static Shape<Line> amounts(Shape<Line> shape) {
      JsonObject value =
          Schema.any(Schema.decimal(), Schema.number(), JsonObject.of("type", "null"));
      return shape
          .nested("values", Schema.array(value), line -> line.result().values(line.series()))
          .nested("total", value, line -> line.result().value(line.series().total()));
    }

    /** A series of an answer. */
    private record Line(Result result, Series series) {
      private JsonObject keys() {
        var keys = JsonObject.of();
        for (int i = 0; i < series.keys().size(); i++) {
          keys.put(result.query().groupBy().get(i).id(), series.keys().get(i));
        }
        return keys;
      }

      private JsonObject named() {
        var named = JsonObject.of();
        for (int i = 0; i < series.keys().size(); i++) {
          GroupBy by = result.query().groupBy().get(i);
          result.name(by, series.keys().get(i)).ifPresent(name -> named.put(by.id(), name));
        }
        return named;
      }
    }

    private Line line(Series series) {
      return new Line(this, series);
    }

    private Query query() {
      return answer.query();
    }

    private Provenance provenance() {
      return answer.provenance();
    }

    private static JsonObject otherCurrencies(Provenance provenance) {
      var others = JsonObject.of();
      provenance
          .otherCurrencies()
          .forEach(
              (currency, amount) -> others.put(currency, Decimals.normal(amount).toPlainString()));
      return others;
    }

    private static String named(ZoneId zone) {
      return zone.normalized().equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }

    private Optional<String> name(GroupBy by, Optional<String> key) {
      Map<String, Name> known = names.get(by);
      return known == null
          ? Optional.empty()
          : key.map(known::get).map(Name::name).filter(name -> !name.isEmpty());
    }

    private List<@Nullable Object> values(Series series) {
      var values = new ArrayList<@Nullable Object>(series.values().size());
      series.values().forEach(each -> values.add(value(each)));
      return values;
    }

    /** Money as text, so that no reader rounds it; counts as numbers. */
    private @Nullable Object value(Optional<BigDecimal> value) {
      if (value.isEmpty()) {
        return null;
      }
      BigDecimal number = value.orElseThrow();
      return answer.query().metric().unit() == Unit.MONEY ? number.toPlainString() : number;
    }

    /** A row for each bucket and series; their sum is the total. */
    Table table() {
      List<GroupBy> groupings = answer.query().groupBy();
      var columns = new ArrayList<>(List.of("bucket"));
      for (GroupBy by : groupings) {
        columns.add(by.id());
        if (names.containsKey(by)) {
          columns.add(by.id() + "_name");
        }
      }
      columns.addAll(List.of("value", "unit", "source", "as_of", "flags"));
      var table = new Table(columns);
      boolean alone = groupings.isEmpty();
      for (int bucket = 0; bucket < answer.buckets().size(); bucket++) {
        for (Series series : alone ? List.of(answer.total()) : answer.series()) {
          table.row(row(bucket, series, false));
        }
        if (!alone && answer.other().isPresent()) {
          table.row(row(bucket, answer.other().orElseThrow(), true));
        }
      }
      return table;
    }

    private List<@Nullable Object> row(int bucket, Series series, boolean rest) {
      Provenance provenance = answer.provenance();
      var cells = new ArrayList<@Nullable Object>();
      cells.add(answer.buckets().get(bucket));
      List<GroupBy> groupings = answer.query().groupBy();
      for (int i = 0; i < groupings.size(); i++) {
        Optional<String> key = rest ? Optional.of("(other)") : series.keys().get(i);
        cells.add(key);
        if (names.containsKey(groupings.get(i))) {
          cells.add(rest ? Optional.empty() : name(groupings.get(i), key));
        }
      }
      cells.add(series.values().get(bucket));
      cells.add(provenance.currency().orElseGet(() -> answer.query().metric().unit().id()));
      cells.add(provenance.source());
      cells.add(provenance.asOf());
      cells.add(flags(provenance));
      return cells;
    }

    private static String flags(Provenance provenance) {
      var flags = new ArrayList<String>();
      if (provenance.simulated()) {
        flags.add("SIMULATED");
      }
      if (provenance.partial()) {
        flags.add("partial");
      }
      if (provenance.estimated()) {
        flags.add("estimated");
      }
      if (provenance.stale()) {
        flags.add("stale");
      }
      return String.join(" ", flags);
    }
  }
}
