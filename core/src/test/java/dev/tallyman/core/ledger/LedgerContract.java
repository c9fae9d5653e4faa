package dev.tallyman.core.ledger;

import static dev.tallyman.core.ledger.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreSpace;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ledger must do on every store. */
public abstract class LedgerContract {
  private static final ZoneId UTC = ZoneOffset.UTC;
  private static final ZoneId ROME = ZoneId.of("Europe/Rome");
  private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
  private static final Instant NINE = Instant.parse("2026-11-20T09:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");
  private static final Estimator ESTIMATOR = new Estimator(Catalogue.builtIn(), Rates.NONE);

  private final MovableClock clock = new MovableClock(NINE.plusSeconds(1800));
  private StoreSpace space;
  private Store store;
  private Ledger ledger;

  /** Room for one test, empty. */
  protected abstract StoreSpace space();

  @BeforeEach
  final void open() {
    space = space();
    store = space.open(clock);
    ledger = new Ledger(store, "acme", Retention.DEFAULT);
  }

  @AfterEach
  final void close() {
    store.close();
    space.close();
  }

  private Change write(Instant hour, UsageRow... rows) {
    return write(List.of(UTC), hour, rows);
  }

  private Change write(List<ZoneId> zones, Instant hour, UsageRow... rows) {
    LedgerWriter writer = ledger.writer(zones);
    Change change =
        writer.replace(
            HourReading.ofHour(
                Bucket.of(Known.COMPLETIONS, hour, Width.HOUR, List.of(rows)), clock.instant()));
    writer.finish(ESTIMATOR, clock.instant());
    return change;
  }

  private List<UsageRow> hour(Instant hour) {
    return ledger.hours(Known.COMPLETIONS, hour, hour.plusSeconds(3600)).stream()
        .flatMap(stored -> stored.rows().stream())
        .toList();
  }

  @Test
  void anEmptyLedgerHasNothing() {
    assertThat(hour(NINE)).isEmpty();
    assertThat(ledger.rollups(View.ALL, UTC, DAY, DAY.plusDays(1))).isEmpty();
    assertThat(ledger.costs(DAY, DAY.plusDays(1))).isEmpty();
    assertThat(ledger.names(Name.Kind.PROJECT)).isEmpty();
    assertThat(ledger.rates()).isEqualTo(Rates.NONE);
  }

  @Test
  void aReadingIsKeptAndTheSameReadingAgainWritesNothing() {
    assertThat(write(NINE, row("p", "gpt-5", 1000, 10))).isEqualTo(Change.CHANGED);
    Rollup rollup = ledger.rollup(View.ALL, UTC, DAY).orElseThrow();
    clock.advance(Duration.ofMinutes(5));

    assertThat(write(NINE, row("p", "gpt-5", 1000, 10))).isEqualTo(Change.UNCHANGED);

    assertThat(hour(NINE)).containsExactly(row("p", "gpt-5", 1000, 10));
    assertThat(ledger.rollup(View.ALL, UTC, DAY).orElseThrow().version())
        .isEqualTo(rollup.version());
    assertThat(ledger.hours(Known.COMPLETIONS, NINE, NINE.plusSeconds(1)).getFirst().asked())
        .isEqualTo(NINE.plusSeconds(1800));
  }

  @Test
  void growthWhileOpenIsNoRevision() {
    write(NINE, row("p", "gpt-5", 1000, 10));
    clock.advance(Duration.ofHours(2));

    assertThat(write(NINE, row("p", "gpt-5", 2000, 20))).isEqualTo(Change.CHANGED);

    assertThat(ledger.revisions(Known.COMPLETIONS, NINE)).isEmpty();
    assertThat(hour(NINE)).containsExactly(row("p", "gpt-5", 2000, 20));
  }

  @Test
  void growthOfAClosedBucketIsARevisionOfTheRowsThatDiffer() {
    UsageRow same = row("q", "gpt-5", 7, 7);
    write(NINE, row("p", "gpt-5", 1000, 10), same);
    Instant first = clock.instant();
    clock.set(NINE.plus(Duration.ofHours(7)));

    assertThat(write(NINE, row("p", "gpt-5", 2000, 20), same)).isEqualTo(Change.RESTATED);

    assertThat(ledger.revisions(Known.COMPLETIONS, NINE))
        .containsExactly(new Revision(NINE, first, List.of(row("p", "gpt-5", 1000, 10))));
  }

