package dev.tallyman.core.alert;

import dev.tallyman.core.Figures;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.price.Verdict;
import dev.tallyman.core.query.Answer;
import dev.tallyman.core.query.Freshness;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.query.Reconciliation;
import dev.tallyman.core.query.Reconciliation.Comparison;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.spend.Usage;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.UsageEndpoint;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks for what people are told of beside budgets. */
final class Conditions {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final Duration KEY_SOON = Duration.ofDays(14);
  private static final Duration ASK_AGAIN = Duration.ofDays(1);
  private static final Duration COMPARE_AGAIN = Duration.ofHours(1);

  /** When the bill of a day is complete: 48 hours after its end. */
  private static final Duration BILLED_AFTER = Duration.ofDays(3);

  /** So many of one kind are named in a message. */
  private static final int MOST_NAMED = 5;

  /** A smaller difference is nobody's business. */
  private static final BigDecimal LEAST_DRIFT = BigDecimal.ONE;

  /** For how many days after a bill its rate is of interest. */
  private static final int DOUBTED_DAYS = 7;

  /** How many rates of a model are listed in a message. */
  private static final int MOST_RATES = 8;

  private final Store store;
  private final InstantSource clock;
  private final Map<String, Asked<KeyExpiry>> keys = new ConcurrentHashMap<>();
  private final Map<String, Asked<Optional<Reconciliation.Day>>> drifts = new ConcurrentHashMap<>();

