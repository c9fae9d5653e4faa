package dev.tallyman.api.legacy;

import static dev.tallyman.core.usage.UsageEndpoint.Known.COMPLETIONS;

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
import dev.tallyman.api.site.PollTrigger.Outcome;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.api.v1.Reconciliations;
import dev.tallyman.core.Figures;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.group.PoolUsage;
import dev.tallyman.core.group.Pools;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.RollupRow;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of two older trackers of OpenAI usage, a proxy and a worker, so that what was built
 * on either works here. Where they differ, one answer carries both forms.
 */
public final class LegacyRoutes {
  public static final String RECONCILE = "/api/reconcile";

  /** What these trackers called a model that is in no pool: nothing, so a word is needed. */
  private static final String NO_TIER = "none";

  private static final int DEFAULT_LIMIT = 100;
  private static final int DEFAULT_DAYS = 7;
  private static final int HISTORY_DAYS = 90;

  private static final Parameter LIMIT =
      Parameter.clamped("limit", 1, 500, "How many rows; moved into 1 to 500.")
          .byDefault(DEFAULT_LIMIT);
  private static final Parameter OFFSET =
      Parameter.clamped("offset", 0, Integer.MAX_VALUE, "How many newer rows to leave out.")
          .byDefault(0);
  private static final Parameter DAYS =
      Parameter.integer("days", 0, HISTORY_DAYS, "Snapshots of today and as many days before.")
          .byDefault(DEFAULT_DAYS);
  private static final Parameter DATE = Parameter.date("date", "Snapshots of this UTC day.");
  private static final Parameter DAY =
      Parameter.date("date", "The UTC day; without it today is meant.");
  private static final Comparator<Map.Entry<String, Long>> LARGEST_FIRST =
      Map.Entry.<String, Long>comparingByValue()
          .reversed()
          .thenComparing(Map.Entry.comparingByKey());

  private static final String OK = "ok";
  private static final String FAILED = "failed";

  private final Site site;
  private final Tenants tenants;
  private final Health health;

  public LegacyRoutes(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
    this.health = new Health(site.store());
  }

  public List<Route> routes() {
    return List.of(
        open(
            "/",
            "frontDoor",
            "What this is and where to go.",
            LegacyRoutes::frontDoorSchema,
            _ -> Reply.of(frontDoor())),
        open(
            "/health",
            "health",
            "Whether the server answers and can write its store, else 503; the time in milliseconds"
                + " since 1970.",
            () -> healthSchema(Schema.integer()),
            call -> health(call, call.now().toEpochMilli())),
        open(
            "/api/health",
            "apiHealth",
            "Whether the server answers and can write its store, else 503; the time as ISO 8601.",
            () -> healthSchema(Schema.string("date-time")),
            call -> health(call, call.now())),
        reading(
            "/api/usage",
            "usage",
            "What is used today (UTC) of the pool of each model group.",
            List.of(Tenants.ORG),
            LegacyRoutes::usageSchema,
            this::usage),
        reading(
            "/api/history",
            "history",
            "With limit or offset the rows of hours, newest first; with days or date the totals"
                + " that each poll found; with neither both.",
            List.of(LIMIT, OFFSET, DAYS, DATE, Tenants.ORG),
            LegacyRoutes::historySchema,
            this::history),
        reading(
            "/api/stats",
            "stats",
            "Today's usage and the number of requests of the last 90 days.",
            List.of(Tenants.ORG),
            () ->
                Schema.object(
                    JsonObject.of("usage", usageSchema())
                        .put("totalRequests", Schema.integer())
                        .put("since", Schema.string("date"))),
            this::stats),
        reading(
            "/api/models",
            "modelUsage",
            "What each model used on a day.",
            List.of(DAY, Tenants.ORG),
            LegacyRoutes::modelsSchema,
            this::models),
        new Route(
            "POST",
            "/api/poll",
            "poll",
            "Polls the provider now and answers when that is done.",
            Role.OPERATOR,
            Form.SOURCE,
            List.of(Tenants.ORG),
            Optional.empty(),
            Answer.json(() -> LegacyShapes.polled().schema()),
            this::poll),
        new Route(
            "POST",
            RECONCILE,
            "reconcile",
            "Reads a UTC day again and answers what that changed; the ledger follows the provider.",
            Role.OPERATOR,
            Form.FLAGGED,
            List.of(DAY, Tenants.ORG),
            Optional.empty(),
            Answer.json(LegacyRoutes::reconcileSchema),
            this::reconcile));
  }