  @Test
  void aFallingCounterIsARevisionEvenWhileOpen() {
    write(NINE, row("p", "gpt-5", 1000, 10));
    clock.advance(Duration.ofMinutes(5));

    assertThat(write(NINE, row("p", "gpt-5", 999, 10))).isEqualTo(Change.RESTATED);

    assertThat(ledger.revisions(Known.COMPLETIONS, NINE)).hasSize(1);
  }

  @Test
  void revisionsAreListedOldestFirst() {
    for (int tokens = 900; tokens > 895; tokens--) {
      write(NINE, row("p", "gpt-5", tokens, 10));
      clock.advance(Duration.ofMinutes(5));
    }

    assertThat(ledger.revisions(Known.COMPLETIONS, NINE))
        .extracting(revision -> revision.before().getFirst().orZero(Quantity.INPUT_TOKENS))
        .containsExactly(900L, 899L, 898L, 897L);
  }

  @Test
  void anEmptyReadingIsBelievedOnlyTheSecondTime() {
    write(NINE, row("p", "gpt-5", 1000, 10));
    clock.advance(Duration.ofMinutes(5));

    assertThat(write(NINE)).isEqualTo(Change.EMPTY_ONCE);
    assertThat(hour(NINE)).hasSize(1);

    clock.advance(Duration.ofMinutes(5));
    assertThat(write(NINE)).isEqualTo(Change.RESTATED);
    assertThat(hour(NINE)).isEmpty();
    assertThat(ledger.rollup(View.ALL, UTC, DAY).orElseThrow().size()).isZero();
  }

  @Test
  void anEmptyReadingIsForgottenWhenTheNextOneIsNot() {
    write(NINE, row("p", "gpt-5", 1000, 10));
    clock.advance(Duration.ofMinutes(5));
    write(NINE);
    clock.advance(Duration.ofMinutes(5));
    write(NINE, row("p", "gpt-5", 1000, 10));
    clock.advance(Duration.ofMinutes(5));

    assertThat(write(NINE)).isEqualTo(Change.EMPTY_ONCE);
  }

  @Test
  void whatWasAskedForEarlierNeverReplacesWhatWasAskedForLater() {
    LedgerWriter late = ledger.writer(List.of(UTC));
    var early =
        HourReading.ofHour(
            Bucket.of(Known.COMPLETIONS, NINE, Width.HOUR, List.of(row("p", "gpt-5", 1, 1))),
            clock.instant());
    late.prepare(DAY, DAY.plusDays(1));
    clock.advance(Duration.ofMinutes(1));
    write(NINE, row("p", "gpt-5", 2, 2));

    assertThat(late.replace(early)).isEqualTo(Change.SUPERSEDED);
    late.finish(ESTIMATOR, clock.instant());

    assertThat(hour(NINE)).containsExactly(row("p", "gpt-5", 2, 2));
    assertRollupsAreSums();
  }

  @Test
  void largeBucketsAreReplacedWhole() {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
    List<UsageRow> first = Bucket.merged(Rows.random(random, 5_000));
    List<UsageRow> second = Bucket.merged(Rows.random(random, 5_000));
    write(NINE, first.toArray(UsageRow[]::new));
    assertThat(hour(NINE)).isEqualTo(first);
    clock.advance(Duration.ofMinutes(5));

    write(NINE, second.toArray(UsageRow[]::new));
    assertThat(hour(NINE)).isEqualTo(second);
    clock.advance(Duration.ofMinutes(5));

    write(NINE, row("p", "gpt-5", 1, 1));
    assertThat(hour(NINE)).containsExactly(row("p", "gpt-5", 1, 1));
    assertThat(
            store.range(
                "O#acme#U#completions#2026-11-20#09#parts", " ", "~", Store.Order.ASCENDING, 100))
        .as("parts left behind")
        .isEmpty();
    assertRollupsAreSums();
  }

  @Test
  void hoursAreReadInOrderAcrossDaysAndOnlyThoseAskedFor() {
    Instant start = Instant.parse("2026-10-30T22:00:00Z");
    for (int i = 0; i < 30; i++) {
      write(start.plus(Duration.ofHours(i)), row("p", "gpt-5", i + 1, 1));
    }

    List<HourRows> hours =
        ledger.hours(
            Known.COMPLETIONS, start.plus(Duration.ofHours(1)), start.plus(Duration.ofHours(29)));

    assertThat(hours).hasSize(28);
    assertThat(hours).extracting(HourRows::hour).isSorted();
    assertThat(hours.getFirst().hour()).isEqualTo(start.plus(Duration.ofHours(1)));
  }

