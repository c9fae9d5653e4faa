package dev.tallyman.api.metrics;

import dev.tallyman.api.legacy.LegacyRoutes;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Negotiation;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.metrics.Exposition.Family;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.alert.BudgetState;
import dev.tallyman.core.alert.BudgetState.State;
import dev.tallyman.core.alert.Budgets;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.group.PoolUsage;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.query.Reconciliation;
import dev.tallyman.core.query.Reconciliation.Comparison;
import dev.tallyman.core.query.Series;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What Prometheus scrapes. Every number is the answer to a question that the API answers too, read
 * from the store at each scrape; nothing is counted in this process. How many series there are is
 * bounded, however large the ledger is.
 */
public final class Prometheus {
  /** How many projects, models and budgets have series of their own; the rest is {@code other}. */
  public static final int PROJECTS = 100;

  public static final int MODELS = 60;
  public static final int BUDGETS = 200;

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final String OTHER = "other";
  private static final String NONE = "(none)";
  private static final String DAY = "day";
  private static final String MONTH = "month";

  /** More than any ledger has, so that series are told apart before they are added up. */
  private static final int MANY = 50_000;

  private static final int RATIO_SCALE = 6;

  /** A day that began this long ago is billed to its end. */
  private static final Duration BILLED_AFTER = Duration.ofDays(3);

  private final Site site;
  private final Tenants tenants;
  private final Budgets budgets;

  public Prometheus(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
    this.budgets = new Budgets(site.store());
  }

  public Route route() {
    return Route.reading(
        "/metrics",
        "metrics",
        "What Prometheus scrapes: spend, usage, budgets, pools and how fresh all of it is.",
        List.of(Tenants.ORG),
        Answer.text(Exposition.TEXT, Exposition.OPEN_METRICS),
        this::answer);
  }

  private Reply answer(Call call) {
    String accept = call.request().joined("Accept").orElse("*/*");
    int open = Negotiation.quality(accept, Exposition.OPEN_METRICS);
    int text = Negotiation.quality(accept, Exposition.TEXT);
    if (open == 0 && text == 0) {
      throw new Problem(
          406,
          "invalid_request_error",
          "not_acceptable",
          "",
          "Metrics are told as "
              + Exposition.TEXT
              + " or "
              + Exposition.OPEN_METRICS
              + "; the Accept header allows neither. /api/v1/query answers in JSON.");
    }
    Tenant tenant = tenants.of(call);
    var out = new Exposition(open > text, tenant.id());
    new Scrape(tenant, call.now(), out).run();
    return Reply.of(out.type(), out.bytes()).with("Vary", "Accept").simulated(tenant.simulated());
  }

  /** The values of a label that are told: the first ones that come, up to a bound. */
  private static final class Shown {
    private final int most;
    private final Set<String> shown = new LinkedHashSet<>();
    private final Set<String> collapsed = new HashSet<>();

    Shown(int most) {
      this.most = most;
    }

    /** The value itself, or what the rest is called. */
    String name(Optional<String> key) {
      String name = key.orElse(NONE);
      if (shown.contains(name)) {
        return name;
      }
      if (shown.size() < most) {
        shown.add(name);
        return name;
      }
      collapsed.add(name);
      return OTHER;
    }
  }

  /** One organization at one time. */
  private final class Scrape {
    private final Tenant tenant;
    private final Instant now;
    private final LocalDate today;
    private final Exposition out;
    private final Queries queries;
    private final Shown projects = new Shown(PROJECTS);
    private final Shown models = new Shown(MODELS);
    private final LocalDate month;
    private final Map<String, LocalDate> windows = new LinkedHashMap<>();
    private int budgetsLeftOut;

    Scrape(Tenant tenant, Instant now, Exposition out) {
      this.tenant = tenant;
      this.now = now;
      this.today = LocalDate.ofInstant(now, ZoneOffset.UTC);
      this.out = out;
      this.queries = new Queries(site.store(), tenant.settings().usage(), site.clock());
      this.month = today.withDayOfMonth(1);
      windows.put(MONTH, month);
      windows.put(DAY, today);
    }

