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
import java.util.SortedMap;
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
        Answer.json(() -> compared().schema()),
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
      var answer =
          new Compared(
              since,
              until,
              days,
              projects(days, tenant.ledger().names(Name.Kind.PROJECT)),
              reach,
              tenant.simulated());
      return Reply.of(compared().json(answer)).simulated(tenant.simulated());
    } catch (QueryException refused) {
      throw Problem.parameter(refused.field(), Questions.message(refused));
    }
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The comparison of one day; null for amounts that are not known, or cannot be compared. */
  public static JsonObject bill(Site site, Tenant tenant, LocalDate day, Instant now) {
    return day()
        .json(
            new Reconciliation(site.store(), tenant.id(), tenant.settings().usage(), now)
                .days(day, day.plusDays(1), Map.of())
                .getFirst());
  }

  /** The schema of {@link #bill}. */
  public static JsonObject daySchema() {
    return day().schema();
  }

  private static Shape<Day> day() {
    return Shape.<Day>object()
        .day("day", Day::day)
        .flag("settled", Day::settled)
        .flag("known", Day::known)
        .optionalDecimal("billed", day -> billed(day).map(each -> Decimals.normal(each.billed())))
        .optionalDecimal(
            "estimated",
            day ->
                Optional.of(day)
                    .filter(Day::known)
                    .map(each -> Decimals.normal(each.total().estimated())))
        .optionalDecimal(
            "drift_percent",
            day ->
                Optional.of(day)
                    .filter(Day::comparable)
                    .flatMap(each -> each.total().driftPercent()))
        .optionalObject("not_in_usage", parts(), day -> billed(day).map(Comparison::notInUsage))
        .optionalObject("not_compared", parts(), day -> billed(day).map(Comparison::notCompared))
        .texts("other_currencies", day -> List.copyOf(day.otherCurrencies()));
  }

  /** The comparison of a day whose bill is known, and is in USD only. */
  private static Optional<Comparison> billed(Day day) {
    return Optional.of(day)
        .filter(each -> each.known() && each.otherCurrencies().isEmpty())
        .map(Day::total);
  }

  /**
   * A project over the days that can be compared.
   *
   * @param id empty for what is of no project
   * @param name as far as it is known
   */
  private record Project(Optional<String> id, Optional<String> name, Comparison total) {}

  private static List<Project> projects(List<Day> days, Map<String, Name> names) {
    var projects = new TreeMap<String, Comparison>();
    days.stream()
        .filter(Day::comparable)
        .forEach(day ->
            day.projects()
                .forEach((project, part) -> projects.merge(project, part, Comparison::plus)));
    return projects.entrySet().stream()
        .map(each ->
            new Project(
                Optional.of(each.getKey()).filter(id -> !id.isEmpty()),
                Optional.ofNullable(names.get(each.getKey())).map(Name::name),
                each.getValue()))
        .toList();
  }

  private static Shape<Project> project() {
    return Shape.<Project>object()
        .optional("project", Project::id)
        .optional("name", Project::name)
        .decimal("billed", each -> Decimals.normal(each.total().billed()))
        .decimal("estimated", each -> Decimals.normal(each.total().estimated()))
        .optionalDecimal("drift_percent", each -> each.total().driftPercent())
        .object("not_in_usage", parts(), each -> each.total().notInUsage())
        .object("not_compared", parts(), each -> each.total().notCompared());
  }

  /** Amounts in USD by what they are for, and their sum. */
  private static Shape<SortedMap<String, BigDecimal>> parts() {
    return Shape.<SortedMap<String, BigDecimal>>object()
        .decimal("total", parts -> Decimals.normal(Comparison.total(parts)))
        .nested(
            "parts",
            Schema.map(Schema.decimal()),
            parts -> {
              var named = JsonObject.of();
              parts.forEach(
                  (name, amount) -> named.put(name, Decimals.normal(amount).toPlainString()));
              return named;
            });
  }

  /** The whole answer. */
  private record Compared(
      LocalDate since,
      LocalDate until,
      List<Day> days,
      List<Project> projects,
      Totals.Reach reach,
      boolean simulated) {}

  private static Shape<Compared> compared() {
    return Shape.<Compared>object()
        .day("since", Compared::since)
        .day("until", Compared::until)
        .list("days", day(), Compared::days)
        .list("projects", project(), Compared::projects)
        .optionalTime("as_of", answer -> answer.reach().asOf())
        .flag("stale", answer -> answer.reach().stale())
        .flag("simulated", Compared::simulated);
  }
}