  @Test
  void bucketsExpireAndTheirRollupsDoNot() {
    write(NINE, row("p", "gpt-5", 1000, 10));
    clock.set(NINE.plus(Duration.ofDays(400)));

    assertThat(hour(NINE)).isEmpty();
    assertThat(ledger.rollup(View.ALL, UTC, DAY)).isPresent();
  }

  @Test
  void aRollupIsNeverRecomputedFromFewerHoursThanItOnceHeld() {
    write(NINE, row("p", "gpt-5", 1000, 10));
    write(NINE.plusSeconds(3600), row("p", "gpt-5", 500, 5));
    clock.set(NINE.plus(Duration.ofDays(400)).plusSeconds(60));

    write(NINE.plusSeconds(3600), row("p", "gpt-5", 600, 5));

    assertThat(total(View.ALL, UTC, DAY)).isEqualTo(1500);
  }

  @Test
  void whatIsOlderThanHoursAreKeptIsRolledUpAllTheSame() {
    Instant old = NINE.minus(Duration.ofDays(500));
    LedgerWriter writer = ledger.writer(List.of(UTC, ROME));
    for (int i = 0; i < 48; i++) {
      Instant hour = old.plus(Duration.ofHours(i));
      writer.replace(
          HourReading.ofHour(
              Bucket.of(Known.COMPLETIONS, hour, Width.HOUR, List.of(row("p", "gpt-5", 10, 1))),
              clock.instant()));
    }
    writer.finish(ESTIMATOR, clock.instant());
    LocalDate day = LocalDate.ofInstant(old, UTC).plusDays(1);

    assertThat(ledger.hours(Known.COMPLETIONS, old, NINE)).isEmpty();
    assertThat(total(View.ALL, UTC, day)).isEqualTo(240);
    assertThat(total(View.KEYS, ROME, day)).isEqualTo(240);
    assertThat(ledger.month(View.ALL, UTC, YearMonth.from(day))).isPresent();
  }

  @Test
  void rollupsOfEveryViewAddUpToTheHours() {
    write(NINE, row("p", "gpt-5", 1000, 10), row("q", "gpt-5", 1, 1), row("q", "gpt-4o", 5, 5));
    write(NINE.plusSeconds(3600), row("p", "gpt-5", 3, 3));

    assertRollupsAreSums();
    assertThat(ledger.rollup(View.MODELS, UTC, DAY).orElseThrow().rows())
        .extracting(row -> row.usage().get(Dimension.MODEL))
        .containsExactlyInAnyOrder("gpt-5", "gpt-4o");
    assertThat(ledger.rollup(View.KEYS, UTC, DAY).orElseThrow().rows())
        .extracting(row -> row.usage().get(Dimension.PROJECT))
        .containsExactly("p", "q");
  }

  @Test
  void rollupsCarryWhatTheirUsageCosts() {
    write(NINE, row("p", "gpt-5", 1000, 10), row("q", "a model without price", 1000, 10));

    List<RollupRow> models = ledger.rollup(View.MODELS, UTC, DAY).orElseThrow().rows();

    assertThat(models).filteredOn(RollupRow::priced).hasSize(1);
    assertThat(models)
        .filteredOn(RollupRow::priced)
        .allSatisfy(row -> assertThat(row.estimated()).isPositive());
    assertThat(ledger.rollup(View.KEYS, UTC, DAY).orElseThrow().rows())
        .filteredOn(row -> "p".equals(row.usage().get(Dimension.PROJECT)))
        .extracting(RollupRow::estimated)
        .containsExactly(
            models.stream().filter(RollupRow::priced).findFirst().orElseThrow().estimated());
  }

  @Test
  void daysOfAZoneBeginAtItsMidnight() {
    Instant lastOfNineteenth = Instant.parse("2026-11-19T22:00:00Z");
    Instant firstOfTwentieth = Instant.parse("2026-11-19T23:00:00Z");
    write(List.of(UTC, ROME), lastOfNineteenth, row("p", "gpt-5", 1, 1));
    write(List.of(UTC, ROME), firstOfTwentieth, row("p", "gpt-5", 10, 1));

    assertThat(total(View.ALL, UTC, DAY.minusDays(1))).isEqualTo(11);
    assertThat(total(View.ALL, ROME, DAY.minusDays(1))).isEqualTo(1);
    assertThat(total(View.ALL, ROME, DAY)).isEqualTo(10);
  }

