package dev.tallyman.api.provider;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Route.Form;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.ledger.HourRows;
import dev.tallyman.core.ledger.MinuteRows;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The provider's Usage and Costs APIs, answered from the ledger: what was made for those reads
 * this, with a viewer's token in the place of an admin key (openapi specification of August 2026).
 */
public final class ProviderApiRoutes {
  private static final String PREFIX = "/v1/organization/";
  private static final String LINE_ITEM = "line_item";
  private static final List<String> COST_FIELDS =
      List.of(Dimension.PROJECT.field(), LINE_ITEM, Dimension.API_KEY.field());

  /** A page ends before it has more results, whatever its limit, so that an answer stays small. */
  private static final int MOST_RESULTS = 4_000;

  private static final Parameter ENDPOINT =
      Parameter.path(
          "endpoint",
          "One of "
              + String.join(", ", Arrays.stream(Known.values()).map(Known::id).toList())
              + ".");

  private final Site site;
  private final Tenants tenants;

  public ProviderApiRoutes(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
  }

  public List<Route> routes() {
    List<Parameter> common =
        List.of(Span.START, Span.END, Span.WIDTH, Span.PAGE, Span.GROUP_BY, Tenants.ORG);
    var usage = new ArrayList<>(common);
    usage.addAll(0, List.of(ENDPOINT, Span.LIMIT, Span.BATCH));
    usage.addAll(Span.FILTERS.values());
    var costs = new ArrayList<>(common);
    costs.addAll(List.of(Span.COST_LIMIT, Span.LINE_ITEMS));
    Stream.of(Dimension.PROJECT, Dimension.API_KEY)
        .map(Span.FILTERS::get)
        .forEach(filter -> Optional.ofNullable(filter).ifPresent(costs::add));
    return List.of(
        route(
            "usage/{endpoint}",
            "providerUsage",
            "Usage as the provider's own API tells it, from the ledger.",
            usage,
            this::usage),
        route(
            "costs",
            "providerCosts",
            "Costs as the provider's own API tells them, from the ledger.",
            costs,
            this::costs));
  }

  private static Route route(
      String path, String id, String summary, List<Parameter> parameters, Route.Handler handler) {
    return new Route(
        "GET",
        PREFIX + path,
        id,
        summary,
        Role.VIEWER,
        Form.PROVIDER,
        parameters,
        Optional.empty(),
        Answer.json(ProviderApiRoutes::schema),
        handler);
  }

  private Reply usage(Call call) {
    String id = call.text(ENDPOINT).orElse("");
    if (!(UsageEndpoint.of(id) instanceof Known endpoint)) {
      throw Problem.notFound(
          "Invalid URL (GET " + Parameter.shown(call.request().path()) + "). " + ENDPOINT.about());
    }
    Tenant tenant = tenant(call);
    Span span = Span.usage(call, endpoint.groupings());
    var reading = new UsageReading(tenant, endpoint, span);
    return page(call, tenant, span, endpoint.id(), "reported", reading);
  }

  private Reply costs(Call call) {
    Tenant tenant = tenant(call);
    Span span = Span.costs(call, COST_FIELDS);
    return page(call, tenant, span, CycleRecord.COSTS, "billed", new CostReading(tenant, span));
  }

  /** The one that the header of the official clients names, by its id or by ours, or the usual. */
  private Tenant tenant(Call call) {
    return call.request()
        .header("OpenAI-Organization")
        .filter(name -> !name.isBlank())
        .map(name ->
            tenants.named(
                new Organizations(site.store())
                    .all().stream()
                        .filter(each -> each.providerId().equals(Optional.of(name)))
                        .map(Organization::id)
                        .findFirst()
                        .orElse(name)))
        .orElseGet(() -> tenants.of(call));
  }

  /** Tells the results of one bucket after the other, ascending. */
  private interface Reading {
    List<JsonObject> results(Instant from, Instant to);

    /** Whether something was put where it was not measured. */
    boolean approximate();
  }

