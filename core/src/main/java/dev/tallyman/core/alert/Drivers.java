package dev.tallyman.core.alert;

import dev.tallyman.core.Figures;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.query.Answer;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Series;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** What most of a budget's use is made of, with the names that people know. */
final class Drivers {
  private static final int SHOWN = 3;
  private static final int GROUPINGS = 2;

  /** What is told first. */
  private static final List<GroupBy> TELLING =
      List.of(GroupBy.PROJECT, GroupBy.MODEL, GroupBy.KEY, GroupBy.USER);

  private final Queries queries;
  private final Ledger ledger;
  private final String organization;
  private final Map<Name.Kind, Map<String, Name>> names = new EnumMap<>(Name.Kind.class);

  Drivers(Store store, String organization, UsageSettings settings, InstantSource clock) {
    this.queries = new Queries(store, settings, clock);
    this.ledger = new Ledger(store, organization, settings.retention());
    this.organization = organization;
  }

  /** The largest parts of what a budget used in a window, largest first. */
  List<Driver> of(Budget budget, Window window) {
    List<GroupBy> by =
        TELLING.stream()
            .filter(budget.limit().metric().dimensions()::contains)
            .filter(dimension -> !budget.limit().scope().isOne(dimension))
            .limit(GROUPINGS)
            .toList();
    if (by.isEmpty()) {
      return List.of();
    }
    SortedMap<GroupBy, Set<String>> filters = GroupBy.map();
    filters.putAll(budget.limit().scope().parts());
    try {
      Answer answer =
          queries.answer(
              organization,
              new Query(
                  budget.limit().metric(),
                  by,
                  filters,
                  window.start(),
                  window.end(),
                  Granularity.ALL,
                  window.zone(),
                  SHOWN,
                  budget.limit().counting()));
      BigDecimal whole = answer.total().total().orElse(BigDecimal.ZERO);
      var drivers = new ArrayList<Driver>();
      for (Series series : answer.series()) {
        BigDecimal part = series.total().orElse(BigDecimal.ZERO);
        if (part.signum() > 0) {
          drivers.add(new Driver(label(by, series), amount(part, budget) + share(part, whole)));
        }
      }
      return drivers;
    } catch (QueryException _) {
      // A zone without rollups of its own: the message is worth more than its third line.
      return List.of();
    }
  }

  private String label(List<GroupBy> by, Series series) {
    var parts = new ArrayList<String>();
    for (int i = 0; i < by.size(); i++) {
      GroupBy dimension = by.get(i);
      parts.add(
          series
              .keys()
              .get(i)
              .map(id -> name(dimension, id))
              .orElseGet(() -> "no " + dimension.id()));
    }
    return String.join(" · ", parts);
  }

  /** What people call a value of a dimension. */
  String name(GroupBy dimension, String id) {
    Optional<Name.Kind> kind =
        switch (dimension) {
          case GroupBy.BuiltIn.PROJECT -> Optional.of(Name.Kind.PROJECT);
          case GroupBy.BuiltIn.KEY -> Optional.of(Name.Kind.API_KEY);
          case GroupBy.BuiltIn.USER -> Optional.of(Name.Kind.USER);
          default -> Optional.empty();
        };
    return kind.map(each -> names.computeIfAbsent(each, ledger::names).get(id))
        .map(Name::name)
        .filter(name -> !name.isBlank())
        .orElse(id);
  }

  private static String share(BigDecimal part, BigDecimal whole) {
    return whole.signum() <= 0
        ? ""
        : " (" + part.movePointRight(2).divide(whole, 0, RoundingMode.HALF_EVEN) + " %)";
  }

  /** An amount of what a budget counts, with its unit. */
  static String amount(BigDecimal amount, Budget budget) {
    Unit unit = budget.limit().metric().unit();
    return unit == Unit.MONEY
        ? Figures.money(amount, budget.limit().counting())
        : Figures.count(amount.setScale(0, RoundingMode.CEILING)) + " " + unit.id();
  }
}