  @Test
  void aStraddlingHourIsSplitByItsMinutes() {
    Instant hour = Instant.parse("2026-11-20T18:00:00Z");
    var minutes = new ArrayList<Bucket>();
    for (int minute = 0; minute < 60; minute++) {
      minutes.add(
          Bucket.of(
              Known.COMPLETIONS,
              hour.plusSeconds(60L * minute),
              Width.MINUTE,
              List.of(row("p", "gpt-5", minute < 30 ? 1 : 100, 1))));
    }
    LedgerWriter writer = ledger.writer(List.of(UTC, KOLKATA));
    writer.replace(HourReading.ofMinutes(minutes, true, clock.instant()));
    writer.finish(ESTIMATOR, clock.instant());

    assertThat(total(View.ALL, KOLKATA, DAY)).isEqualTo(30);
    assertThat(total(View.ALL, KOLKATA, DAY.plusDays(1))).isEqualTo(3000);
    assertThat(total(View.ALL, UTC, DAY)).isEqualTo(3030);
    assertThat(hour(hour).getFirst().orZero(Quantity.INPUT_TOKENS)).isEqualTo(3030);
    assertThat(ledger.minutes(Known.COMPLETIONS, hour).orElseThrow().rows()).hasSize(60);
    assertThat(ledger.rollup(View.ALL, KOLKATA, DAY).orElseThrow().approximate()).isFalse();
  }

  @Test
  void withoutMinutesAStraddlingHourBelongsWhereItBeginsAndSaysSo() {
    write(List.of(UTC, KOLKATA), Instant.parse("2026-11-20T18:00:00Z"), row("p", "gpt-5", 5, 1));

    Rollup rollup = ledger.rollup(View.ALL, KOLKATA, DAY).orElseThrow();
    assertThat(rollup.approximate()).isTrue();
    assertThat(total(View.ALL, KOLKATA, DAY)).isEqualTo(5);
    assertThat(ledger.rollup(View.ALL, KOLKATA, DAY.plusDays(1))).isEmpty();
  }

  @Test
  void aMonthIsRolledUpOnceItIsOver() {
    write(NINE, row("p", "gpt-5", 7, 1));
    assertThat(ledger.month(View.ALL, UTC, YearMonth.from(DAY))).isEmpty();

    clock.set(Instant.parse("2026-12-01T00:05:00Z"));
    write(NINE.plusSeconds(3600), row("p", "gpt-5", 8, 1));

    assertThat(
            ledger
                .month(View.ALL, UTC, YearMonth.from(DAY))
                .orElseThrow()
                .longs(Quantity.INPUT_TOKENS))
        .containsExactly(15);
  }

  @Test
  void costsOfADayAreReplacedWholeAndRevised() {
    CostDay first = costs("gpt-5, input", "1.5");
    LedgerWriter writer = ledger.writer(List.of(UTC));
    assertThat(writer.replaceCosts(first, clock.instant())).isEqualTo(Change.CHANGED);
    writer.finish(ESTIMATOR, clock.instant());
    Instant asked = clock.instant();
    clock.advance(Duration.ofDays(3));

    LedgerWriter second = ledger.writer(List.of(UTC));
    assertThat(second.replaceCosts(first, clock.instant())).isEqualTo(Change.UNCHANGED);
    CostDay restated = costs("gpt-5, input", "1.4");
    assertThat(second.replaceCosts(restated, clock.instant())).isEqualTo(Change.RESTATED);
    second.finish(ESTIMATOR, clock.instant());

    assertThat(ledger.costs(DAY.minusDays(40), DAY.plusDays(40))).containsExactly(restated);
    assertThat(ledger.costRevisions(DAY)).containsExactly(new CostRevision(asked, first));
  }

  private Change writeInPart(List<ZoneId> zones, HourReading reading) {
    assertThat(reading.whole()).isFalse();
    LedgerWriter writer = ledger.writer(zones);
    Change change = writer.replace(reading);
    writer.finish(ESTIMATOR, clock.instant());
    return change;
  }

  private static Bucket inPart(Instant start, Width width, UsageRow... rows) {
    return new Bucket(Known.COMPLETIONS, start, width, Bucket.merged(List.of(rows)), false);
  }