    void run() {
      spend();
      usage();
      budgets();
      pools();
      polls();
      drift();
      out.gauge(
              "tallyman_series_collapsed",
              "How many values of a label are added up as other or, of budgets, left out.")
          .sample(projects.collapsed.size(), "label", "project")
          .sample(models.collapsed.size(), "label", "model")
          .sample(budgetsLeftOut, "label", "budget");
      out.info("tallyman_build_info", "The version of Tallyman, and whether its data is simulated.")
          .sample(
              1,
              "version",
              Optional.ofNullable(Prometheus.class.getPackage().getImplementationVersion())
                  .orElse("unknown"),
              "simulated",
              Boolean.toString(tenant.simulated()));
    }

    /** The month comes before the day, and the cost before its sources: it decides who is told. */
    private void spend() {
      Family cost =
          out.gauge(
              "tallyman_cost_usd",
              "What was spent: billed where the bill is complete, else the larger of billed and"
                  + " estimated.");
      windows.forEach((window, from) ->
          sums(Metric.COST, GroupBy.PROJECT, from, projects)
              .forEach(
                  (project, value) -> cost.sample(value, "window", window, "project", project)));
      Family spend =
          out.gauge(
              "tallyman_spend_usd",
              "What was spent by its source; sources say the same thing twice and are not to be"
                  + " added up.");
      for (Metric source : List.of(Metric.BILLED, Metric.ESTIMATED)) {
        windows.forEach((window, from) ->
            sums(source, GroupBy.PROJECT, from, projects)
                .forEach((project, value) ->
                    spend.sample(
                        value, "window", window, "source", source.id(), "project", project)));
      }
      Family others =
          out.gauge(
              "tallyman_billed_other_currency",
              "What bills hold in each currency but usd: no amount in usd has it in it.");
      windows.forEach((window, from) ->
          queries
              .answer(tenant.id(), query(Metric.BILLED, GroupBy.PROJECT, from, today.plusDays(1)))
              .provenance()
              .otherCurrencies()
              .forEach((currency, amount) ->
                  others.sample(amount, "window", window, "currency", currency)));
      Map<String, Name> names = tenant.ledger().names(Name.Kind.PROJECT);
      Family info = out.info("tallyman_project_info", "What a project is called.");
      for (String project : new TreeSet<>(projects.shown)) {
        Optional.ofNullable(names.get(project))
            .map(Name::name)
            .filter(name -> !name.isEmpty())
            .ifPresent(name -> info.sample(1, "project", project, "name", name));
      }
    }

    /** Models are told by what they cost in the month. */
    private void usage() {
      var used =
          queries.answer(
              tenant.id(), query(Metric.ESTIMATED, GroupBy.MODEL, month, today.plusDays(1)));
      used.series().forEach(series -> models.name(series.keys().getFirst()));
      Family tokens =
          out.gauge(
              "tallyman_usage_tokens", "Tokens by type; types share nothing and add up to all.");
      tokens(tokens, "input_uncached", Metric.TOKENS_UNCACHED);
      tokens(tokens, "input_cached", Metric.TOKENS_CACHED);
      tokens(tokens, "input_cache_write", Metric.TOKENS_CACHE_WRITE);
      tokens(tokens, "output", Metric.TOKENS_OUT);
      Family requests = out.gauge("tallyman_usage_requests", "Requests to models.");
      sums(Metric.REQUESTS, GroupBy.MODEL, today, models)
          .forEach((model, value) -> requests.sample(value, "window", DAY, "model", model));
      var unpriced = new TreeMap<String, Integer>();
      used.provenance().unpriced().stream()
          .map(Unpriced::name)
          .distinct()
          .forEach(model -> unpriced.merge(models.name(Optional.of(model)), 1, Integer::sum));
      Family without =
          out.gauge(
              "tallyman_unpriced_models",
              "Models, or endpoints where usage has none, used this month without a known price.");
      unpriced.forEach((model, count) -> without.sample(count, "model", model));
    }

    private void tokens(Family family, String type, Metric metric) {
      sums(metric, GroupBy.MODEL, today, models)
          .forEach(
              (model, value) -> family.sample(value, "window", DAY, "type", type, "model", model));
    }