  Conditions(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What was found.
   *
   * @param looked for what one has looked: what of it does not hold is over
   * @param holding what holds
   */
  record Observed(Set<Notification.Type> looked, List<AlertCondition> holding) {
    Observed {
      looked = Set.copyOf(looked);
      holding = List.copyOf(holding);
    }
  }

  private record Asked<T>(Instant at, T answer) {}

  /**
   * Looks at an organization.
   *
   * @param driftPercent how far estimates may be from bills, in percent of the bill
   * @param usages of its budgets
   */
  Observed observe(
      String organization,
      UsageSettings settings,
      BigDecimal driftPercent,
      Collection<Usage> usages,
      Supplier<KeyExpiry> key,
      Instant now) {
    Set<Notification.Type> looked = EnumSet.noneOf(Notification.Type.class);
    var holding = new ArrayList<AlertCondition>();
    stale(organization, settings, now, looked, holding);
    currencies(usages, looked, holding);
    key(organization, key, now, looked, holding);
    unpriced(organization, settings, now, looked, holding);
    implausible(organization, settings, now, looked, holding);
    drift(organization, settings, driftPercent, now, looked, holding);
    return new Observed(looked, holding);
  }

  private void stale(
      String organization,
      UsageSettings settings,
      Instant now,
      Set<Notification.Type> looked,
      List<AlertCondition> holding) {
    var records = new Records(store, organization, settings.retention().cycles());
    Optional<CycleRecord> latest = records.latest(now);
    if (latest.isEmpty()) {
      return;
    }
    looked.add(Notification.Type.STALE);
    List<String> sources =
        Stream.concat(
                Stream.of(UsageEndpoint.Known.values()).map(UsageEndpoint.Known::id),
                Stream.of(CycleRecord.COSTS))
            .toList();
    List<Freshness.Reach> stalest =
        Freshness.of(sources, records.state(), latest).stalest(settings.pollInterval(), now);
    if (stalest.isEmpty()) {
      return;
    }
    String names =
        stalest.stream().map(Freshness.Reach::id).sorted().collect(Collectors.joining(", "));
    Optional<Instant> oldest =
        stalest.stream()
            .map(Freshness.Reach::success)
            .flatMap(Optional::stream)
            .min(Instant::compareTo);
    var facts = new ArrayList<Fact>();
    facts.add(new Fact("Not read", names));
    facts.add(new Fact("Last read", oldest.map(at -> Wording.time(at, UTC)).orElse("never")));
    stalest.stream()
        .map(reach -> latest.get().endpoints().getOrDefault(reach.id(), EndpointResult.NONE))
        .map(EndpointResult::message)
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(message -> facts.add(new Fact("Why", message)));
    facts.add(new Fact("Next", "each poll tries again; until then all numbers may be too low"));
    var data = new TreeMap<String, @Nullable Object>();
    data.put("endpoints", names);
    data.put("last_success", oldest.map(Instant::toString).orElse(null));
    holding.add(
        new AlertCondition(
            Notification.Type.STALE,
            "stale",
            Severity.ERROR,
            stalest.size()
                + (stalest.size() == 1 ? " source of " : " sources of ")
                + organization
                + (stalest.size() == 1 ? " was " : " were ")
                + oldest
                    .map(at -> "last read " + Wording.lasting(Duration.between(at, now)) + " ago")
                    .orElse("never read"),
            facts,
            List.of(),
            data,
            Optional.empty()));
  }

  /** Money that budgets are about and cannot count, also in windows that ended lately. */
  private static void currencies(
      Collection<Usage> usages, Set<Notification.Type> looked, List<AlertCondition> holding) {
    looked.add(Notification.Type.BUDGET_UNKNOWN);
    var lacking = new TreeMap<String, SortedSet<String>>();
    for (Usage usage : usages) {
      if (usage.lacking()) {
        usage
            .leftOut()
            .forEach(currency ->
                lacking.computeIfAbsent(currency, _ -> new TreeSet<>()).add(usage.budget().name()));
      }
    }
    lacking.forEach((currency, budgets) -> {
      String code = currency.toUpperCase(Locale.ROOT);
      var data = new TreeMap<String, @Nullable Object>();
      data.put("currency", currency);
      data.put("budgets", List.copyOf(budgets));
      holding.add(
          new AlertCondition(
              Notification.Type.BUDGET_UNKNOWN,
              "currency/" + currency,
              Severity.ERROR,
              "Bills are in "
                  + code
                  + ", which "
                  + budgets.size()
                  + (budgets.size() == 1 ? " budget does" : " budgets do")
                  + " not count: what is used is not known",
              List.of(
                  new Fact("Budgets", named(budgets)),
                  new Fact(
                      "Next",
                      "name `currency: "
                          + currency
                          + "` in them, or in further budgets; none alerts below its limit"
                          + " until then")),
              List.of(),
              data,
              Optional.empty()));
    });
  }

  private void key(
      String organization,
      Supplier<KeyExpiry> key,
      Instant now,
      Set<Notification.Type> looked,
      List<AlertCondition> holding) {
    Asked<KeyExpiry> asked = keys.get(organization);
    if (asked == null || !asked.at().plus(ASK_AGAIN).isAfter(now)) {
      asked = new Asked<>(now, key.get());
      keys.put(organization, asked);
    }
    if (asked.answer() instanceof KeyExpiry.Unknown) {
      return;
    }
    looked.add(Notification.Type.KEY_EXPIRES);
    if (asked.answer() instanceof KeyExpiry.Expires(_, Instant at)
        && at.isBefore(now.plus(KEY_SOON))) {
      var data = new TreeMap<String, @Nullable Object>();
      data.put("expires", at.toString());
      holding.add(
          new AlertCondition(
              Notification.Type.KEY_EXPIRES,
              "key",
              Severity.ERROR,
              "The admin key of "
                  + organization
                  + (at.isAfter(now)
                      ? " expires in " + Wording.lasting(Duration.between(now, at))
                      : " has expired"),
              List.of(
                  new Fact("Expires", Wording.time(at, UTC)),
                  new Fact("Next", "make another admin key and put it in the place of this one")),
              List.of(),
              data,
              Optional.empty()));
    }
  }

  private void unpriced(
      String organization,
      UsageSettings settings,
      Instant now,
      Set<Notification.Type> looked,
      List<AlertCondition> holding) {
    looked.add(Notification.Type.UNPRICED);
    // With the day before, so that nothing seems to be over at midnight.
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    var reasons = new TreeMap<String, SortedSet<String>>();
    total(organization, settings, Metric.ESTIMATED, today.minusDays(1), today.plusDays(1))
        .provenance()
        .unpriced()
        .forEach(each ->
            reasons
                .computeIfAbsent(each.name(), _ -> new TreeSet<>())
                .add(each.tier().map(tier -> "tier " + tier + ": ").orElse("") + each.why()));
    reasons.forEach((model, why) -> {
      var data = new TreeMap<String, @Nullable Object>();
      data.put("model", model);
      holding.add(
          new AlertCondition(
              Notification.Type.UNPRICED,
              "unpriced/" + model,
              Severity.WARNING,
              model + " is used and has no price: its spend is not in the estimates",
              List.of(
                  new Fact("Why", String.join("; ", why)),
                  new Fact(
                      "Next",
                      "the first bill brings its rate; or set its price, and its tier, under"
                          + " prices: in the settings")),
              List.of(),
              data,
              Optional.empty()));
    });
  }

  /** Rates of recent bills that are too far from the list price to be used, one for each model. */
  private void implausible(
      String organization,
      UsageSettings settings,
      Instant now,
      Set<Notification.Type> looked,
      List<AlertCondition> holding) {
    looked.add(Notification.Type.IMPLAUSIBLE);
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    Rates rates = new Ledger(store, organization, settings.retention()).rates();
    Map<String, List<Verdict>> byModel =
        Verdict.of(rates, settings.catalogue(), today).stream()
            .filter(verdict -> verdict.reason() == Verdict.Reason.FAR)
            .filter(verdict -> verdict.rate().day().isAfter(today.minusDays(DOUBTED_DAYS)))
            .collect(
                Collectors.groupingBy(
                    verdict -> verdict.rate().model(), TreeMap::new, Collectors.toList()));
    byModel.forEach((model, verdicts) -> {
      var facts = new ArrayList<Fact>();
      verdicts.stream().limit(MOST_RATES).map(Conditions::rate).forEach(facts::add);
      facts.add(
          new Fact(
              "Why",
              "a credit, a partly free day or another price; below a quarter or above four times"
                  + " the list price is not taken"));
      facts.add(new Fact("Next", "set the price of " + model + " under prices: to settle it"));
      var data = new TreeMap<String, @Nullable Object>();
      data.put("model", model);
      data.put("rates", verdicts.stream().limit(MOST_RATES).map(Conditions::rateData).toList());
      boolean listed = verdicts.stream().allMatch(verdict -> verdict.list().isPresent());
      holding.add(
          new AlertCondition(
              Notification.Type.IMPLAUSIBLE,
              "price/" + model,
              Severity.WARNING,
              "The billed price of "
                  + model
                  + " is far from the list price: "
                  + (listed ? "the list price is used" : "it is not used"),
              facts,
              List.of(),
              data,
              Optional.empty()));
    });
  }

  private static Fact rate(Verdict verdict) {
    Meter meter = verdict.rate().meter();
    return new Fact(
        verdict.rate().tier().map(tier -> tier + ", ").orElse("") + meter.field().replace('_', ' '),
        "billed $"
            + meter.written(verdict.rate().perUnit()).toPlainString()
            + " on "
            + verdict.rate().day()
            + ", list price "
            + verdict
                .list()
                .map(usd -> "$" + meter.written(usd).toPlainString())
                .orElse("unknown"));
  }

  private static Map<String, @Nullable Object> rateData(Verdict verdict) {
    Meter meter = verdict.rate().meter();
    var data = new TreeMap<String, @Nullable Object>();
    data.put("meter", meter.field());
    data.put("tier", verdict.rate().tier().orElse(null));
    data.put("day", verdict.rate().day().toString());
    data.put("billed", meter.written(verdict.rate().perUnit()).toPlainString());
    data.put("list", verdict.list().map(usd -> meter.written(usd).toPlainString()).orElse(null));
    return data;
  }

  private void drift(
      String organization,
      UsageSettings settings,
      BigDecimal driftPercent,
      Instant now,
      Set<Notification.Type> looked,
      List<AlertCondition> holding) {
    Asked<Optional<Reconciliation.Day>> asked = drifts.get(organization);
    if (asked == null || !asked.at().plus(COMPARE_AGAIN).isAfter(now)) {
      asked = new Asked<>(now, compare(organization, settings, now));
      drifts.put(organization, asked);
    }
    if (asked.answer().isEmpty()) {
      return;
    }
    looked.add(Notification.Type.DRIFT);
    Reconciliation.Day day = asked.answer().get();
    Comparison drift = day.total();
    BigDecimal apart = drift.estimated().subtract(drift.billed()).abs();
    BigDecimal most = drift.billed().multiply(driftPercent).movePointLeft(2).max(LEAST_DRIFT);
    if (apart.compareTo(most) <= 0) {
      return;
    }
    String percent =
        drift.billed().signum() == 0
            ? "all"
            : apart.movePointRight(2).divide(drift.billed(), 0, RoundingMode.HALF_EVEN) + " %";
    var data = new TreeMap<String, @Nullable Object>();
    data.put("day", day.day().toString());
    data.put("estimated", drift.estimated().toPlainString());
    data.put("billed", drift.billed().toPlainString());
    BigDecimal rest = Comparison.total(drift.notInUsage());
    data.put("not_in_usage", rest.toPlainString());
    data.put("not_compared", List.copyOf(drift.notCompared().keySet()));
    var facts = new ArrayList<Fact>();
    facts.add(
        new Fact("Billed", Figures.money(drift.billed(), Query.USD) + " of what usage shows"));
    facts.add(new Fact("Estimated", Figures.money(drift.estimated(), Query.USD)));
    if (rest.signum() != 0) {
      facts.add(
          new Fact(
              "Not in usage",
              Figures.money(rest, Query.USD) + " more: " + named(drift.notInUsage().keySet())));
    }
    if (!drift.notCompared().isEmpty()) {
      facts.add(
          new Fact(
              "Not compared",
              named(drift.notCompared().keySet()) + ": without a price, or for long context"));
    }
    facts.add(new Fact("Next", "look for wrong prices, uplifts and discounts"));
    holding.add(
        new AlertCondition(
            Notification.Type.DRIFT,
            "drift",
            Severity.WARNING,
            "Bill and estimate of " + day.day() + " are " + percent + " apart",
            facts,
            List.of(),
            data,
            Optional.empty()));
  }

  /** The newest day of which the bill is complete; empty if it cannot be compared. */
  private Optional<Reconciliation.Day> compare(
      String organization, UsageSettings settings, Instant now) {
    LocalDate day = LocalDate.ofInstant(now.minus(BILLED_AFTER), ZoneOffset.UTC);
    return new Reconciliation(store, organization, settings, now)
        .days(day, day.plusDays(1), Map.of()).stream()
            .filter(Reconciliation.Day::comparable)
            .findFirst();
  }

  /** The first of these names, and how many more there are. */
  private static String named(Collection<String> names) {
    return names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
        + (names.size() > MOST_NAMED ? " and " + (names.size() - MOST_NAMED) + " more" : "");
  }

  private Answer total(
      String organization, UsageSettings settings, Metric metric, LocalDate from, LocalDate to) {
    return new Queries(store, settings, clock)
        .answer(
            organization,
            new Query(
                metric,
                List.of(),
                Map.of(),
                from.atStartOfDay(UTC).toInstant(),
                to.atStartOfDay(UTC).toInstant(),
                Granularity.ALL,
                UTC,
                1));
  }
}
