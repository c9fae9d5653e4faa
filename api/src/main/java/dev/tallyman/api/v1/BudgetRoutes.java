package dev.tallyman.api.v1;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Json;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Pagination;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Route.Form;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.alert.BudgetState;
import dev.tallyman.core.alert.BudgetState.State;
import dev.tallyman.core.alert.Budgets;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.forecast.Pacing;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.spend.Outlook;
import dev.tallyman.core.spend.Spend;
import dev.tallyman.core.spend.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Budgets: what they are, where they stand, and one by one how they are set. */
public final class BudgetRoutes {
  private static final String BUDGETS = "budgets";
  private static final Parameter ID = Parameter.path("id", "The budget's id.");

  private final Site site;
  private final Budgets states;
  private final Tenants tenants;
  private final Editor editor;

  public BudgetRoutes(Site site, Tenants tenants) {
    this.site = site;
    this.states = new Budgets(site.store());
    this.tenants = tenants;
    this.editor = new Editor(tenants);
  }

  public List<Route> routes() {
    return List.of(
        Route.reading(
            "/api/v1/budgets",
            "budgets",
            "The budgets that count in an organization, those of the pools first.",
            List.of(Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() ->
                Schema.object(
                    Pagination.schema(Schema.ref("Budget")).put("simulated", Schema.bool()))),
            this::budgets),
        Route.reading(
            "/api/v1/forecast",
            "forecast",
            "How the windows of budgets are expected to end, with a band that holds in eight of"
                + " ten, and when limits are used up; and how the month is, with or without a"
                + " budget.",
            List.of(Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(BudgetRoutes::forecastSchema),
            this::forecasts),
        Route.reading(
            "/api/v1/budgets/{id}",
            "budget",
            "One budget.",
            List.of(ID, Tenants.ORG),
            Answer.json(() -> Schema.ref("Budget")),
            this::budget),
        new Route(
            "PUT",
            "/api/v1/budgets/{id}",
            "replaceBudget",
            "Makes or replaces one budget; its fields are those of the settings document. Tells all"
                + " mistakes in it.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(ID),
            Optional.of(Schema.object()),
            Answer.json(() -> Schema.ref("Budget")),
            this::replace),
        new Route(
            "POST",
            "/api/v1/budgets/{id}/mute",
            "muteBudget",
            "Tells nothing of a budget until a time, or from now on again; what is still open then"
                + " is told then.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(ID, Tenants.ORG),
            Optional.of(Muting.body()),
            Answer.json(() -> Muting.answer().schema()),
            call -> {
              Tenant tenant = tenants.of(call);
              return Muting.mute(site, tenant, found(call, tenant.settings()).id(), call);
            }),
        new Route(
            "DELETE",
            "/api/v1/budgets/{id}",
            "deleteBudget",
            "Removes one budget.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(ID),
            Optional.empty(),
            Answer.nothing(),
            this::remove));
  }

  private Reply budgets(Call call) {
    Tenant tenant = tenants.of(call);
    List<Budget> covering =
        tenant.settings().budgets().stream().filter(each -> each.covers(tenant.id())).toList();
    var page = Pagination.of(call, covering, BudgetRoutes::place);
    Map<String, BudgetState> known = states(tenant, page.items(), call.now());
    var table =
        new Table(
            List.of(
                "id",
                "name",
                "state",
                "metric",
                "limit",
                "used",
                "remaining",
                "percentage",
                "window",
                "window_start",
                "window_end",
                "scope",
                "source",
                "as_of",
                "owner",
                "simulated",
                "currency",
                "note"));
    JsonObject document =
        page.document(budget -> {
          BudgetState state = known.get(budget.id());
          if (state != null) {
            Window window = state.usage().window();
            table.row(
                budget.id(),
                budget.name(),
                state.state().id(),
                budget.limit().metric().id(),
                budget.limit().amount(),
                used(state),
                state.remaining(),
                state.percentage(),
                window.id(),
                window.start(),
                window.end(),
                budget.limit().scope(),
                state.usage().source(),
                state.usage().asOf(),
                budget.notices().owner(),
                tenant.simulated(),
                currency(budget),
                state.usage().note());
          }
          return definition(budget).put("state", Optional.ofNullable(state).map(this::state));
        });
    return Reply.of(document.put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  /** The pools' budgets come first. */
  private static String place(Budget budget) {
    return (budget.pool() ? "0" : "1") + budget.id();
  }

  private Reply budget(Call call) {
    Tenant tenant = tenants.of(call);
    Budget budget = found(call, tenant.settings());
    Optional<BudgetState> state =
        Optional.ofNullable(states(tenant, List.of(budget), call.now()).get(budget.id()));
    return Reply.of(definition(budget).put("state", state.map(this::state)))
        .simulated(tenant.simulated());
  }

  private Map<String, BudgetState> states(Tenant tenant, List<Budget> budgets, Instant now) {
    var known = new HashMap<String, BudgetState>();
    states
        .states(tenant.id(), tenant.settings().usage(), budgets, now)
        .forEach(state -> known.put(state.usage().budget().id(), state));
    return known;
  }

  private static Budget found(Call call, Settings settings) {
    String id = call.text(ID).orElse("");
    return settings.budgets().stream()
        .filter(budget -> budget.id().equals(id))
        .findFirst()
        .orElseThrow(() -> missing(id));
  }

  private static Problem missing(String id) {
    return Problem.notFound(
        "There is no budget '" + Parameter.shown(id) + "'; /api/v1/budgets lists those there are.");
  }

  private Reply replace(Call call) {
    String id = call.text(ID).orElse("");
    Map<String, Object> fields = Json.object(call.request().body());
    Settings changed = editor.change(call, stored -> Editor.checked(with(stored, id, fields)));
    return Reply.of(definition(found(call, changed)));
  }

  private Reply remove(Call call) {
    String id = call.text(ID).orElse("");
    editor.change(
        call,
        stored -> {
          if (!own(stored).containsKey(id)) {
            throw found(call, tenants.settings()).pool()
                ? Problem.invalid(
                    "invalid_parameter",
                    "id",
                    "The budget '"
                        + id
                        + "' is that of a pool, which follows daily_limit of its model group; set"
                        + " that to 0 to have none.")
                : missing(id);
          }
          return Editor.checked(with(stored, id, null));
        });
    return Reply.nothing();
  }

  private static Map<?, ?> own(Settings stored) {
    return stored.toDocument().get(BUDGETS) instanceof Map<?, ?> budgets ? budgets : Map.of();
  }

  /** The document of these settings with another budget under this id, or without it. */
  private static Map<String, ? extends @Nullable Object> with(
      Settings stored, String id, @Nullable Map<String, Object> fields) {
    var budgets = new HashMap<Object, @Nullable Object>(own(stored));
    budgets.put(id, fields);
    var document = new HashMap<String, @Nullable Object>(stored.toDocument());
    document.put(BUDGETS, budgets);
    return document;
  }

  private static JsonObject definition(Budget budget) {
    var scope = JsonObject.of();
    budget.limit().scope().parts().forEach((by, values) -> scope.put(by.id(), values));
    return JsonObject.of("id", budget.id())
        .put("name", budget.name())
        .put("organization", budget.organization())
        .put("metric", budget.limit().metric().id())
        .put("unit", budget.limit().metric().unit().id())
        .put("currency", budget.limit().currency())
        .put("limit", plain(budget.limit().amount()))
        .put("window", budget.limit().window().id())
        .put("zone", zone(budget))
        .put("scope", scope)
        .put("thresholds", budget.notices().thresholds().stream().map(Threshold::text).toList())
        .put("owner", budget.notices().owner())
        .put("runbook", budget.notices().runbook())
        .put("channels", budget.notices().channels())
        .put("renotify_hours", budget.notices().renotify().map(Duration::toHours))
        .put("pool", budget.pool());
  }

  private JsonObject state(BudgetState state) {
    Usage usage = state.usage();
    Window window = usage.window();
    return JsonObject.of("state", state.state().id())
        .put("window", window.id())
        .put("window_start", window.start())
        .put("window_end", window.end())
        .put("currency", currency(usage.budget()))
        .put("used", used(state).map(BudgetRoutes::plain))
        .put("remaining", state.remaining().map(BudgetRoutes::plain))
        .put("percentage", state.percentage().map(BudgetRoutes::plain))
        .put("source", usage.source())
        .put("as_of", usage.asOf())
        .put("partial", usage.partial())
        .put("stale", usage.stale())
        .put("unpriced", usage.unpriced())
        .put("other_currencies", usage.leftOut())
        .put("note", usage.note())
        .put("told_at", state.told())
        .put("muted_until", state.mutedUntil())
        .put("pace", state.outlook().flatMap(BudgetRoutes::pace))
        .put("forecast", state.outlook().flatMap(BudgetRoutes::forecast));
  }

  private static Optional<JsonObject> pace(Outlook outlook) {
    return outlook
        .pacing()
        .map(pacing ->
            JsonObject.of("standing", pacing.standing().name().toLowerCase(Locale.ROOT))
                .put("due", plain(outlook.amount(pacing.due())))
                .put("percentage", plain(share(pacing))));
  }

  private static BigDecimal share(Pacing pacing) {
    return BigDecimal.valueOf(pacing.percentage()).setScale(1, RoundingMode.HALF_EVEN);
  }

  private static Optional<JsonObject> forecast(Outlook outlook) {
    return outlook
        .forecast()
        .map(forecast ->
            JsonObject.of("expected", plain(outlook.amount(forecast.expected())))
                .put("low", plain(outlook.amount(forecast.low())))
                .put("high", plain(outlook.amount(forecast.high())))
                .put("exhausted", forecast.exhausted())
                .put("exhausted_earliest", forecast.earliest())
                .put("exhausted_latest", forecast.latest()));
  }

  private Reply forecasts(Call call) {
    Tenant tenant = tenants.of(call);
    List<Budget> covering =
        tenant.settings().budgets().stream().filter(each -> each.covers(tenant.id())).toList();
    var page = Pagination.of(call, covering, BudgetRoutes::place);
    var asked = new ArrayList<>(page.items());
    asked.add(Spend.MONTH);
    Map<String, BudgetState> known = states(tenant, asked, call.now());
    var table =
        new Table(
            List.of(
                "budget",
                "limit",
                "used",
                "expected",
                "low",
                "high",
                "exhausted",
                "window_end",
                "pace",
                "simulated",
                "currency"));
    JsonObject document =
        page.document(budget -> {
          Optional<BudgetState> state = Optional.ofNullable(known.get(budget.id()));
          Optional<Outlook> outlook = state.flatMap(BudgetState::outlook);
          Optional<JsonObject> forecast = outlook.flatMap(BudgetRoutes::forecast);
          table.row(
              budget.id(),
              budget.limit().amount(),
              state.flatMap(BudgetRoutes::used),
              member(forecast, "expected"),
              member(forecast, "low"),
              member(forecast, "high"),
              member(forecast, "exhausted"),
              state.map(each -> each.usage().window().end()),
              outlook.flatMap(Outlook::pacing).map(BudgetRoutes::share),
              tenant.simulated(),
              currency(budget));
          return JsonObject.of("budget", budget.id())
              .put("name", budget.name())
              .put("unit", budget.limit().metric().unit().id())
              .put("currency", currency(budget))
              .put("limit", plain(budget.limit().amount()))
              .put("used", state.flatMap(BudgetRoutes::used).map(BudgetRoutes::plain))
              .put("window", state.map(each -> each.usage().window().id()))
              .put("window_end", state.map(each -> each.usage().window().end()))
              .put("as_of", state.flatMap(each -> each.usage().asOf()))
              .put("note", state.flatMap(each -> each.usage().note()))
              .put("pace", outlook.flatMap(BudgetRoutes::pace))
              .put("forecast", forecast);
        });
    document.put("month", month(Objects.requireNonNull(known.get(Spend.MONTH.id()))));
    return Reply.of(document.put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  /** All money of this month of UTC. */
  private static JsonObject month(BudgetState state) {
    Usage usage = state.usage();
    return JsonObject.of("used", used(state).map(BudgetRoutes::plain))
        .put("window", usage.window().id())
        .put("window_end", usage.window().end())
        .put("as_of", usage.asOf())
        .put("stale", usage.stale())
        .put("note", usage.note())
        .put("forecast", state.outlook().flatMap(BudgetRoutes::forecast));
  }

  private static @Nullable Object member(Optional<JsonObject> document, String name) {
    return document.isEmpty() ? null : document.get().members().get(name);
  }

  private static JsonObject paceSchema() {
    return Schema.nullable(
        Schema.object(
            JsonObject.of("standing", Schema.enumeration(List.of("ahead", "on", "behind")))
                .put("due", Schema.decimal())
                .put("percentage", Schema.decimal())));
  }

  private static JsonObject outlookSchema() {
    JsonObject time = Schema.nullable(Schema.string("date-time"));
    return Schema.nullable(
        Schema.object(
            JsonObject.of("expected", Schema.decimal())
                .put("low", Schema.decimal())
                .put("high", Schema.decimal())
                .put("exhausted", time)
                .put("exhausted_earliest", time)
                .put("exhausted_latest", time)));
  }

  private static JsonObject forecastSchema() {
    JsonObject time = Schema.nullable(Schema.string("date-time"));
    return Schema.object(
        Pagination.schema(
                Schema.object(
                    JsonObject.of("budget", Schema.string())
                        .put("name", Schema.string())
                        .put("unit", Schema.string())
                        .put("currency", Schema.nullable(Schema.string()))
                        .put("limit", Schema.decimal())
                        .put("used", Schema.nullable(Schema.decimal()))
                        .put("window", Schema.nullable(Schema.string()))
                        .put("window_end", time)
                        .put("as_of", time)
                        .put("note", Schema.nullable(Schema.string()))
                        .put("pace", paceSchema())
                        .put("forecast", outlookSchema())))
            .put(
                "month",
                Schema.object(
                    JsonObject.of("used", Schema.nullable(Schema.decimal()))
                        .put("window", Schema.string())
                        .put("window_end", Schema.string("date-time"))
                        .put("as_of", time)
                        .put("stale", Schema.bool())
                        .put("note", Schema.nullable(Schema.string()))
                        .put("forecast", outlookSchema())))
            .put("simulated", Schema.bool()));
  }

  private static Optional<BigDecimal> used(BudgetState state) {
    return state.usage().known() ? Optional.of(state.usage().used()) : Optional.empty();
  }

  /** The currency of the amounts of a budget, if they are money. */
  private static Optional<String> currency(Budget budget) {
    return budget.limit().metric().money()
        ? Optional.of(budget.limit().counting())
        : Optional.empty();
  }

  private static String zone(Budget budget) {
    return budget.limit().zone().equals(ZoneOffset.UTC) ? "UTC" : budget.limit().zone().getId();
  }

  private static String plain(BigDecimal number) {
    return number.toPlainString();
  }

  public static JsonObject schema() {
    JsonObject text = Schema.nullable(Schema.string());
    JsonObject decimal = Schema.nullable(Schema.decimal());
    JsonObject time = Schema.nullable(Schema.string("date-time"));
    JsonObject state =
        Schema.object(
            JsonObject.of(
                    "state",
                    Schema.enumeration(Arrays.stream(State.values()).map(State::id).toList()))
                .put("window", Schema.string())
                .put("window_start", Schema.string("date-time"))
                .put("window_end", Schema.string("date-time"))
                .put("currency", text)
                .put("used", decimal)
                .put("remaining", decimal)
                .put("percentage", decimal)
                .put("source", Schema.string())
                .put("as_of", time)
                .put("partial", Schema.bool())
                .put("stale", Schema.bool())
                .put("unpriced", Schema.bool())
                .put("other_currencies", Schema.array(Schema.string()))
                .put("note", text)
                .put("told_at", time)
                .put("muted_until", time)
                .put("pace", paceSchema())
                .put("forecast", outlookSchema()));
    return Schema.object(
        JsonObject.of("id", Schema.string())
            .put("name", Schema.string())
            .put("organization", text)
            .put("metric", Schema.string())
            .put("unit", Schema.string())
            .put("currency", text)
            .put("limit", Schema.decimal())
            .put(
                "window",
                Schema.enumeration(Arrays.stream(WindowKind.values()).map(WindowKind::id).toList()))
            .put("zone", Schema.string())
            .put("scope", Schema.map(Schema.array(Schema.string())))
            .put("thresholds", Schema.array(Schema.string()))
            .put("owner", text)
            .put("runbook", text)
            .put("channels", Schema.array(Schema.string()))
            .put("renotify_hours", Schema.nullable(Schema.integer()))
            .put("pool", Schema.bool())
            .put("state", Schema.nullable(state)),
        Set.of("state"));
  }
}