  private Reply usage(Call call) {
    Tenant tenant = tenants.of(call);
    return Reply.of(usage(tenant, call.now())).simulated(tenant.simulated());
  }

  private static JsonObject usage(Tenant tenant, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    var usage = JsonObject.of("date", today);
    var shape = LegacyShapes.pool();
    pools(tenant, today).forEach(pool -> usage.put(pool.group(), shape.json(pool)));
    Optional<CycleRecord> latest = tenant.records().latest(now);
    Optional<Instant> asOf = Tenant.lastSuccess(latest, COMPLETIONS.id());
    return usage
        .put("last_updated", asOf.map(Instant::getEpochSecond).orElse(0L))
        .put("as_of", asOf)
        .put("source", "reported")
        .put("simulated", tenant.simulated());
  }

  /**
   * From the rollup of the day, which is absent, and so counts as nothing, before the first poll.
   */
  public static List<PoolUsage> pools(Tenant tenant, LocalDate day) {
    Set<String> projects = tenant.settings().usage().poolProjects();
    var pools = new Pools(tenant.settings().usage().groups(), projects);
    poolRows(tenant, day).forEach(row -> pools.add(row.endpoint(), row.usage()));
    return pools.usage();
  }

  /** The rows of a day by which pools can be told apart. */
  private static List<RollupRow> poolRows(Tenant tenant, LocalDate day) {
    View view = tenant.settings().usage().poolProjects().isEmpty() ? View.MODELS : View.ALL;
    return tenant.ledger().rollup(view, Rollup.UTC, day).map(Rollup::rows).orElseGet(List::of);
  }

  private Reply history(Call call) {
    Tenant tenant = tenants.of(call);
    boolean paged = call.text(LIMIT).isPresent() || call.text(OFFSET).isPresent();
    boolean dated = call.text(DAYS).isPresent() || call.text(DATE).isPresent();
    var answer = JsonObject.of();
    if (paged || !dated) {
      answer.putAll(page(call, tenant));
    }
    if (dated || !paged) {
      List<JsonObject> snapshots = snapshots(call, tenant);
      answer.put("snapshots", snapshots).put("count", snapshots.size());
    }
    return Reply.of(answer.put("simulated", tenant.simulated())).simulated(tenant.simulated());
  }

  private static JsonObject page(Call call, Tenant tenant) {
    int limit = call.integer(LIMIT, DEFAULT_LIMIT);
    int offset = call.integer(OFFSET, 0);
    var history = new History(tenant, call.now());
    var hour = LegacyShapes.hour();
    List<JsonObject> data = new ArrayList<>();
    history
        .page(offset, limit)
        .forEach(row -> {
          String model = row.usage().get(Dimension.MODEL);
          String tier = tier(tenant.settings().usage().groups(), row.endpoint(), model);
          data.add(hour.json(new LegacyShapes.Hour(row, tier)));
        });
    var page = new LegacyShapes.Page(limit, offset, history.total());
    return JsonObject.of("data", data).put("pagination", LegacyShapes.page().json(page));
  }

  private static String tier(ModelGroups groups, UsageEndpoint endpoint, @Nullable String model) {
    return endpoint == COMPLETIONS ? groups.groupOf(model).orElse(NO_TIER) : NO_TIER;
  }

  /** Polls in which the completions could not be read have no totals of their own to show. */
  private static List<JsonObject> snapshots(Call call, Tenant tenant) {
    Optional<LocalDate> date = call.date(DATE);
    LocalDate today = LocalDate.ofInstant(call.now(), ZoneOffset.UTC);
    LocalDate from = date.orElseGet(() -> today.minusDays(call.integer(DAYS, DEFAULT_DAYS)));
    LocalDate to = date.orElse(today).plusDays(1);
    // A cycle that ended on a day may have begun on the day before.
    var found =
        tenant
            .records()
            .cycles(midnight(from.minusDays(1)).plusSeconds(23 * 3600), midnight(to))
            .stream()
            .filter(cycle -> !cycle.today().day().isBefore(from))
            .filter(cycle -> cycle.today().day().isBefore(to))
            .filter(LegacyRoutes::readCompletions)
            .map(LegacyShapes.snapshot()::json)
            .toList();
    return date.isPresent() ? found : found.reversed();
  }

