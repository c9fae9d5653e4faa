package dev.tallyman.core.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.query.Answer;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpendTest {
  private static final String FIRST = "2026-09-24";
  private static final String NOW = "2026-11-06T12:34:00Z";
  private static final List<String> MODELS = List.of("gpt-4o", "gpt-4o-mini", "o3", "unheard-of");
  private static final List<String> ITEMS =
      List.of("gpt-4o, input", "gpt-4o-mini, output", "web search tool calls");
  private static final List<String> ZONES = List.of("UTC", "Europe/Rome", "Asia/Kolkata");

  /** A ledger that goes on from random usage to random usage. */
  private static final class World {
    private final Random random;
    final TestLedger ledger = new TestLedger(NOW, "Europe/Rome", "Asia/Kolkata");

    World(long seed) {
      random = new Random(seed);
      Instant hour = Instant.parse(FIRST + "T00:00:00Z");
      for (; hour.isBefore(ledger.clock.instant()); hour = hour.plus(Duration.ofHours(1))) {
        write(hour);
      }
      for (LocalDate day = LocalDate.parse(FIRST);
          !day.isAfter(LocalDate.parse("2026-11-06"));
          day = day.plusDays(1)) {
        bill(day);
      }
      ledger.close("2026-10");
      ledger.readSince(FIRST + "T00:00:00Z");
    }

    /** Hours pass, some are said anew, some bills come. */
    void goOn() {
      Instant before = ledger.clock.instant();
      ledger.clock.advance(Duration.ofMinutes(random.nextInt(3_000)));
      Instant hour = before.truncatedTo(ChronoUnit.HOURS);
      for (; hour.isBefore(ledger.clock.instant()); hour = hour.plus(Duration.ofHours(1))) {
        write(hour);
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        write(before.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(random.nextInt(900))));
      }
      LocalDate today = LocalDate.ofInstant(ledger.clock.instant(), ZoneOffset.UTC);
      for (int i = random.nextInt(4); i > 0; i--) {
        bill(today.minusDays(random.nextInt(random.nextBoolean() ? 4 : 30)));
      }
      ledger.readSince(FIRST + "T00:00:00Z");
    }

    private void write(Instant hour) {
      for (Known endpoint : List.of(Known.COMPLETIONS, Known.WEB_SEARCH_CALLS)) {
        if (random.nextInt(3) == 0) {
          ledger.hour(endpoint, hour, List.of());
        } else if (hour.atOffset(ZoneOffset.UTC).getHour() == 18) {
          var minutes = new TreeMap<Integer, List<UsageRow>>();
          minutes.put(random.nextInt(60), List.of(row(endpoint)));
          minutes.put(random.nextInt(60), List.of(row(endpoint)));
          ledger.minutes(endpoint, hour, minutes);
        } else {
          var rows = new ArrayList<UsageRow>();
          for (int i = random.nextInt(1, 4); i > 0; i--) {
            rows.add(row(endpoint));
          }
          ledger.hour(endpoint, hour, rows);
        }
      }
    }

    private @Nullable String pick(String prefix, int of) {
      int which = random.nextInt(of + 1);
      return which == of ? null : prefix + which;
    }

    private UsageRow row(Known endpoint) {
      UsageRow.Builder row =
          UsageRow.builder()
              .set(Dimension.PROJECT, pick("project", 3))
              .set(Dimension.API_KEY, pick("key", 4))
              .set(Dimension.USER, pick("user", 2))
              .set(Dimension.MODEL, MODELS.get(random.nextInt(MODELS.size())));
      return endpoint == Known.COMPLETIONS
          ? row.set(Quantity.INPUT_TOKENS, random.nextInt(1_000_000))
              .set(Quantity.OUTPUT_TOKENS, random.nextInt(1000))
              .set(Quantity.MODEL_REQUESTS, random.nextInt(100))
              .build()
          : row.set(Quantity.MODEL_REQUESTS, random.nextInt(100))
              .set(Quantity.REQUESTS, random.nextInt(100))
              .build();
    }

    private void bill(LocalDate day) {
      if (random.nextInt(8) == 0) {
        return;
      }
      var rows = new LinkedHashMap<String, CostRow>();
      for (int i = random.nextInt(8); i > 0; i--) {
        BigDecimal amount =
            new BigDecimal(random.nextLong(10_000_000)).movePointLeft(random.nextInt(30));
        var row =
            new CostRow(
                pick("project", 3),
                ITEMS.get(random.nextInt(ITEMS.size())),
                pick("key", 4),
                amount,
                "usd",
                null,
                null);
        rows.put(row.project() + "|" + row.lineItem() + "|" + row.apiKey(), row);
      }
      ledger.bill(day, List.copyOf(rows.values()));
    }

    List<Budget> budgets(int count) {
      var budgets = new ArrayList<Budget>();
      for (int i = 0; i < count; i++) {
        Metric metric =
            List.of(
                    Metric.COST,
                    Metric.COST,
                    Metric.BILLED,
                    Metric.ESTIMATED,
                    Metric.TOKENS,
                    Metric.REQUESTS)
                .get(random.nextInt(6));
        var kinds = new ArrayList<>(List.of(WindowKind.values()));
        if (metric.billed()) {
          kinds.remove(WindowKind.HOUR);
        }
        WindowKind kind = kinds.get(random.nextInt(kinds.size()));
        String zone = metric.billed() ? "UTC" : ZONES.get(random.nextInt(3));
        budgets.add(budget("b" + i, metric, scope(metric), kind, zone));
      }
      return budgets;
    }

    private Scope scope(Metric metric) {
      var parts = new TreeMap<GroupBy, SortedSet<String>>();
      if (random.nextInt(2) == 0) {
        parts.put(GroupBy.PROJECT, some("project0", "project1", "project2", ""));
      }
      if (random.nextInt(3) == 0) {
        parts.put(GroupBy.KEY, some("key0", "key1", "key2", "key3", "", "other"));
      }
      if (!metric.billed()) {
        if (random.nextInt(3) == 0) {
          parts.put(GroupBy.USER, some("user0", "user1", ""));
        }
        if (random.nextInt(3) == 0) {
          parts.put(GroupBy.MODEL, some(MODELS.toArray(String[]::new)));
        }
        if (random.nextInt(4) == 0) {
          parts.put(GroupBy.GROUP, some("premium", "mini"));
        }
      }
      return new Scope(parts);
    }

    private SortedSet<String> some(String... values) {
      var some = new TreeSet<String>();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        some.add(values[random.nextInt(values.length)]);
      }
      return some;
    }

    void assertTold(List<Usage> usages, String told) {
      for (Usage usage : usages) {
        Window window = usage.window();
        var query =
            new Query(
                usage.budget().limit().metric(),
                List.of(),
                new TreeMap<GroupBy, Set<String>>(usage.budget().limit().scope().parts()),
                window.start(),
                window.end(),
                Granularity.ALL,
                window.zone(),
                1);
        Answer answer = ledger.ask(query);
        String of = "%s: %s %s".formatted(told, usage.budget().limit().series(), window.id());
        BigDecimal expected = answer.total().total().orElse(BigDecimal.ZERO);
        if (usage.budget().limit().metric().money()) {
          expected = expected.setScale(9, RoundingMode.CEILING);
        }
        assertThat(usage.used()).as(of).isEqualByComparingTo(expected);
        assertThat(usage.parts()).as(of).isEqualTo(answer.parts());
        assertThat(usage.source()).as(of).isEqualTo(answer.provenance().source());
        assertThat(usage.asOf()).as(of).isEqualTo(answer.provenance().asOf());
        assertThat(usage.completeSince()).as(of).isEqualTo(answer.provenance().completeSince());
        assertThat(usage.stale()).as(of).isEqualTo(answer.provenance().stale());
        assertThat(usage.known()).as(of).isTrue();
        if (answer.total().total().isEmpty()) {
          assertThat(usage.unpriced()).as(of).isTrue();
        }
      }
    }
  }

  private static Budget budget(
      String id, Metric metric, Scope scope, WindowKind kind, String zone) {
    return new Budget(
        id,
        id,
        Optional.empty(),
        new Limit(metric, BigDecimal.TEN, Optional.empty(), scope, kind, ZoneId.of(zone)),
        Notices.at(List.of(new Threshold.Percent(new BigDecimal(80)))),
        false);
  }

  private static List<Usage> used(Spend spend, World world, List<Budget> budgets) {
    return spend.used(
        TestLedger.ORGANIZATION,
        world.ledger.settings.usage(),
        budgets,
        world.ledger.clock.instant());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsUsedIsWhatAQuestionIsAnsweredWith(long seed) {
    var world = new World(seed);
    List<Budget> budgets = world.budgets(24);
    var spend = new Spend(world.ledger.store);
    for (int step = 0; step < 5; step++) {
      List<Budget> some = step == 0 ? budgets.subList(0, 12) : budgets;
      String told = "seed %d, step %d".formatted(seed, step);
      List<Usage> usages = used(spend, world, some);
      world.assertTold(usages, told);
      assertThat(used(new Spend(world.ledger.store), world, some))
          .as("%s, by another process", told)
          .isEqualTo(usages);
      world.goOn();
    }
  }

  @Test
  void nothingIsWrittenAndLittleIsReadWhenNothingChanged() {
    var world = new World(7);
    List<Budget> budgets = world.budgets(60);
    var store = new WatchedStore(world.ledger.store);
    var spend = new Spend(store);
    List<Usage> before = used(spend, world, budgets);
    assertThat(new HashSet<>(store.written)).isNotEmpty();
    store.written.clear();
    long calls = store.calls();

    assertThat(used(spend, world, budgets)).isEqualTo(before);

    assertThat(store.written).isEmpty();
    // The poller's state, its latest cycle, and an index for each month.
    assertThat(store.calls() - calls).isLessThanOrEqualTo(2 + 5);
  }

  @Test
  void requestsDoNotGrowWithTheNumberOfBudgets() {
    var world = new World(8);
    var few = new WatchedStore(world.ledger.store);
    var many = new WatchedStore(world.ledger.store);
    var budgets = new ArrayList<Budget>();
    for (int i = 0; i < 200; i++) {
      var scope =
          new Scope(
              Map.of(GroupBy.PROJECT, new TreeSet<>(Set.of("project" + (i + 1), "project0"))));
      budgets.add(budget("b" + i, Metric.COST, scope, WindowKind.MONTH, "UTC"));
    }
    used(new Spend(few), world, budgets.subList(0, 1));
    used(new Spend(many), world, budgets);

    // One more: what is stored has a series missing, and is read and written again.
    assertThat(many.calls()).isLessThanOrEqualTo(few.calls() + 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 10})
  void aProcessThatDiesAnywhereLeavesNothingWrong(long seed) {
    var world = new World(seed);
    List<Budget> budgets = world.budgets(10);
    var counting = new WatchedStore(world.ledger.store);
    used(new Spend(counting), world, budgets.subList(0, 5));
    for (long call = 1; call <= counting.calls() + 5; call++) {
      try {
        used(new Spend(new WatchedStore(world.ledger.store, call, call % 2 == 0)), world, budgets);
      } catch (WatchedStore.KilledException _) {
        // As it should.
      }
    }
    world.assertTold(
        used(new Spend(world.ledger.store), world, budgets), "seed %d".formatted(seed));
  }

  @Test
  void windowsThatEndedUpToTwoDaysAgoAreTold() {
    var world = new World(11);
    Budget day = budget("d", Metric.TOKENS, Scope.ORGANIZATION, WindowKind.DAY, "UTC");
    Budget hour = budget("h", Metric.TOKENS, Scope.ORGANIZATION, WindowKind.HOUR, "UTC");
    Budget month = budget("m", Metric.COST, Scope.ORGANIZATION, WindowKind.MONTH, "UTC");

    List<Usage> usages = used(new Spend(world.ledger.store), world, List.of(day, hour, month));

    assertThat(windowsOf(day, usages))
        .containsExactly("2026-11-06@UTC", "2026-11-05@UTC", "2026-11-04@UTC");
    assertThat(windowsOf(hour, usages))
        .hasSize(49)
        .startsWith("2026-11-06T12@UTC", "2026-11-06T11@UTC");
    assertThat(windowsOf(month, usages)).containsExactly("2026-11@UTC");
  }

  private static List<String> windowsOf(Budget budget, List<Usage> usages) {
    return usages.stream()
        .filter(each -> each.budget().equals(budget))
        .map(each -> each.window().id())
        .toList();
  }

  @Test
  void aWindowOfWhichNothingCanBeKnownSaysSo() {
    var world = new World(12);
    Budget elsewhere =
        budget("e", Metric.TOKENS, Scope.ORGANIZATION, WindowKind.MONTH, "America/New_York");
    Budget brief =
        budget("b", Metric.TOKENS, Scope.ORGANIZATION, WindowKind.DAY, "America/New_York");
    Budget hourly = budget("c", Metric.COST, Scope.ORGANIZATION, WindowKind.HOUR, "UTC");

    List<Usage> usages =
        used(new Spend(world.ledger.store), world, List.of(elsewhere, brief, hourly));

    assertThat(usages.getFirst().known()).isFalse();
    assertThat(usages.getFirst().note()).contains("Days of America/New_York are not kept so far.");
    assertThat(usages.get(1).known()).isTrue();
    world.assertTold(usages.subList(1, 3), "days from hours");
    assertThat(usages.getLast().known()).isFalse();
    assertThat(usages.getLast().note()).contains("cost is known by UTC days only.");
  }

  @Test
  void daysBeforeTheirZoneWasReportedAreToldByTheirHours() {
    var ledger = new TestLedger(NOW);
    Instant now = ledger.clock.instant();
    for (Instant hour = Instant.parse("2026-10-01T00:00:00Z");
        hour.isBefore(now);
        hour = hour.plus(Duration.ofHours(1))) {
      ledger.hour(
          Known.COMPLETIONS, hour, List.of(TestLedger.completion("p", "gpt-4o", 1_000, 10)));
    }
    ledger.readSince("2026-10-01T00:00:00Z");
    TestLedger later = new TestLedger(NOW, "Europe/Rome");
    Budget month = budget("m", Metric.TOKENS, Scope.ORGANIZATION, WindowKind.MONTH, "Europe/Rome");

    List<Usage> usages =
        new Spend(ledger.store)
            .used(TestLedger.ORGANIZATION, later.settings.usage(), List.of(month), now);

    Instant start = usages.getFirst().window().start();
    assertThat(start).isEqualTo("2026-10-31T23:00:00Z");
    long hours = Duration.between(start, now).toHours() + 1;
    assertThat(usages.getFirst().used()).isEqualTo(new BigDecimal(1_010 * hours));
  }

  @Test
  void ofAnEmptyStoreNothingIsKnown() {
    var ledger = new TestLedger(NOW);
    Budget month = budget("m", Metric.COST, Scope.ORGANIZATION, WindowKind.MONTH, "UTC");

    List<Usage> usages =
        new Spend(ledger.store)
            .used(
                TestLedger.ORGANIZATION,
                ledger.settings.usage(),
                List.of(month),
                ledger.clock.instant());

    assertThat(usages).singleElement().matches(usage -> !usage.known());
    assertThat(usages.getFirst().used()).isEqualTo(BigDecimal.ZERO);
  }
}
