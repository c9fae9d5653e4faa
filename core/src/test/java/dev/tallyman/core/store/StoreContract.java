package dev.tallyman.core.store;

import static dev.tallyman.core.store.Store.Order.ASCENDING;
import static dev.tallyman.core.store.Store.Order.DESCENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store must do. */
public abstract class StoreContract {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Key KEY = new Key("O#acme#U#completions#2026-11-21", "09");

  protected final MovableClock clock = new MovableClock(NOW);
  private final List<Store> opened = new ArrayList<>();
  private StoreSpace space = new Unopened();
  protected Store store = new InMemoryStore(clock);

  /** Room for one test, empty. */
  protected abstract StoreSpace space();

  /** One more store on this test's data, closed when the test ends. */
  protected final Store reopen() {
    var another = space.open(clock);
    opened.add(another);
    return another;
  }

  @BeforeEach
  final void openStore() {
    space = space();
    store = reopen();
  }

  @AfterEach
  final void closeStores() {
    opened.forEach(Store::close);
    space.close();
  }

  @Nested
  final class OneItem {
    @Test
    void anEmptyStoreHasNothing() {
      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void whatWasPutIsRead() {
      var item = item(KEY, 7, "content");

      assertThat(store.put(item, new Condition.Always())).isEqualTo(stored());

      assertThat(store.get(KEY)).contains(item);
    }

    @Test
    void aLaterPutReplacesAllOfTheItem() {
      putAlways(expiring(KEY, 9, "long content", NOW.plusSeconds(60)));
      var second = item(KEY, 3, "");

      putAlways(second);

      assertThat(store.get(KEY)).contains(second);
    }

    @Test
    void thePutOfAnItemMayBeRepeated() {
      var item = expiring(KEY, 7, "content", NOW.plusSeconds(60));
      putAlways(item);

      putAlways(item);

      assertThat(store.get(KEY)).contains(item);
      assertThat(all(KEY.partition())).containsExactly(item);
    }

    @Test
    void itemsOfOtherKeysAreNotTouched() {
      var item = item(KEY, 1, "mine");
      putAlways(item);

      putAlways(item(new Key(KEY.partition(), "10"), 2, "other sort key"));
      putAlways(item(new Key("O#acme#U#completions#2026-11-2", "109"), 3, "other partition"));
      putAlways(item(new Key(KEY.partition() + "0", "9"), 4, "same text in all"));

      assertThat(store.get(KEY)).contains(item);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE})
    void everyVersionIsKept(long version) {
      putAlways(item(KEY, version, "x"));

      assertThat(store.get(KEY)).map(Item::version).contains(version);
      assertThat(store.put(item(KEY, 5, "y"), new Condition.VersionIs(version)))
          .isEqualTo(stored());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 4096, Item.MAX_BYTES})
    void everySizeIsKept(int size) {
      var item = new Item(KEY, 1, Optional.empty(), noise(size));
      putAlways(item);

      assertThat(store.get(KEY)).contains(item);
      assertThat(all(KEY.partition())).containsExactly(item);
    }