  private static boolean readCompletions(CycleRecord cycle) {
    var result = cycle.endpoints().get(COMPLETIONS.id());
    return result != null && result.ok();
  }

  private Reply stats(Call call) {
    Tenant tenant = tenants.of(call);
    LocalDate today = LocalDate.ofInstant(call.now(), ZoneOffset.UTC);
    LocalDate since = today.minusDays(HISTORY_DAYS - 1L);
    long requests = 0;
    for (Rollup day : tenant.ledger().rollups(View.MODELS, Rollup.UTC, since, today.plusDays(1))) {
      @Nullable String[] endpoints = day.endpoints();
      long[] counts = day.longs(Quantity.MODEL_REQUESTS);
      for (int i = 0; i < counts.length; i++) {
        boolean counted = UsageEndpoint.countsRequests(endpoints[i]);
        requests += counted && counts[i] != Rollup.ABSENT ? counts[i] : 0;
      }
    }
    return Reply.of(
            JsonObject.of("usage", usage(tenant, call.now()))
                .put("totalRequests", requests)
                .put("since", since))
        .simulated(tenant.simulated());
  }

  private Reply models(Call call) {
    Tenant tenant = tenants.of(call);
    LocalDate day = call.date(DAY).orElseGet(() -> LocalDate.ofInstant(call.now(), ZoneOffset.UTC));
    var models = new TreeMap<String, ModelSum>();
    List<RollupRow> rows =
        tenant.ledger().rollup(View.MODELS, Rollup.UTC, day).map(Rollup::rows).orElseGet(List::of);
    for (RollupRow row : rows) {
      if (Metric.REQUESTS.endpoints().contains(row.endpoint())) {
        String model = row.usage().get(Dimension.MODEL);
        String name = LegacyShapes.orUnknown(model);
        models
            .computeIfAbsent(
                name + " " + row.endpoint().id(), _ -> new ModelSum(name, row.endpoint()))
            .add(row);
      }
    }
    var shape = ModelSum.shape();
    List<JsonObject> data = new ArrayList<>();
    models
        .values()
        .forEach(sum -> {
          String tier = tier(tenant.settings().usage().groups(), sum.endpoint(), sum.named());
          data.add(shape.json(new ModelSum.Row(sum, tier)));
        });
    Optional<CycleRecord> latest = tenant.records().latest(call.now());
    return Reply.of(
            JsonObject.of("date", day)
                .put("models", data)
                .put("count", data.size())
                .put("source", "reported")
                .put("as_of", Tenant.lastSuccess(latest, COMPLETIONS.id()))
                .put("simulated", tenant.simulated()))
        .simulated(tenant.simulated());
  }

  private Reply poll(Call call) {
    Tenant tenant = tenants.of(call);
    return switch (site.polls().poll(tenant.id())) {
      case Outcome.Done(CycleRecord cycle, int alerts) when !cycle.readNothing() ->
          polled(cycle, alerts);
      case Outcome.Done(CycleRecord cycle, _) ->
          throw failed(
              502,
              "provider_failed",
              cycle.endpoints().values().stream()
                  .flatMap(result -> result.message().stream())
                  .findFirst()
                  .orElse("Nothing could be read from the provider."));
      case Outcome.AlreadyRunning() ->
          throw failed(
                  409,
                  "poll_running",
                  "A poll of this organization is running; ask again when it has ended.")
              .titled("A poll is already running");
      case Outcome.Failed(String message) -> throw failed(502, "poll_failed", message);
    };
  }

  private static Reply polled(CycleRecord cycle, int alerts) {
    return Reply.of(LegacyShapes.polled().json(new LegacyShapes.Polled(cycle, alerts)))
        .simulated(cycle.simulated());
  }