  private static Reply page(
      Call call, Tenant tenant, Span span, String source, String word, Reading reading) {
    var buckets = new ArrayList<JsonObject>();
    Instant from = span.start();
    int results = 0;
    while (buckets.size() < span.limit() && from.isBefore(span.end()) && results < MOST_RESULTS) {
      Instant next = span.width().floor(from).plus(span.width().duration());
      Instant to = next.isBefore(span.end()) ? next : span.end();
      List<JsonObject> told = reading.results(from, to);
      if (!buckets.isEmpty() && results + told.size() > MOST_RESULTS) {
        break;
      }
      results += told.size();
      buckets.add(
          JsonObject.of("object", "bucket")
              .put("start_time", from.getEpochSecond())
              .put("end_time", to.getEpochSecond())
              .put("results", told));
      from = next;
    }
    boolean more = from.isBefore(span.end());
    Optional<String> next =
        more ? Optional.of(new PageToken(call.now(), span.hash(), from).text()) : Optional.empty();
    var notes = new ArrayList<String>();
    if (reading.approximate()) {
      notes.add("Of some hours no minutes are kept: each is put whole where it begins.");
    }
    var provenance =
        JsonObject.of("source", word)
            .put("as_of", Tenant.lastSuccess(tenant.records().latest(call.now()), source))
            .put("complete_since", tenant.records().state().of(source).completeSince())
            .put("simulated", tenant.simulated())
            .put("notes", notes);
    return Reply.of(
            JsonObject.of("object", "page")
                .put("data", buckets)
                .put("has_more", more)
                .put("next_page", next)
                .put("x_tallyman", provenance))
        .with("OpenAI-Organization", tenant.account())
        .with("Vary", "OpenAI-Organization")
        .simulated(tenant.simulated());
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /** Whole days come from rollups, parts of days and shorter buckets from hours and minutes. */
  private static final class UsageReading implements Reading {
    private final Tenant tenant;
    private final Known endpoint;
    private final Span span;
    private final Set<Dimension> groupBy = EnumSet.noneOf(Dimension.class);
    private final Map<LocalDate, Rollup> rollups = new HashMap<>();
    private final TreeMap<Instant, List<UsageRow>> hours = new TreeMap<>();
    private @Nullable LocalDate loaded;
    private @Nullable Instant minutesOf;
    private Optional<MinuteRows> minutes = Optional.empty();
    private boolean rolled;
    private boolean approximate;

    UsageReading(Tenant tenant, Known endpoint, Span span) {
      this.tenant = tenant;
      this.endpoint = endpoint;
      this.span = span;
      span.groupBy().stream()
          .map(Dimension::ofField)
          .flatMap(Optional::stream)
          .forEach(groupBy::add);
    }

    @Override
    public boolean approximate() {
      return approximate;
    }

    @Override
    public List<JsonObject> results(Instant from, Instant to) {
      var rows = new ArrayList<UsageRow>();
      for (UsageRow row : rows(from, to)) {
        if (kept(row)) {
          rows.add(row.project(groupBy));
        }
      }
      long hours = Math.max(1, Duration.between(from, to.plusSeconds(3599)).toHours());
      return Bucket.merged(rows).stream().map(row -> result(row, hours)).toList();
    }

    private List<UsageRow> rows(Instant from, Instant to) {
      return switch (span.width()) {
        case DAY -> wholeDay(from, to) ? ofDay(day(from)) : ofHours(from, to);
        case HOUR -> ofHours(from, to);
        case MINUTE -> ofMinute(from);
      };
    }

    /** Whether a bucket is all of its day, or all that there is of it so far. */
    private boolean wholeDay(Instant from, Instant to) {
      return Width.DAY.floor(from).equals(from)
          && (Width.DAY.floor(to).equals(to) || (to.equals(span.end()) && span.untilNow()));
    }

    private List<UsageRow> ofDay(LocalDate day) {
      if (!rolled) {
        rolled = true;
        var needed = EnumSet.copyOf(groupBy);
        needed.addAll(span.filter().keySet());
        LocalDate until = day(span.start().plus(Duration.ofDays(span.limit())));
        LocalDate end = day(span.end()).plusDays(1);
        tenant
            .ledger()
            .rollups(View.holding(needed), ZoneOffset.UTC, day, until.isBefore(end) ? until : end)
            .forEach(rollup -> rollups.put(rollup.day(), rollup));
      }
      Rollup rollup = rollups.get(day);
      return rollup == null
          ? List.of()
          : rollup.rows().stream()
              .filter(row -> row.endpoint() == endpoint)
              .map(row -> row.usage())
              .toList();
    }

    /** The hours that begin in a span: one that began before belongs where it began. */
    private List<UsageRow> ofHours(Instant from, Instant to) {
      load(day(from));
      return hours.subMap(from, to).values().stream().flatMap(List::stream).toList();
    }

    private List<UsageRow> ofMinute(Instant minute) {
      Instant hour = Width.HOUR.floor(minute);
      load(day(minute));
      List<UsageRow> whole = hours.getOrDefault(hour, List.of());
      if (whole.isEmpty() || endpoint.gauge()) {
        return whole;
      }
      if (!hour.equals(minutesOf)) {
        minutesOf = hour;
        minutes = tenant.ledger().minutes(endpoint, hour);
        approximate |= minutes.isEmpty();
      }
      return minutes
          .map(kept -> kept.rows().getOrDefault(minute, List.of()))
          .orElseGet(() -> minute.equals(hour) ? whole : List.of());
    }

    private void load(LocalDate day) {
      if (!day.equals(loaded)) {
        loaded = day;
        hours.clear();
        Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        for (HourRows hour :
            tenant.ledger().hours(endpoint, start, start.plus(Duration.ofDays(1)))) {
          hours.put(hour.hour(), hour.rows());
        }
      }
    }

    private boolean kept(UsageRow row) {
      return span.filter().entrySet().stream()
          .allMatch(filter -> {
            String value = row.get(filter.getKey());
            return value != null && filter.getValue().contains(value);
          });
    }

    /**
     * One result.
     *
     * @param hours of the bucket: bytes held are averaged over them, all else is added up
     */
    private JsonObject result(UsageRow row, long hours) {
      var result = JsonObject.of("object", "organization.usage." + endpoint.result() + ".result");
      row.quantities()
          .forEach((quantity, count) ->
              result.put(quantity.field(), quantity == Quantity.BYTES ? count / hours : count));
      row.others().forEach(result::put);
      for (Dimension dimension : endpoint.groupings()) {
        String value = row.get(dimension);
        result.put(
            dimension.field(),
            dimension == Dimension.BATCH && value != null ? Boolean.valueOf(value) : value);
      }
      return result;
    }
  }

  private static final class CostReading implements Reading {
    private final Span span;
    private final String account;
    private final Optional<String> name;
    private final Map<String, Name> projects;
    private final Map<LocalDate, CostDay> days = new HashMap<>();

    CostReading(Tenant tenant, Span span) {
      this.span = span;
      this.account = tenant.account();
      this.name = tenant.name();
      this.projects = tenant.ledger().names(Name.Kind.PROJECT);
      LocalDate until = day(span.start()).plusDays(span.limit());
      LocalDate end = day(span.end()).plusDays(1);
      tenant
          .ledger()
          .costs(day(span.start()), until.isBefore(end) ? until : end)
          .forEach(each -> days.put(each.day(), each));
    }

    @Override
    public boolean approximate() {
      return false;
    }

    @Override
    public List<JsonObject> results(Instant from, Instant to) {
      CostDay day = days.get(day(from));
      if (day == null) {
        return List.of();
      }
      boolean byProject = span.groupBy().contains(Dimension.PROJECT.field());
      boolean byKey = span.groupBy().contains(Dimension.API_KEY.field());
      boolean byItem = span.groupBy().contains(LINE_ITEM);
      var rows = new ArrayList<CostRow>();
      for (CostRow row : day.rows()) {
        if (kept(span.filter().get(Dimension.PROJECT), row.project())
            && kept(span.filter().get(Dimension.API_KEY), row.apiKey())
            && kept(span.lineItems().isEmpty() ? null : span.lineItems(), row.lineItem())) {
          rows.add(
              new CostRow(
                  byProject ? row.project() : null,
                  byItem ? row.lineItem() : null,
                  byKey ? row.apiKey() : null,
                  row.amount(),
                  row.currency(),
                  byItem ? row.quantity() : null,
                  byItem ? row.unit() : null));
        }
      }
      return CostDay.of(day.day(), rows).rows().stream().map(this::result).toList();
    }

    private static boolean kept(@Nullable Set<String> values, @Nullable String value) {
      return values == null || (value != null && values.contains(value));
    }

    /** As the live API does, amounts are text, so that nobody rounds them. */
    private JsonObject result(CostRow row) {
      return JsonObject.of("object", "organization.costs.result")
          .put(
              "amount",
              JsonObject.of("value", row.amount().toPlainString()).put("currency", row.currency()))
          .put("quantity", row.quantity())
          .put("quantity_unit", row.unit())
          .put("line_item", row.lineItem())
          .put("project_id", row.project())
          .put(
              "project_name", Optional.ofNullable(row.project()).map(projects::get).map(Name::name))
          .put("api_key_id", row.apiKey())
          .put("organization_id", account)
          .put("organization_name", name)
          .put("user_id", null)
          .put("user_email", null);
    }
  }

  private static JsonObject schema() {
    JsonObject bucket =
        Schema.object(
            JsonObject.of("object", Schema.constant("bucket"))
                .put("start_time", Schema.integer())
                .put("end_time", Schema.integer())
                .put("results", Schema.array(Schema.object())));
    JsonObject time = Schema.nullable(Schema.string("date-time"));
    return Schema.object(
        JsonObject.of("object", Schema.constant("page"))
            .put("data", Schema.array(bucket))
            .put("has_more", Schema.bool())
            .put("next_page", Schema.nullable(Schema.string()))
            .put(
                "x_tallyman",
                Schema.object(
                    JsonObject.of("source", Schema.string())
                        .put("as_of", time)
                        .put("complete_since", time)
                        .put("simulated", Schema.bool())
                        .put("notes", Schema.array(Schema.string())))));
  }
}