    private void budgets() {
      List<BudgetState> all =
          budgets.states(tenant.id(), tenant.settings().usage(), tenant.settings().budgets(), now);
      List<BudgetState> told =
          all.size() <= BUDGETS
              ? all
              : all.stream()
                  .sorted(Comparator.comparing(Prometheus::ratio).reversed())
                  .limit(BUDGETS)
                  .toList();
      budgetsLeftOut = all.size() - told.size();
      amounts(
          told,
          "limit",
          "What a budget allows.",
          state -> Optional.of(state.usage().budget().limit().amount()));
      amounts(
          told,
          "spent",
          "What a budget has used in its window.",
          state -> Optional.of(state.usage().used()).filter(_ -> state.usage().known()));
      amounts(
          told,
          "forecast",
          "What a budget is expected to have used when its window ends.",
          state ->
              state
                  .projection()
                  .flatMap(projection ->
                      projection
                          .forecast()
                          .map(forecast -> projection.amount(forecast.expected()))));
      Family ratio =
          out.gauge("tallyman_budget_used_ratio", "The used part of a limit; 1 is all of it.");
      told.stream()
          .filter(state -> state.usage().known())
          .forEach(state -> ratio.sample(ratio(state), "budget", id(state)));
      Family reset =
          out.gauge("tallyman_budget_reset_timestamp_seconds", "When a budget's window ends.");
      told.forEach(state ->
          reset.sample(state.usage().window().end().getEpochSecond(), "budget", id(state)));
      Family states =
          out.gauge("tallyman_budget_state", "1 for the state that a budget is in, else 0.");
      for (BudgetState state : told) {
        for (State each : State.values()) {
          states.sample(state.state() == each ? 1 : 0, "budget", id(state), "state", each.id());
        }
      }
    }

    /** A metric for each unit and currency, since their amounts do not belong together. */
    private void amounts(
        List<BudgetState> told,
        String what,
        String help,
        Function<BudgetState, Optional<BigDecimal>> amount) {
      var units = new LinkedHashSet<>(List.of(Unit.USD, Unit.TOKENS.id(), Unit.REQUESTS.id()));
      told.stream().map(Prometheus::unit).sorted().forEach(units::add);
      for (String unit : units) {
        Family family = out.gauge("tallyman_budget_" + what + "_" + unit, help);
        told.stream()
            .filter(state -> unit(state).equals(unit))
            .forEach(state ->
                amount.apply(state).ifPresent(value -> family.sample(value, "budget", id(state))));
      }
    }

    private void pools() {
      List<PoolUsage> pools = LegacyRoutes.pools(tenant, today);
      Family used =
          out.gauge("tallyman_free_tokens_used", "Tokens of today that draw on a daily pool.");
      pools.forEach(pool -> used.sample(pool.used(), "pool", pool.group()));
      Family limit = out.gauge("tallyman_free_tokens_limit", "Tokens of a daily pool.");
      pools.forEach(pool -> limit.sample(pool.limit(), "pool", pool.group()));
    }

    private void polls() {
      Optional<CycleRecord> latest = tenant.records().latest(now);
      if (latest.isEmpty()) {
        return;
      }
      CycleRecord last = latest.orElseThrow();
      out.gauge("tallyman_poll_last_run_timestamp_seconds", "When the last poll began.")
          .sample(seconds(Duration.between(Instant.EPOCH, last.at())));
      out.gauge("tallyman_poll_duration_seconds", "How long the last poll took.")
          .sample(seconds(last.took()));
      Family success =
          out.gauge(
              "tallyman_poll_last_success_timestamp_seconds",
              "When all that was due of a source was last read.");
      last.endpoints()
          .forEach((source, result) ->
              result
                  .lastSuccess()
                  .ifPresent(at -> success.sample(at.getEpochSecond(), "source", source)));
      Map<String, Integer> ok = new TreeMap<>();
      Map<String, Integer> failed = new TreeMap<>();
      Map<String, Integer> restated = new TreeMap<>();
      for (CycleRecord cycle : tenant.records().cycles(start(today), now.plusMillis(1))) {
        cycle
            .endpoints()
            .forEach((source, result) -> {
              ok.merge(source, result.ok() ? 1 : 0, Integer::sum);
              failed.merge(source, result.ok() ? 0 : 1, Integer::sum);
              restated.merge(source, result.restated(), Integer::sum);
            });
      }
      Family runs =
          out.gauge("tallyman_poll_runs", "Polls of this UTC day by what became of a source.");
      ok.forEach((source, count) ->
          runs.sample(count, "window", DAY, "source", source, "outcome", "ok")
              .sample(
                  failed.getOrDefault(source, 0),
                  "window",
                  DAY,
                  "source",
                  source,
                  "outcome",
                  "failed"));
      Family changed =
          out.gauge(
              "tallyman_restated_buckets",
              "Buckets that polls of this UTC day found restated after they had closed.");
      restated.forEach((source, count) -> changed.sample(count, "window", DAY, "source", source));
    }