  @Test
  void whatAReadingInPartLacksOrWouldLowerStaysAsItWas() {
    UsageRow lacking = row("a", "gpt-5", 10, 1);
    UsageRow lowered = row("b", "gpt-5", 20, 2);
    write(NINE, lacking, lowered, row("c", "gpt-5", 30, 3));
    UsageRow grown = row("c", "gpt-5", 31, 3);
    UsageRow fresh = row("d", "gpt-5", 40, 4);
    clock.advance(Duration.ofMinutes(5));
    HourReading part =
        HourReading.ofHour(
            inPart(NINE, Width.HOUR, row("b", "gpt-5", 21, 1), grown, fresh), clock.instant());

    assertThat(writeInPart(List.of(UTC), part)).isEqualTo(Change.CHANGED);

    assertThat(hour(NINE)).containsExactly(lacking, lowered, grown, fresh);
    assertThat(writeInPart(List.of(UTC), part)).isEqualTo(Change.UNCHANGED);
    clock.advance(Duration.ofMinutes(5));
    assertThat(write(NINE, grown)).isEqualTo(Change.RESTATED);
    assertThat(hour(NINE)).containsExactly(grown);
  }

  @Test
  void minutesThatAReadingInPartLacksStayAndWithoutThemTheHourDoes() {
    Instant hour = Instant.parse("2026-11-20T18:00:00Z");
    clock.set(hour.plusSeconds(3600));
    List<ZoneId> zones = List.of(UTC, KOLKATA);
    LedgerWriter writer = ledger.writer(zones);
    writer.replace(
        HourReading.ofMinutes(
            List.of(
                Bucket.of(Known.COMPLETIONS, hour, Width.MINUTE, List.of(row("a", "gpt-5", 1, 1))),
                Bucket.of(
                    Known.COMPLETIONS,
                    hour.plusSeconds(2400),
                    Width.MINUTE,
                    List.of(row("a", "gpt-5", 100, 1)))),
            true,
            clock.instant()));
    writer.finish(ESTIMATOR, clock.instant());
    write(zones, hour.plusSeconds(24 * 3600), row("a", "gpt-5", 7, 1));
    clock.advance(Duration.ofMinutes(5));

    Bucket first = inPart(hour, Width.MINUTE, row("b", "gpt-5", 2, 1));
    writeInPart(zones, HourReading.ofMinutes(List.of(first), false, clock.instant()));
    Bucket next = inPart(hour.plusSeconds(24 * 3600), Width.MINUTE, row("b", "gpt-5", 2, 1));
    writeInPart(zones, HourReading.ofMinutes(List.of(next), false, clock.instant()));

    assertThat(total(View.ALL, KOLKATA, DAY)).isEqualTo(3);
    assertThat(total(View.ALL, KOLKATA, DAY.plusDays(1))).isEqualTo(100 + 9);
    assertThat(total(View.ALL, UTC, DAY)).isEqualTo(103);
    assertThat(total(View.ALL, UTC, DAY.plusDays(1))).isEqualTo(9);
  }

  @Test
  void ofAnHourThatIsNoLongerKeptAReadingInPartTakesNothing() {
    Instant old = NINE.minus(Duration.ofDays(500));
    LocalDate day = LocalDate.ofInstant(old, UTC);
    write(old, row("a", "gpt-5", 10, 1), row("b", "gpt-5", 20, 1));

    HourReading part = HourReading.ofHour(inPart(old, Width.HOUR, row("a", "gpt-5", 10, 1)), NINE);
    assertThat(writeInPart(List.of(UTC), part)).isEqualTo(Change.UNCHANGED);

    assertThat(total(View.ALL, UTC, day)).isEqualTo(30);
  }

  @Test
  void chargesThatAReadingInPartLacksOrWouldLowerStayAsTheyWere() {
    LedgerWriter writer = ledger.writer(List.of(UTC));
    CostDay first = costs("gpt-5, input", "1.5");
    writer.replaceCosts(first, clock.instant());
    writer.finish(ESTIMATOR, clock.instant());
    clock.advance(Duration.ofMinutes(5));
    LedgerWriter second = ledger.writer(List.of(UTC));
    CostRow lowered = costs("gpt-5, input", "1.4").rows().getFirst();
    CostRow other = costs("gpt-5, output", "2").rows().getFirst();

    assertThat(
            second.replaceCosts(CostDay.of(DAY, List.of(lowered, other), false), clock.instant()))
        .isEqualTo(Change.CHANGED);
    second.finish(ESTIMATOR, clock.instant());

    assertThat(ledger.costs(DAY, DAY.plusDays(1)))
        .containsExactly(CostDay.of(DAY, List.of(first.rows().getFirst(), other)));
  }