    @Test
    void theLongestKeysAreKept() {
      var item = item(new Key("é".repeat(512), "€".repeat(170) + "zz"), 1, "x");
      putAlways(item);

      assertThat(store.get(item.key())).contains(item);
      assertThat(all(item.key().partition())).containsExactly(item);
    }
  }

  @Nested
  final class Deleting {
    @Test
    void whatWasDeletedIsAbsent() {
      putAlways(item(KEY, 7, "content"));

      assertThat(store.delete(KEY, new Condition.Always())).isTrue();

      assertThat(store.get(KEY)).isEmpty();
      assertThat(all(KEY.partition())).isEmpty();
      assertThat(store.put(item(KEY, 1, "new"), new Condition.Absent())).isEqualTo(stored());
    }

    @MethodSource("dev.tallyman.core.store.StoreContract#conditions")
    @ParameterizedTest
    void nothingToDeleteIsASuccess(Condition condition) {
      assertThat(store.delete(KEY, condition)).isTrue();
    }

    @MethodSource("dev.tallyman.core.store.StoreContract#conditions")
    @ParameterizedTest
    void anExpiredItemIsNothingToDelete(Condition condition) {
      putAlways(expiring(KEY, 9, "content", NOW.plusSeconds(60)));
      clock.advance(Duration.ofSeconds(60));

      assertThat(store.delete(KEY, condition)).isTrue();
      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void anItemThatDoesNotMeetTheConditionStays() {
      var item = item(KEY, 7, "content");
      putAlways(item);

      assertThat(store.delete(KEY, new Condition.VersionIs(6))).isFalse();
      assertThat(store.delete(KEY, new Condition.Below(7))).isFalse();
      assertThat(store.delete(KEY, new Condition.Absent())).isFalse();

      assertThat(store.get(KEY)).contains(item);
    }

    @Test
    void anItemThatMeetsTheConditionGoes() {
      putAlways(item(KEY, 7, "content"));
      assertThat(store.delete(KEY, new Condition.VersionIs(7))).isTrue();
      assertThat(store.get(KEY)).isEmpty();

      putAlways(item(KEY, 7, "content"));
      assertThat(store.delete(KEY, new Condition.Below(8))).isTrue();
      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void neighboursStay() {
      var neighbour = item(new Key(KEY.partition(), "08"), 1, "x");
      putAlways(neighbour);
      putAlways(item(KEY, 1, "y"));

      assertThat(store.delete(KEY, new Condition.Always())).isTrue();

      assertThat(all(KEY.partition())).containsExactly(neighbour);
    }
  }

  @Nested
  final class Conditions {
    private final Item next = item(KEY, 20, "next");

    @Test
    void absentHoldsWhereNothingIs() {
      assertThat(store.put(next, new Condition.Absent())).isEqualTo(stored());
      assertThat(store.get(KEY)).contains(next);
    }

    @Test
    void absentRefusesAndShowsWhatIsThere() {
      var current = expiring(KEY, 7, "current", NOW.plusSeconds(1));
      putAlways(current);

      assertThat(store.put(next, new Condition.Absent())).isEqualTo(refused(current));
      assertThat(store.get(KEY)).contains(current);
    }

    @Test
    void aPutThatIsRepeatedByItsCallerIsRefusedByItself() {
      assertThat(store.put(next, new Condition.Absent())).isEqualTo(stored());

      assertThat(store.put(next, new Condition.Absent())).isEqualTo(refused(next));
    }

    @Test
    void versionIsHoldsForThatVersionOnly() {
      var current = item(KEY, 7, "current");
      putAlways(current);

      assertThat(store.put(next, new Condition.VersionIs(6))).isEqualTo(refused(current));
      assertThat(store.put(next, new Condition.VersionIs(8))).isEqualTo(refused(current));
      assertThat(store.get(KEY)).contains(current);

      assertThat(store.put(next, new Condition.VersionIs(7))).isEqualTo(stored());
      assertThat(store.get(KEY)).contains(next);
    }

    @Test
    void versionIsRefusesWhereNothingIs() {
      assertThat(store.put(next, new Condition.VersionIs(0))).isEqualTo(refusedByNothing());
      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void belowHoldsForLowerVersionsAndForNothing() {
      assertThat(store.put(item(KEY, 7, "first"), new Condition.Below(0))).isEqualTo(stored());
      var current = item(KEY, 7, "first");

      assertThat(store.put(next, new Condition.Below(6))).isEqualTo(refused(current));
      assertThat(store.put(next, new Condition.Below(7))).isEqualTo(refused(current));
      assertThat(store.put(next, new Condition.Below(8))).isEqualTo(stored());
      assertThat(store.get(KEY)).contains(next);
    }

    @Test
    void alwaysHoldsForAnything() {
      putAlways(item(KEY, 99, "current"));

      putAlways(next);

      assertThat(store.get(KEY)).contains(next);
    }
  }

  @Nested
  final class Expiry {
    private final Item lasting = expiring(KEY, 7, "lasting", NOW.plusSeconds(60));

    @BeforeEach
    void putIt() {
      putAlways(lasting);
    }

    @Test
    void anItemIsThereUntilTheLastNanosecond() {
      clock.advance(Duration.ofSeconds(60).minusNanos(1));

      assertThat(store.get(KEY)).contains(lasting);
      assertThat(all(KEY.partition())).containsExactly(lasting);
      assertThat(store.put(item(KEY, 8, "x"), new Condition.Absent())).isEqualTo(refused(lasting));
    }

    @Test
    void anItemIsAbsentFromTheInstantOfItsExpiry() {
      clock.advance(Duration.ofSeconds(60));

      assertThat(store.get(KEY)).isEmpty();
      assertThat(all(KEY.partition())).isEmpty();
      assertThat(reopen().get(KEY)).isEmpty();
    }

    @Test
    void anExpiredItemDoesNotStandInTheWay() {
      clock.advance(Duration.ofSeconds(60));
      var next = item(KEY, 1, "next");

      assertThat(store.put(next, new Condition.Absent())).isEqualTo(stored());
      assertThat(store.get(KEY)).contains(next);
    }

    @Test
    void anExpiredItemIsNotAboveAVersion() {
      clock.advance(Duration.ofSeconds(61));
      var next = item(KEY, 1, "next");

      assertThat(store.put(next, new Condition.Below(2))).isEqualTo(stored());
      assertThat(store.get(KEY)).contains(next);
    }

    @Test
    void anExpiredItemHasNoVersion() {
      clock.advance(Duration.ofDays(400));

      assertThat(store.put(item(KEY, 8, "next"), new Condition.VersionIs(7)))
          .isEqualTo(refusedByNothing());
      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void anItemThatIsReplacedLosesItsExpiry() {
      putAlways(item(KEY, 8, "for ever"));
      clock.advance(Duration.ofDays(4000));

      assertThat(store.get(KEY)).contains(item(KEY, 8, "for ever"));
    }

    @Test
    void anItemMayBeExpiredWhenItIsPut() {
      assertThat(store.put(expiring(KEY, 8, "late", NOW), new Condition.VersionIs(7)))
          .isEqualTo(stored());

      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void expiryIsKeptInWholeSeconds() {
      putAlways(expiring(KEY, 8, "x", NOW.plusSeconds(5).plusNanos(999_999_999)));

      assertThat(store.get(KEY)).flatMap(Item::expires).contains(NOW.plusSeconds(5));
    }

    @Test
    void expiredItemsDoNotCountAgainstALimit() {
      for (var hour : List.of("01", "02", "03")) {
        putAlways(expiring(new Key(KEY.partition(), hour), 1, hour, NOW.plusSeconds(1)));
      }
      var last = item(new Key(KEY.partition(), "04"), 1, "04");
      putAlways(last);
      clock.advance(Duration.ofSeconds(1));

      assertThat(store.range(KEY.partition(), "00", "99", ASCENDING, 2))
          .containsExactly(last, lasting);
      assertThat(store.range(KEY.partition(), "00", "04", DESCENDING, 2)).containsExactly(last);
    }
  }

  @Nested
  final class Ranges {
    private static final String PARTITION = "O#acme#V#all#UTC#2026-11";

    @Test
    void anEmptyPartitionHasNothing() {
      assertThat(all(PARTITION)).isEmpty();
    }

    @Test
    void bothBoundsAreInclusive() {
      put("01", "02", "03", "04", "05");

      assertThat(sorts("02", "04", ASCENDING, 10)).containsExactly("02", "03", "04");
      assertThat(sorts("02", "04", DESCENDING, 10)).containsExactly("04", "03", "02");
      assertThat(sorts("03", "03", ASCENDING, 10)).containsExactly("03");
      assertThat(sorts("031", "039", ASCENDING, 10)).isEmpty();
      assertThat(sorts("0", "1", ASCENDING, 10)).containsExactly("01", "02", "03", "04", "05");
    }

    @Test
    void boundsTheWrongWayRoundHoldNothing() {
      put("01", "02");

      assertThat(sorts("02", "01", ASCENDING, 10)).isEmpty();
      assertThat(sorts("02", "01", DESCENDING, 10)).isEmpty();
    }

    @Test
    void anEmptyLowerBoundIsTheFirstOfThePartition() {
      put("\u0000", "a", "b");

      assertThat(sorts("", "a", ASCENDING, 10)).containsExactly("\u0000", "a");
      assertThat(sorts("", "a", DESCENDING, 1)).containsExactly("a");
      assertThat(sorts("", "", ASCENDING, 1)).isEmpty();
    }

    @Test
    void noMoreThanTheLimitAreReadFromTheNearEnd() {
      put("01", "02", "03", "04", "05");

      assertThat(sorts("01", "05", ASCENDING, 2)).containsExactly("01", "02");
      assertThat(sorts("01", "05", DESCENDING, 2)).containsExactly("05", "04");
      assertThat(sorts("01", "05", ASCENDING, 5)).hasSize(5);
      assertThat(sorts("01", "05", ASCENDING, Integer.MAX_VALUE)).hasSize(5);
    }

    @Test
    void aLimitBelowOneIsAnError() {
      assertThatIllegalArgumentException().isThrownBy(() -> sorts("01", "05", ASCENDING, 0));
    }

    @Test
    void sortKeysAreOrderedByTheirBytes() {
      // Characters beyond the 16-bit ones sort below U+E000 to U+FFFF as Java compares, above as
      // bytes.
      var inOrder =
          List.of(
              "!",
              "00",
              "000",
              "00#r#1",
              "00#r#10",
              "00#r#2",
              "01",
              "A",
              "Z",
              "a",
              "a\u0000",
              "a b",
              "a#",
              "aa",
              "z",
              "\u007f",
              "é",
              "ß",
              "ſ",
              "€",
              "日本",
              "\ue000",
              "\uffff",
              "\ud800\udc00",
              "\udbff\udfff");
      put(inOrder.reversed().toArray(String[]::new));
      var byBytes = inOrder.stream().sorted(BYTE_ORDER).toList();

      assertThat(sorts("", "\udbff\udfff", ASCENDING, 100)).containsExactlyElementsOf(byBytes);
      assertThat(sorts("!", "\udbff\udfff", DESCENDING, 100))
          .containsExactlyElementsOf(byBytes.reversed());
      assertThat(sorts("\uffff", "\udbff\udfff", ASCENDING, 100))
          .containsExactly("\uffff", "\ud800\udc00", "\udbff\udfff");
    }

    @Test
    void aPrefixAndWhatFollowsItAreARange() {
      put("00", "00#r#1", "00#r#2", "00#s", "000", "01");

      assertThat(sorts("00#r#", "00#r#\uffff", ASCENDING, 10)).containsExactly("00#r#1", "00#r#2");
      assertThat(sorts("00", "00", ASCENDING, 10)).containsExactly("00");
    }

    @Test
    void keysAreToldApartByEveryByte() {
      // The same letter composed and decomposed, and in both cases.
      put("\u00e9", "e\u0301", "E\u0301", "e", "e\u0000", "e ");

      assertThat(sorts("", "\uffff", ASCENDING, 10)).hasSize(6);
      assertThat(store.get(new Key(PARTITION, "e"))).map(Item::key).map(Key::sort).contains("e");
    }

    @Test
    void partitionsDoNotLeakIntoOneAnother() {
      put("01", "02");
      for (var other :
          List.of(
              PARTITION + "#",
              PARTITION + "0",
              PARTITION.substring(0, PARTITION.length() - 1),
              PARTITION.toLowerCase(Locale.ROOT),
              PARTITION + " ")) {
        putAlways(item(new Key(other, "01"), 1, "other"));
      }

      assertThat(all(PARTITION))
          .hasSize(2)
          .allSatisfy(i -> assertThat(i.bytes()).isEqualTo(text("v")));
    }

    @Test
    void moreThanOnePageIsReadWhole() {
      var items =
          IntStream.range(0, 40)
              .mapToObj(n -> new Item(key("%02d", n), n, Optional.empty(), noise(60_000 + n)))
              .toList();
      items.forEach(StoreContract.this::putAlways);

      assertThat(store.range(PARTITION, "00", "39", ASCENDING, 100))
          .containsExactlyElementsOf(items);
      assertThat(store.range(PARTITION, "00", "39", DESCENDING, 100))
          .containsExactlyElementsOf(items.reversed());
      assertThat(store.range(PARTITION, "01", "38", ASCENDING, 37))
          .containsExactlyElementsOf(items.subList(1, 38));
      assertThat(store.range(PARTITION, "05", "39", ASCENDING, 30))
          .containsExactlyElementsOf(items.subList(5, 35));
    }

    @Test
    void manySmallItemsAreReadWhole() {
      var items =
          IntStream.range(0, 1_500)
              .mapToObj(n -> new Item(key("%04d", n), n, Optional.empty(), text("v")))
              .toList();
      items.forEach(StoreContract.this::putAlways);

      assertThat(store.range(PARTITION, "", "9", ASCENDING, 5_000))
          .containsExactlyElementsOf(items);
    }

    @Test
    void expiredItemsOnAWholePageAreSkipped() {
      for (int n = 0; n < 20; n++) {
        putAlways(new Item(key("%02d", n), n, Optional.of(NOW.plusSeconds(1)), noise(100_000)));
      }
      var last = item(key("%02d", 99), 1, "last");
      putAlways(last);
      clock.advance(Duration.ofSeconds(1));

      assertThat(store.range(PARTITION, "", "99", ASCENDING, 1)).containsExactly(last);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyRangeIsThatOfASortedMap(long seed) {
      RandomGenerator random = new SplittableRandom(seed);
      var expected = new HashMap<String, Item>();
      for (int n = 0; n < 200; n++) {
        var sort = randomKey(random);
        var item = item(new Key(PARTITION, sort), n, sort);
        putAlways(item);
        expected.put(sort, item);
      }
      for (int n = 0; n < 40; n++) {
        var from = randomKey(random);
        var to = randomKey(random);
        var limit = 1 + random.nextInt(30);
        var order = random.nextBoolean() ? ASCENDING : DESCENDING;

        assertThat(store.range(PARTITION, from, to, order, limit))
            .as("seed %d: %s to %s, %s, %d", seed, from, to, order, limit)
            .containsExactlyElementsOf(reference(expected, from, to, order, limit));
      }
    }

    private static List<Item> reference(
        Map<String, Item> items, String from, String to, Store.Order order, int limit) {
      var comparator = order == ASCENDING ? BYTE_ORDER : BYTE_ORDER.reversed();
      return items.entrySet().stream()
          .filter(e -> BYTE_ORDER.compare(from, e.getKey()) <= 0)
          .filter(e -> BYTE_ORDER.compare(e.getKey(), to) <= 0)
          .sorted(Map.Entry.comparingByKey(comparator))
          .map(Map.Entry::getValue)
          .limit(limit)
          .toList();
    }

    private static String randomKey(RandomGenerator random) {
      var letters = List.of("0", "1", "#", "a", "é", "日", "\uffff", "\ud83d\ude00");
      return Stream.generate(() -> letters.get(random.nextInt(letters.size())))
          .limit(1 + random.nextInt(4))
          .reduce("", String::concat);
    }

    private void put(String... sorts) {
      Arrays.stream(sorts).forEach(sort -> putAlways(item(new Key(PARTITION, sort), 1, "v")));
    }

    private List<String> sorts(String from, String to, Store.Order order, int limit) {
      return store.range(PARTITION, from, to, order, limit).stream()
          .map(item -> item.key().sort())
          .toList();
    }

    private static Key key(String format, int n) {
      return new Key(PARTITION, format.formatted(n));
    }
  }

  @Nested
  final class Races {
    private static final int THREADS = 12;

    @Test
    void ofRacingPutsThatNeedAbsenceExactlyOneWins() throws Exception {
      for (int round = 0; round < 5; round++) {
        var key = new Key(KEY.partition(), "race" + round);

        var results = together(n -> store.put(item(key, n, "writer " + n), new Condition.Absent()));

        assertExactlyOneWon(key, results);
      }
    }

    @Test
    void ofRacingPutsOverAnExpiredItemExactlyOneWins() throws Exception {
      putAlways(expiring(KEY, 7, "expired", NOW.plusSeconds(1)));
      clock.advance(Duration.ofSeconds(2));

      var results = together(n -> store.put(item(KEY, n, "writer " + n), new Condition.Absent()));

      assertExactlyOneWon(KEY, results);
    }

    @Test
    void ofRacingPutsThatNeedAVersionExactlyOneWins() throws Exception {
      putAlways(item(KEY, 100, "before"));

      var results =
          together(n -> store.put(item(KEY, n, "writer " + n), new Condition.VersionIs(100)));

      assertExactlyOneWon(KEY, results);
    }

    @Test
    void ofRacingPutsBelowAVersionTheHighestStays() throws Exception {
      together(n -> store.put(item(KEY, n, "writer " + n), new Condition.Below(n)));

      assertThat(store.get(KEY)).contains(item(KEY, THREADS - 1, "writer " + (THREADS - 1)));
    }

    @Test
    void aCounterCountedByManyLosesNothing() throws Exception {
      putAlways(item(KEY, 0, "0"));
      var second = reopen();

      together(n -> countUp(n % 2 == 0 ? store : second, 10));

      assertThat(store.get(KEY)).contains(item(KEY, THREADS * 10, "" + THREADS * 10));
    }

    @Test
    void writersOfDifferentItemsDoNotLoseEachOthersWrites() throws Exception {
      together(n -> {
        for (int i = 0; i < 20; i++) {
          putAlways(item(new Key(KEY.partition(), "%02d-%02d".formatted(n, i)), i, "x"));
        }
        return n;
      });

      assertThat(all(KEY.partition())).hasSize(THREADS * 20);
    }

    @Test
    void readersSeeWholeItemsOnly() throws Exception {
      putAlways(new Item(KEY, 0, Optional.empty(), filled(0)));

      var torn =
          together(n -> {
            if (n % 3 == 0) {
              for (int i = 0; i < 10; i++) {
                putAlways(new Item(KEY, n, Optional.empty(), filled(n)));
              }
              return false;
            }
            return IntStream.range(0, 10)
                .mapToObj(_ -> store.get(KEY).orElseThrow())
                .anyMatch(item -> !item.bytes().equals(filled(item.version())));
          });

      assertThat(torn).containsOnly(false);
    }

    private int countUp(Store counter, int times) {
      for (int i = 0; i < times; ) {
        var current = counter.get(KEY).orElseThrow();
        var version = current.version();
        var next = item(KEY, version + 1, "" + (version + 1));
        if (counter.put(next, new Condition.VersionIs(version)) instanceof PutResult.Stored) {
          i++;
        }
      }
      return times;
    }

    private void assertExactlyOneWon(Key key, List<PutResult> results) {
      assertThat(results).filteredOn(PutResult.Stored.class::isInstance).hasSize(1);
      var winner = store.get(key).orElseThrow();
      assertThat(results.get((int) winner.version())).isEqualTo(stored());
      assertThat(results)
          .filteredOn(PutResult.Refused.class::isInstance)
          .containsOnly(refused(winner));
    }

    private static Bytes filled(long with) {
      var bytes = new byte[100_000];
      Arrays.fill(bytes, (byte) with);
      return Bytes.copyOf(bytes);
    }

    /** What {@link #THREADS} threads returned, that all began together. */
    private static <T> List<T> together(Work<T> work) throws Exception {
      var start = new CountDownLatch(THREADS);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var running =
            IntStream.range(0, THREADS)
                .<Callable<T>>mapToObj(n ->
                    () -> {
                      start.countDown();
                      start.await();
                      return work.of(n);
                    })
                .map(threads::submit)
                .toList();
        var results = new ArrayList<T>();
        for (var one : running) {
          results.add(one.get());
        }
        return results;
      }
    }

    private interface Work<T> {
      T of(int n);
    }
  }

  @Nested
  final class Opening {
    @Test
    void twoStoresOnTheSameDataSeeEachOthersWrites() {
      var other = reopen();
      var mine = item(KEY, 1, "mine");
      putAlways(mine);

      assertThat(other.get(KEY)).contains(mine);
      assertThat(other.range(KEY.partition(), "00", "99", ASCENDING, 10)).containsExactly(mine);

      var theirs = item(KEY, 2, "theirs");
      assertThat(other.put(theirs, new Condition.VersionIs(1))).isEqualTo(stored());
      assertThat(store.get(KEY)).contains(theirs);
      assertThat(store.put(mine, new Condition.VersionIs(1))).isEqualTo(refused(theirs));

      assertThat(other.delete(KEY, new Condition.VersionIs(2))).isTrue();
      assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void whatWasStoredOutlivesTheStore() {
      var item = expiring(KEY, 1, "kept", NOW.plusSeconds(60));
      putAlways(item);
      store.close();

      assertThat(reopen().get(KEY)).contains(item);
    }

    @Test
    void spacesShareNothing() {
      putAlways(item(KEY, 1, "mine"));

      try (var elsewhere = space();
          var other = elsewhere.open(clock)) {
        assertThat(other.get(KEY)).isEmpty();
      }
    }

    @Test
    void aWorkingStoreHasNothingWrong() {
      assertThat(store.check()).isEmpty();
      putAlways(item(KEY, 1, "x"));
      assertThat(store.check()).isEmpty();
      assertThat(all(KEY.partition())).hasSize(1);
    }

    @Test
    void aClosedStoreRefusesEverything() {
      store.close();
      store.close();

      assertThatIllegalStateException().isThrownBy(() -> store.get(KEY));
      assertThatIllegalStateException().isThrownBy(() -> all(KEY.partition()));
      assertThatIllegalStateException().isThrownBy(() -> putAlways(item(KEY, 1, "x")));
      assertThatIllegalStateException().isThrownBy(() -> store.delete(KEY, new Condition.Always()));
      assertThatIllegalStateException().isThrownBy(() -> store.check());
    }

    @Test
    void closingOneStoreLeavesTheOthersOpen() {
      var other = reopen();
      store.close();

      assertThat(other.put(item(KEY, 1, "x"), new Condition.Absent())).isEqualTo(stored());
    }
  }

  static Stream<Condition> conditions() {
    return Stream.of(
        new Condition.Always(),
        new Condition.Absent(),
        new Condition.VersionIs(7),
        new Condition.Below(7));
  }

  private void putAlways(Item item) {
    assertThat(store.put(item, new Condition.Always())).isEqualTo(stored());
  }

  private List<Item> all(String partition) {
    return store.range(partition, "", "\udbff\udfff", ASCENDING, 10_000);
  }

  private static Item item(Key key, long version, String content) {
    return new Item(key, version, Optional.empty(), text(content));
  }

  private static Item expiring(Key key, long version, String content, Instant expires) {
    return new Item(key, version, Optional.of(expires), text(content));
  }

  private static Bytes text(String content) {
    return Bytes.copyOf(content.getBytes(StandardCharsets.UTF_8));
  }

  private static Bytes noise(int size) {
    var bytes = new byte[size];
    new SplittableRandom(size).nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }

  private static PutResult stored() {
    return new PutResult.Stored();
  }

  private static PutResult refused(Item current) {
    return new PutResult.Refused(Optional.of(current));
  }

  private static PutResult refusedByNothing() {
    return new PutResult.Refused(Optional.empty());
  }

  private static final Comparator<String> BYTE_ORDER =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  /** What stands in the field until a test begins. */
  private static final class Unopened implements StoreSpace {
    @Override
    public Store open(InstantSource clock) {
      throw new IllegalStateException("no test has begun");
    }

    @Override
    public void close() {}
  }
}