    /** By the newest day whose bill is complete, as the alert of this name takes it. */
    private void drift() {
      LocalDate day = LocalDate.ofInstant(now.minus(BILLED_AFTER), ZoneOffset.UTC);
      var parts = new TreeMap<String, Comparison>();
      new Reconciliation(site.store(), tenant.id(), tenant.settings().usage(), now)
          .days(day, day.plusDays(1), Map.of()).stream()
              .filter(Reconciliation.Day::comparable)
              .forEach(each ->
                  each.projects()
                      .forEach((project, part) ->
                          parts.merge(
                              projects.name(Optional.of(project).filter(id -> !id.isEmpty())),
                              part,
                              Comparison::plus)));
      Family drift =
          out.gauge(
              "tallyman_reconcile_drift_ratio",
              "How far the estimate of the newest day with a complete bill is above that bill, of"
                  + " what usage shows, as a part of the bill.");
      parts.forEach((project, part) -> {
        BigDecimal bill = part.billed();
        if (bill.signum() > 0) {
          drift.sample(
              part.estimated().subtract(bill).divide(bill, RATIO_SCALE, RoundingMode.HALF_EVEN),
              "project",
              project);
        }
      });
      Family rest =
          out.gauge(
              "tallyman_not_in_usage_usd",
              "What the bill of that day holds that usage does not show: no part of the drift.");
      parts.forEach(
          (project, part) -> rest.sample(Comparison.total(part.notInUsage()), "project", project));
    }

    private Map<String, BigDecimal> sums(Metric metric, GroupBy by, LocalDate from, Shown shown) {
      return sums(metric, by, from, today.plusDays(1), shown);
    }

    /** By what is told of a label; money that is known to be none is told as 0. */
    private Map<String, BigDecimal> sums(
        Metric metric, GroupBy by, LocalDate from, LocalDate to, Shown shown) {
      var answer = queries.answer(tenant.id(), query(metric, by, from, to));
      var sums = new TreeMap<String, BigDecimal>();
      for (Series series : answer.series()) {
        String name = shown.name(series.keys().getFirst());
        series.total().ifPresent(total -> sums.merge(name, total, BigDecimal::add));
      }
      answer
          .other()
          .flatMap(Series::total)
          .ifPresent(total -> sums.merge(OTHER, total, BigDecimal::add));
      if (sums.isEmpty() && metric.money()) {
        answer.total().total().ifPresent(total -> sums.put(NONE, total));
      }
      return sums;
    }

    private Query query(Metric metric, GroupBy by, LocalDate from, LocalDate to) {
      return new Query(
          metric, List.of(by), Map.of(), start(from), start(to), Granularity.ALL, UTC, MANY);
    }
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static BigDecimal seconds(Duration duration) {
    return Decimals.normal(BigDecimal.valueOf(duration.toMillis(), 3));
  }

  private static String id(BudgetState state) {
    return state.usage().budget().id();
  }

  private static BigDecimal ratio(BudgetState state) {
    return state
        .usage()
        .used()
        .divide(state.usage().budget().limit().amount(), RATIO_SCALE, RoundingMode.HALF_EVEN);
  }

  private static String unit(BudgetState state) {
    Budget budget = state.usage().budget();
    return Threshold.word(budget.limit().metric().unit(), budget.limit().counting());
  }
}
