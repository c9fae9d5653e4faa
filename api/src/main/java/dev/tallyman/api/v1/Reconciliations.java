package dev.tallyman.api.v1;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Reconciliation;
import dev.tallyman.core.query.Reconciliation.Comparison;
import dev.tallyman.core.query.Reconciliation.Day;
import dev.tallyman.core.query.Totals;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether bills and estimates agree, in what usage shows; and what else is billed. */
public final class Reconciliations {
  private static final int USUAL_DAYS = 30;
  private static final int MOST_DAYS = 400;
  private static final Parameter SINCE =
      Parameter.date("since", "The first UTC day; without it the last 30 days are meant.");
  private static final Parameter UNTIL =
      Parameter.date("until", "The UTC day before which the range ends; else tomorrow.");

  private final Site site;
  private final Tenants tenants;

  public Reconciliations(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
  }

  public Route route() {
    return Route.reading(
        "/api/v1/reconciliation",
        "reconciliation",
        "Bills beside the estimates of what usage shows, by UTC day and by project; and what is"
            + " billed that usage does not show.",
        List.of(SINCE, UNTIL, Questions.FILTER, Tenants.ORG),
        Answer.json(Reconciliations::schema),
        this::answer);
  }

  private Reply answer(Call call) {
    Tenant tenant = tenants.of(call);
    LocalDate tomorrow = LocalDate.ofInstant(call.now(), ZoneOffset.UTC).plusDays(1);
    LocalDate until = call.date(UNTIL).orElse(tomorrow);
    LocalDate since = call.date(SINCE).orElseGet(() -> until.minusDays(USUAL_DAYS));
    if (!since.isBefore(until) || since.isBefore(until.minusDays(MOST_DAYS))) {
      throw Problem.parameter(
          SINCE.name(), "since must be earlier than until, by at most " + MOST_DAYS + " days.");
    }
    try {
      List<Day> days =
          new Reconciliation(site.store(), tenant.id(), tenant.settings().usage(), call.now())
              .days(since, until, Questions.filters(call));
      var reach =
          new Totals(site.store(), tenant.id(), tenant.settings().usage(), call.now())
              .reach(Metric.COST, start(since), start(until));
      return Reply.of(
              JsonObject.of("since", since)
                  .put("until", until)
                  .put("days", days.stream().map(Reconciliations::day).toList())
                  .put("projects", projects(days, tenant.ledger().names(Name.Kind.PROJECT)))
                  .put("as_of", reach.asOf())
                  .put("stale", reach.stale())
                  .put("simulated", tenant.simulated()))
          .simulated(tenant.simulated());
    } catch (QueryException refused) {
      throw Problem.parameter(refused.field(), Questions.message(refused));
    }
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The comparison of one day; null for amounts that are not known, or cannot be compared. */
  public static JsonObject bill(Site site, Tenant tenant, LocalDate day, Instant now) {
    return day(
        new Reconciliation(site.store(), tenant.id(), tenant.settings().usage(), now)
            .days(day, day.plusDays(1), Map.of())
            .getFirst());
  }

  private static JsonObject day(Day day) {
    Comparison total = day.total();
    boolean usd = day.otherCurrencies().isEmpty();
    return JsonObject.of("day", day.day())
        .put("settled", day.settled())
        .put("known", day.known())
        .put("billed", day.known() && usd ? plain(total.billed()) : null)
        .put("estimated", day.known() ? plain(total.estimated()) : null)
        .put(
            "drift_percent",
            day.comparable() ? total.driftPercent().map(BigDecimal::toPlainString) : null)
        .put("not_in_usage", day.known() && usd ? parts(total.notInUsage()) : null)
        .put("not_compared", day.known() && usd ? parts(total.notCompared()) : null)
        .put("other_currencies", List.copyOf(day.otherCurrencies()));
  }

  /** Over the days that can be compared. */
  private static List<JsonObject> projects(List<Day> days, Map<String, Name> names) {
    var projects = new TreeMap<String, Comparison>();
    days.stream()
        .filter(Day::comparable)
        .forEach(day ->
            day.projects()
                .forEach((project, part) -> projects.merge(project, part, Comparison::plus)));
    return projects.entrySet().stream()
        .map(each ->
            JsonObject.of("project", each.getKey().isEmpty() ? null : each.getKey())
                .put("name", Optional.ofNullable(names.get(each.getKey())).map(Name::name))
                .put("billed", plain(each.getValue().billed()))
                .put("estimated", plain(each.getValue().estimated()))
                .put("drift_percent", each.getValue().driftPercent().map(BigDecimal::toPlainString))
                .put("not_in_usage", parts(each.getValue().notInUsage()))
                .put("not_compared", parts(each.getValue().notCompared())))
        .toList();
  }

  private static JsonObject parts(Map<String, BigDecimal> parts) {
    var named = JsonObject.of();
    parts.forEach((name, amount) -> named.put(name, plain(amount)));
    return JsonObject.of("total", plain(Comparison.total(parts))).put("parts", named);
  }

  private static String plain(BigDecimal amount) {
    return Decimals.normal(amount).toPlainString();
  }

  /** Of one day. */
  public static JsonObject daySchema() {
    JsonObject amount = Schema.nullable(Schema.decimal());
    return Schema.object(
        JsonObject.of("day", Schema.string("date"))
            .put("settled", Schema.bool())
            .put("known", Schema.bool())
            .put("billed", amount)
            .put("estimated", amount)
            .put("drift_percent", amount)
            .put("not_in_usage", Schema.nullable(partsSchema()))
            .put("not_compared", Schema.nullable(partsSchema()))
            .put("other_currencies", Schema.array(Schema.string())));
  }

  private static JsonObject partsSchema() {
    return Schema.object(
        JsonObject.of("total", Schema.decimal()).put("parts", Schema.map(Schema.decimal())));
  }

  private static JsonObject schema() {
    JsonObject text = Schema.nullable(Schema.string());
    return Schema.object(
        JsonObject.of("since", Schema.string("date"))
            .put("until", Schema.string("date"))
            .put("days", Schema.array(daySchema()))
            .put(
                "projects",
                Schema.array(
                    Schema.object(
                        JsonObject.of("project", text)
                            .put("name", text)
                            .put("billed", Schema.decimal())
                            .put("estimated", Schema.decimal())
                            .put("drift_percent", Schema.nullable(Schema.decimal()))
                            .put("not_in_usage", partsSchema())
                            .put("not_compared", partsSchema()))))
            .put("as_of", Schema.nullable(Schema.string("date-time")))
            .put("stale", Schema.bool())
            .put("simulated", Schema.bool()));
  }
}
