package dev.tallyman.core.alert;

import dev.tallyman.core.Figures;
import dev.tallyman.core.alert.Conditions.Observed;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.forecast.Anomaly;
import dev.tallyman.core.forecast.Forecast;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.spend.Finding;
import dev.tallyman.core.spend.Projection;
import dev.tallyman.core.spend.Spend;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts what is not as usual, or is going to exceed a limit, as conditions. */
final class Unusual {
  private static final ZoneId UTC = ZoneId.of("UTC");

  /** What began so long ago is one thing with what is found now, and was told. */
  private static final Duration REMEMBERED = Duration.ofDays(3);

  private Unusual() {}

  static Observed of(
      Collection<Projection> projections,
      Collection<Finding> findings,
      Drivers names,
      Instant now) {
    List<AlertCondition> holding =
        Stream.concat(
                projections.stream().flatMap(each -> forecast(each).stream()),
                findings.stream().map(each -> anomaly(each, names, now)))
            .toList();
    return new Observed(Set.of(Notification.Type.FORECAST, Notification.Type.ANOMALY), holding);
  }

  /** A forecast in words; empty where too little is known. */
  static Optional<String> told(Projection projection) {
    return projection.forecast().map(forecast -> told(projection, forecast));
  }

  private static String told(Projection projection, Forecast forecast) {
    return amount(projection, forecast.expected())
        + " at the end, "
        + amount(projection, forecast.low())
        + " to "
        + amount(projection, forecast.high())
        + " in 8 of 10 windows"
        + forecast
            .exhausted()
            .map(at -> "; used up about " + Wording.time(at, projection.usage().window().zone()))
            .orElse("; lasts until the end");
  }

  /** A limit that is going to be exceeded even if all goes well; it is over when it never is. */
  private static Optional<AlertCondition> forecast(Projection projection) {
    Budget budget = projection.usage().budget();
    Window window = projection.usage().window();
    if (projection.forecast().isEmpty()
        || projection.usage().used().compareTo(budget.limit().amount()) >= 0) {
      return Optional.empty();
    }
    Forecast forecast = projection.forecast().get();
    if (projection.amount(forecast.high()).compareTo(budget.limit().amount()) <= 0) {
      return Optional.empty();
    }
    var data = new TreeMap<String, @Nullable Object>();
    data.put("budget", budget.id());
    data.put("window", window.id());
    data.put("limit", budget.limit().amount().toPlainString());
    data.put("expected", projection.amount(forecast.expected()).toPlainString());
    data.put("low", projection.amount(forecast.low()).toPlainString());
    data.put("high", projection.amount(forecast.high()).toPlainString());
    data.put("exhausted", forecast.exhausted().map(Instant::toString).orElse(null));
    return Optional.of(
        new AlertCondition(
            Notification.Type.FORECAST,
            "forecast/" + budget.id() + "/" + budget.limit().revision() + "/" + window.id(),
            Severity.WARNING,
            budget.name()
                + ": the limit of "
                + Drivers.amount(budget.limit().amount(), budget)
                + " will not last the "
                + window.kind().id(),
            List.of(
                new Fact("Forecast", told(projection, forecast)),
                new Fact("Window", Wording.window(window)),
                new Fact("Next", "nothing is stopped; use less, or raise the limit")),
            List.of(),
            data,
            Optional.of(window.end()),
            projection.amount(forecast.low()).compareTo(budget.limit().amount()) > 0));
  }

  /** Spend that is far from its own past, as something to tell. */
  static AlertCondition anomaly(Finding finding, Drivers names, Instant now) {
    Anomaly anomaly = finding.anomaly();
    String what =
        finding.part().parts().isEmpty()
            ? "the organization"
            : finding.part().dimensions().stream()
                .map(by -> by.id() + " " + names.name(by, finding.value(by).orElse("")))
                .collect(Collectors.joining(" on "));
    var drivers = new ArrayList<Driver>();
    String driver =
        Stream.of(
                finding.driver().project().map(id -> names.name(GroupBy.PROJECT, id)),
                finding.driver().key().map(id -> names.name(GroupBy.KEY, id)),
                finding.driver().model())
            .flatMap(Optional::stream)
            .collect(Collectors.joining(" · "));
    if (!driver.isEmpty()) {
      drivers.add(new Driver(driver, "+" + dollars(finding.driver().excess())));
    }
    String times =
        anomaly.usual() <= 0
            ? "where nothing is usual"
            : BigDecimal.valueOf(anomaly.actual())
                    .divide(BigDecimal.valueOf(anomaly.usual()), 1, RoundingMode.HALF_EVEN)
                + " times what is usual";
    var data = new TreeMap<String, @Nullable Object>();
    data.put("subject", finding.subject());
    data.put("start", anomaly.start().toString());
    data.put("end", anomaly.end().toString());
    data.put("actual", BigDecimal.valueOf(anomaly.actual(), Spend.NANO).toPlainString());
    data.put("usual", BigDecimal.valueOf(anomaly.usual(), Spend.NANO).toPlainString());
    data.put("project", finding.driver().project().orElse(null));
    data.put("key", finding.driver().key().orElse(null));
    data.put("model", finding.driver().model().orElse(null));
    return new AlertCondition(
        Notification.Type.ANOMALY,
        "anomaly/" + finding.subject(),
        Severity.WARNING,
        "Spend of " + what + " is " + dollars(anomaly.actual()) + ", " + times,
        List.of(
            new Fact("Since", Wording.time(anomaly.start(), UTC)),
            new Fact("More than usual", dollars(anomaly.excess())),
            new Fact("Source", "estimated"),
            new Fact("Next", "nothing is stopped; look at who uses it")),
        drivers,
        data,
        Optional.of(now.plus(REMEMBERED)));
  }

  private static String dollars(long nano) {
    return Figures.money(BigDecimal.valueOf(nano, Spend.NANO), Unit.USD);
  }

  private static String amount(Projection projection, long amount) {
    return Drivers.amount(projection.amount(amount), projection.usage().budget());
  }
}