  @Test
  void namesOutliveWhatTheyName() {
    var key = new Name(Name.Kind.API_KEY, "key_1", "prod", Map.of("project", "proj_1"));
    ledger.putName(key);
    ledger.putName(new Name(Name.Kind.PROJECT, "proj_1", "Search", Map.of()));
    ledger.putName(new Name(Name.Kind.PROJECT, "proj_1", "Search 2", Map.of()));

    assertThat(ledger.names(Name.Kind.API_KEY)).containsOnly(Map.entry("key_1", key));
    assertThat(ledger.names(Name.Kind.PROJECT).values())
        .extracting(Name::name)
        .containsExactly("Search 2");
  }

  @Test
  void organizationsAreKeptApart() {
    write(NINE, row("p", "gpt-5", 1, 1));

    var other = new Ledger(store, "acme-2", Retention.DEFAULT);

    assertThat(other.hours(Known.COMPLETIONS, NINE, NINE.plusSeconds(3600))).isEmpty();
  }

  @Test
  void writersThatRaceLoseNothing() throws Exception {
    int writers = 8;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = new ArrayList<Callable<Change>>();
      for (int i = 0; i < writers; i++) {
        Instant hour = DAY.atStartOfDay(UTC).toInstant().plus(Duration.ofHours(i));
        int tokens = 1 << i;
        tasks.add(() -> write(hour, row("p", "gpt-5", tokens, 1)));
      }
      for (var task : executor.invokeAll(tasks)) {
        assertThat(task.get()).isEqualTo(Change.CHANGED);
      }
    }

    assertThat(total(View.ALL, UTC, DAY)).isEqualTo((1 << writers) - 1);
    assertRollupsAreSums();
    clock.advance(Duration.ofMinutes(1));
    for (int i = 0; i < writers; i++) {
      assertThat(
              write(
                  DAY.atStartOfDay(UTC).toInstant().plus(Duration.ofHours(i)),
                  row("p", "gpt-5", 1 << i, 1)))
          .as("the index marks hour %d", i)
          .isEqualTo(Change.UNCHANGED);
    }
  }

  @Test
  void endpointsThatAreNotKnownYetAreKept() {
    UsageEndpoint holograms = UsageEndpoint.of("holograms");
    LedgerWriter writer = ledger.writer(List.of(UTC));
    writer.replace(
        HourReading.ofHour(
            Bucket.of(holograms, NINE, Width.HOUR, List.of(row("p", "gpt-9", 1, 1))),
            clock.instant()));
    writer.finish(ESTIMATOR, clock.instant());

    assertThat(ledger.hours(holograms, NINE, NINE.plusSeconds(1))).hasSize(1);
    assertThat(ledger.rollup(View.ALL, UTC, DAY).orElseThrow().rows().getFirst().endpoint())
        .isEqualTo(holograms);
  }

  private static CostDay costs(String lineItem, String amount) {
    return CostDay.of(
        DAY,
        List.of(
            new CostRow(
                "proj_1",
                lineItem,
                "key_1",
                new BigDecimal(amount),
                "usd",
                BigDecimal.TEN,
                "tokens")));
  }

  private long total(View view, ZoneId zone, LocalDate day) {
    long sum = 0;
    for (RollupRow row : ledger.rollup(view, zone, day).orElseThrow().rows()) {
      sum += row.usage().orZero(Quantity.INPUT_TOKENS);
    }
    return sum;
  }

  private void assertRollupsAreSums() {
    long sum = 0;
    for (HourRows hour :
        ledger.hours(
            Known.COMPLETIONS,
            DAY.atStartOfDay(UTC).toInstant(),
            DAY.plusDays(1).atStartOfDay(UTC).toInstant())) {
      for (UsageRow row : hour.rows()) {
        sum += row.orZero(Quantity.INPUT_TOKENS);
      }
    }
    for (View view : View.values()) {
      assertThat(total(view, UTC, DAY)).as("%s", view).isEqualTo(sum);
    }
  }
}