  private Reply reconcile(Call call) {
    LocalDate day = reconciled(call);
    Tenant tenant = tenants.of(call);
    return switch (site.polls().reread(tenant.id(), day)) {
      case DayOutcome.Read(DayTotals before, var endpoints) ->
          reconciled(call, day, before, endpoints);
      case DayOutcome.Unread(_, String message) ->
          throw unreconciled(
              500, "provider_failed", "Failed to fetch usage from OpenAI: " + message);
      case DayOutcome.Refused(String message) -> throw unreconciled(500, "not_read", message);
      case DayOutcome.AlreadyRunning() ->
          throw unreconciled(
              409,
              "poll_running",
              "A poll of this organization is running; ask again when it has ended.");
    };
  }

  private static LocalDate reconciled(Call call) {
    LocalDate today = LocalDate.ofInstant(call.now(), ZoneOffset.UTC);
    String text = call.text(DAY).orElseGet(today::toString);
    String wrong = "Invalid date: \"" + Parameter.shown(text) + "\". ";
    LocalDate day;
    try {
      day = DAY.day(text);
    } catch (Problem _) {
      throw Problem.parameter(DAY.name(), wrong + "Expected format: YYYY-MM-DD");
    }
    if (day.isAfter(today)) {
      throw Problem.parameter(
          DAY.name(), wrong + "It lies in the future; today is " + today + " in UTC");
    }
    return day;
  }

  private Reply reconciled(
      Call call, LocalDate day, DayTotals before, SortedMap<String, EndpointResult> endpoints) {
    Tenant tenant = tenants.of(call);
    var pools = new TreeMap<String, Long>();
    var models = new TreeMap<String, Long>();
    for (RollupRow row : poolRows(tenant, day)) {
      var pool =
          new Pools(tenant.settings().usage().groups(), tenant.settings().usage().poolProjects());
      String model = row.usage().get(Dimension.MODEL);
      for (PoolUsage usage : pool.add(row.endpoint(), row.usage()).usage()) {
        pools.merge(usage.group(), usage.used(), Math::addExact);
        if (usage.used() > 0) {
          String name = LegacyShapes.orUnknown(model) + " (" + usage.group() + ")";
          models.merge(name, usage.used(), Math::addExact);
        }
      }
    }
    var answer = JsonObject.of("success", true).put("date", day);
    var reread = LegacyShapes.reread();
    tenant
        .settings()
        .usage()
        .groups()
        .groups()
        .forEach(group -> {
          long was = before.poolTokens().getOrDefault(group.name(), 0L);
          long is = pools.getOrDefault(group.name(), 0L);
          answer.put(group.name(), reread.json(new LegacyShapes.Reread(was, is)));
        });
    return Reply.of(
            answer
                .put(
                    "details",
                    models.entrySet().stream()
                        .sorted(LARGEST_FIRST)
                        .map(model ->
                            model.getKey()
                                + ": "
                                + Figures.count(BigDecimal.valueOf(model.getValue()))
                                + " tokens")
                        .toList())
                .put("bill", Reconciliations.bill(site, tenant, day, call.now()))
                .put("failures", LegacyShapes.failures(endpoints))
                .put("simulated", tenant.simulated()))
        .simulated(tenant.simulated());
  }

  private static Problem unreconciled(int status, String code, String message) {
    return new Problem(status, "server_error", code, "", message);
  }

