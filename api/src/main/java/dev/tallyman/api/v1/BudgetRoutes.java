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
import dev.tallyman.api.v1.BudgetShapes.Standing;
import dev.tallyman.core.alert.BudgetState;
import dev.tallyman.core.alert.Budgets;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.spend.Spend;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
            Answer.table(() -> Pagination.simulatedSchema(Schema.ref("Budget"))),
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
    var shape = BudgetShapes.budget();
    Table table = shape.table();
    JsonObject document =
        page.document(budget -> {
          Standing row = standing(budget, known, tenant);
          return row.state().isPresent() ? shape.row(row, table) : shape.json(row);
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
    Standing row = standing(budget, states(tenant, List.of(budget), call.now()), tenant);
    return Reply.of(BudgetShapes.budget().json(row)).simulated(tenant.simulated());
  }

  private Map<String, BudgetState> states(Tenant tenant, List<Budget> budgets, Instant now) {
    var known = new HashMap<String, BudgetState>();
    states
        .states(tenant.id(), tenant.settings().usage(), budgets, now)
        .forEach(state -> known.put(state.usage().budget().id(), state));
    return known;
  }

  private static Standing standing(Budget budget, Map<String, BudgetState> known, Tenant tenant) {
    return new Standing(budget, Optional.ofNullable(known.get(budget.id())), tenant.simulated());
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
    var row = new Standing(found(call, changed), Optional.empty(), false);
    return Reply.of(BudgetShapes.definition().json(row));
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

  private Reply forecasts(Call call) {
    Tenant tenant = tenants.of(call);
    List<Budget> covering =
        tenant.settings().budgets().stream().filter(each -> each.covers(tenant.id())).toList();
    var page = Pagination.of(call, covering, BudgetRoutes::place);
    var asked = new ArrayList<>(page.items());
    asked.add(Spend.MONTH);
    Map<String, BudgetState> known = states(tenant, asked, call.now());
    var shape = BudgetShapes.forecast();
    Table table = shape.table();
    JsonObject document =
        page.document(budget -> shape.row(standing(budget, known, tenant), table));
    BudgetState month = Objects.requireNonNull(known.get(Spend.MONTH.id()));
    document.put("month", BudgetShapes.month().json(month));
    return Reply.of(document.put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  private static JsonObject forecastSchema() {
    return Schema.object(
        Pagination.schema(BudgetShapes.forecast().schema())
            .put("month", BudgetShapes.month().schema())
            .put("simulated", Schema.bool()));
  }

  /** A budget, with its state except where one was just replaced. */
  public static JsonObject schema() {
    return BudgetShapes.budget().schema(Set.of("state"));
  }
}