  private static Problem failed(int status, String code, String message) {
    return new Problem(status, "server_error", code, "", message).titled("Failed to poll usage");
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static JsonObject frontDoor() {
    return JsonObject.of("name", "Tallyman")
        .put("version", "1")
        .put("status", "running")
        .put("description", "Keeps the tally of what an organization spends on OpenAI.")
        .put(
            "endpoints",
            JsonObject.of("health", "/api/health")
                .put("usage", "/api/usage")
                .put("history", "/api/history")
                .put("alerts", "/api/alerts")
                .put("stats", "/api/stats")
                .put("models", "/api/models")
                .put("poll", "/api/poll")
                .put("reconcile", RECONCILE)
                .put("api", "/api/v1/openapi.json"));
  }

  /** Nothing of why the store fails: whoever asks needs no token. */
  private Reply health(Call call, Object timestamp) {
    Health.Finding found = health.at(call.now());
    String status = found.ok() ? OK : FAILED;
    return Reply.of(
            JsonObject.of("status", status)
                .put("timestamp", timestamp)
                .put("store", JsonObject.of("status", status).put("as_of", found.at())))
        .withStatus(found.ok() ? 200 : 503);
  }

  private static JsonObject frontDoorSchema() {
    return Schema.object(
        JsonObject.of("name", Schema.string())
            .put("version", Schema.string())
            .put("status", Schema.constant("running"))
            .put("description", Schema.string())
            .put("endpoints", Schema.map(Schema.string())));
  }

  private static JsonObject healthSchema(JsonObject timestamp) {
    JsonObject status = Schema.enumeration(List.of(OK, FAILED));
    return Schema.object(
        JsonObject.of("status", status)
            .put("timestamp", timestamp)
            .put(
                "store",
                Schema.object(
                    JsonObject.of("status", status).put("as_of", Schema.string("date-time")))));
  }

  /** One member for each model group, whatever they are called, beside the named ones. */
  private static JsonObject usageSchema() {
    JsonObject pool = LegacyShapes.pool().schema();
    return Schema.object(
            JsonObject.of("date", Schema.string("date"))
                .put(ModelGroups.PREMIUM, pool)
                .put(ModelGroups.MINI, pool)
                .put("last_updated", Schema.integer())
                .put("as_of", Schema.nullable(Schema.string("date-time")))
                .put("source", Schema.constant("reported"))
                .put("simulated", Schema.bool()),
            Set.of(ModelGroups.PREMIUM, ModelGroups.MINI))
        .put("additionalProperties", pool);
  }

  private static JsonObject historySchema() {
    return Schema.object(
        JsonObject.of("data", Schema.array(LegacyShapes.hour().schema()))
            .put("pagination", LegacyShapes.page().schema())
            .put("snapshots", Schema.array(LegacyShapes.snapshot().schema()))
            .put("count", Schema.integer())
            .put("simulated", Schema.bool()),
        Set.of("data", "pagination", "snapshots", "count"));
  }

  private static JsonObject modelsSchema() {
    return Schema.object(
        JsonObject.of("date", Schema.string("date"))
            .put("models", Schema.array(ModelSum.shape().schema()))
            .put("count", Schema.integer())
            .put("source", Schema.constant("reported"))
            .put("as_of", Schema.nullable(Schema.string("date-time")))
            .put("simulated", Schema.bool()));
  }

  /** One member for each model group, whatever they are called, beside the named ones. */
  private static JsonObject reconcileSchema() {
    JsonObject pool = LegacyShapes.reread().schema();
    return Schema.object(
            JsonObject.of("success", Schema.constant(true))
                .put("date", Schema.string("date"))
                .put(ModelGroups.PREMIUM, pool)
                .put(ModelGroups.MINI, pool)
                .put("details", Schema.array(Schema.string()))
                .put("bill", Reconciliations.daySchema())
                .put("failures", Schema.map(Schema.string()))
                .put("simulated", Schema.bool()),
            Set.of(ModelGroups.PREMIUM, ModelGroups.MINI))
        .put("additionalProperties", pool);
  }

  private static Route open(
      String path, String id, String summary, Supplier<JsonObject> schema, Route.Handler handler) {
    return route(path, id, summary, Role.NONE, List.of(), schema, handler);
  }

  private static Route reading(
      String path,
      String id,
      String summary,
      List<Parameter> parameters,
      Supplier<JsonObject> schema,
      Route.Handler handler) {
    return route(path, id, summary, Role.VIEWER, parameters, schema, handler);
  }

  private static Route route(
      String path,
      String id,
      String summary,
      Role needs,
      List<Parameter> parameters,
      Supplier<JsonObject> schema,
      Route.Handler handler) {
    return new Route(
        "GET",
        path,
        id,
        summary,
        needs,
        Form.SOURCE,
        parameters,
        Optional.empty(),
        Answer.json(schema),
        handler);
  }
}
