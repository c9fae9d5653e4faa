package dev.tallyman.core.query;

import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.UsageEndpoint;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds rows up to an answer's series. What is billed and what is estimated is added up apart, so
 * that a cost can tell its parts.
 */
final class Collector implements UsageColumns.Unpriced {
  /** The part of an answer that rows belong to. */
  enum Part {
    /** Counts, and estimates. */
    USAGE,
    BILLED
  }

  /** Where the sum over all series is, and that over those not shown. */
  private static final int TOTAL = 0;

  private static final int OTHER = 1;

  private static final Comparator<List<Optional<String>>> BY_KEYS =
      (one, other) -> {
        for (int i = 0; i < one.size(); i++) {
          int order = one.get(i).orElse("").compareTo(other.get(i).orElse(""));
          if (order != 0) {
            return order;
          }
        }
        return 0;
      };

  private final Query query;
  private final Timeline timeline;
  private final Grouper grouper;
  private final Sums usage;
  private final Sums billed;
  private final SortedMap<Lack, LocalDate> unpriced = new TreeMap<>();
  private final BitSet known = new BitSet();
  private final BitSet knownByRows = new BitSet();
  private final SortedMap<String, SortedSet<Instant>> lost = new TreeMap<>();
  private boolean namesMissing;
  private final BitSet approximate = new BitSet();
  private final Map<Cell, SortedSet<String>> leftOut = new HashMap<>();

  private record Cell(int series, int bucket) {}

  /** Usage without a price; what it does not name is empty. */
  private record Lack(String model, String tier, String endpoint) implements Comparable<Lack> {
    private static final Comparator<Lack> ORDER =
        Comparator.comparing(Lack::model).thenComparing(Lack::tier).thenComparing(Lack::endpoint);

    @Override
    public int compareTo(Lack other) {
      return ORDER.compare(this, other);
    }
  }

  Collector(Query query) {
    this(query, query.groupBy());
  }

  /**
   * Adds up by any number of dimensions.
   *
   * @param groupBy in place of the query's own groupings; the query filters by each of them
   */
  Collector(Query query, List<GroupBy> groupBy) {
    this.query = query;
    this.timeline = query.timeline();
    this.grouper = new Grouper(groupBy, query.filters());
    int scale = query.metric().money() ? Sums.MONEY_SCALE : 0;
    this.usage = new Sums(timeline.size(), scale);
    this.billed = new Sums(timeline.size(), scale);
    if (query.metric() == Metric.REQUESTS) {
      grouper.filter(GroupBy.ENDPOINT, UsageEndpoint::countsRequests);
    }
  }

  Query query() {
    return query;
  }

  Timeline timeline() {
    return timeline;
  }

  /** Adds rows to a bucket. */
  void take(Rows rows, int bucket, Part part) {
    add(rows, grouper.series(rows), bucket, part);
  }

  /** Adds those rows to a bucket of which a further dimension is wanted. */
  void take(Rows rows, int bucket, Part part, GroupBy by, Grouper.Wanted wanted) {
    add(rows, grouper.series(rows, by, wanted), bucket, part);
  }

  private void add(Rows rows, int[] series, int bucket, Part part) {
    Sums sums = sums(part);
    sums.ensure(grouper.size());
    rows.addTo(sums, series, bucket);
    if (rows.size() > 0 && knownByRows.get(bucket)) {
      known.set(bucket);
    }
  }

  /** Notes what rows have in other currencies than asked for, and what is therefore not added. */
  void leaveOut(BillColumns rows, int bucket) {
    int[] series = grouper.series(rows);
    billed.ensure(grouper.size());
    rows.forEachOther((row, currency, _) -> {
      if (series[row] >= 0) {
        billed.miss(series[row], bucket);
        leftOut.computeIfAbsent(new Cell(series[row], bucket), _ -> new TreeSet<>()).add(currency);
      }
    });
  }

  /** The currencies of what is left out of a series in a bucket. */
  SortedSet<String> leftOut(int series, int bucket) {
    return leftOut.getOrDefault(new Cell(series, bucket), Collections.emptySortedSet());
  }

  /** Whether bills hold money in other currencies only, so that what is billed is not known. */
  boolean billedElsewhere() {
    return !leftOut.isEmpty() && sum(Part.BILLED).signum() == 0;
  }

  private Sums sums(Part part) {
    return part == Part.BILLED ? billed : usage;
  }

  @Override
  public void add(
      @Nullable String endpoint, @Nullable String model, @Nullable String tier, LocalDate day) {
    if (endpoint != null) {
      var lack =
          new Lack(
              Objects.requireNonNullElse(model, ""),
              Objects.requireNonNullElse(tier, ""),
              endpoint);
      unpriced.merge(lack, day, (one, other) -> one.isAfter(other) ? one : other);
    }
  }

  /** Notes that something is unpriced of which the model is not told by the rows at hand. */
  void unnamed() {
    namesMissing = true;
  }

  boolean namesMissing() {
    return namesMissing;
  }

  /** What is unpriced, with what is not known of it on the last day of which it is. */
  List<Unpriced> unpriced(Supplier<Estimator> estimator) {
    return unpriced.entrySet().stream()
        .map(each -> {
          Lack lack = each.getKey();
          return estimator
              .get()
              .unpriced(
                  lack.endpoint(),
                  lack.model().isEmpty() ? null : lack.model(),
                  Optional.of(lack.tier()).filter(tier -> !tier.isEmpty()),
                  each.getValue());
        })
        .distinct()
        .sorted(Comparator.comparing(Unpriced::name).thenComparing(each -> each.tier().orElse("")))
        .toList();
  }

  /** Notes that hours of this bucket were put where they begin. */
  void approximate(int bucket) {
    approximate.set(Math.max(0, bucket));
  }

  boolean isApproximate() {
    return !approximate.isEmpty();
  }

  boolean isApproximate(int bucket) {
    return approximate.get(bucket);
  }

  /** Notes that something is known of a bucket: what it lacks is zero. */
  void know(int bucket) {
    known.set(bucket);
  }

  /** Notes that nothing is known of a bucket unless it has rows. */
  void knowByRows(int bucket) {
    knownByRows.set(bucket);
  }

  /** Notes that the rows of an hour of an endpoint are gone. */
  void lose(String endpoint, Instant hour) {
    lost.computeIfAbsent(endpoint, _ -> new TreeSet<>()).add(hour);
  }

  /** By endpoint the hours whose rows are gone. */
  SortedMap<String, SortedSet<Instant>> lost() {
    return lost;
  }

  /** A bucket of which hours are gone is known by what other rows it has. */
  private void forgetLost() {
    for (SortedSet<Instant> hours : lost.values()) {
      for (Instant hour : hours) {
        int bucket = timeline.indexOf(hour);
        if (bucket >= 0
            && IntStream.range(0, grouper.size())
                .noneMatch(of -> usage.touched(of, bucket) || billed.touched(of, bucket))) {
          known.clear(bucket);
        }
      }
    }
  }

  /** The sum of a part over what is known. */
  BigDecimal sum(Part part) {
    BigDecimal sum = BigDecimal.ZERO;
    Sums sums = sums(part);
    for (int series = 0; series < sums.series(); series++) {
      sum = sum.add(sums.total(series, known));
    }
    return Decimals.normal(sum);
  }

  /** How many combinations of what is grouped by there are. */
  int series() {
    usage.ensure(grouper.size());
    billed.ensure(grouper.size());
    return grouper.size();
  }

  /** What a series was grouped by. */
  List<Optional<String>> keys(int series) {
    return grouper.keys(series);
  }

  /** Whether anything was added to a part of a series in a bucket. */
  boolean has(Part part, int series, int bucket) {
    return sums(part).touched(series, bucket);
  }

  /** What was added to a part of a series in a bucket. */
  BigDecimal sum(Part part, int series, int bucket) {
    return sums(part).get(series, bucket);
  }

  /** Whether a series lacks something of unknown amount in a bucket. */
  boolean misses(int series, int bucket) {
    return usage.misses(series, bucket);
  }

  /** Whether anything was added to a part. */
  boolean has(Part part) {
    Sums sums = sums(part);
    for (int series = 0; series < sums.series(); series++) {
      if (sums.touched(series)) {
        return true;
      }
    }
    return false;
  }

  /** The series of an answer. */
  record Lines(List<Series> top, Series total, Optional<Series> other, int others) {}

  /**
   * What was added up.
   *
   * @param hours how many hours of each bucket are read, which a level is averaged over
   */
  Lines lines(long[] hours) {
    usage.ensure(grouper.size());
    billed.ensure(grouper.size());
    forgetLost();
    record Ranked(int series, Optional<BigDecimal> total) {}
    var ranked = new ArrayList<Ranked>();
    for (int series = 0; series < grouper.size(); series++) {
      if (usage.touched(series) || billed.touched(series)) {
        ranked.add(new Ranked(series, total(usage, billed, series, hours)));
      }
    }
    ranked.sort(
        Comparator.comparing((Ranked each) -> each.total().isEmpty())
            .thenComparing(each -> each.total().orElse(BigDecimal.ZERO), Comparator.reverseOrder())
            .thenComparing(each -> grouper.keys(each.series()), BY_KEYS));
    boolean grouped = !query.groupBy().isEmpty();
    int shown = grouped ? Math.min(query.top(), ranked.size()) : 0;
    var sumOfUsage = sums();
    var sumOfBilled = sums();
    for (int i = 0; i < ranked.size(); i++) {
      int series = ranked.get(i).series();
      sumOfUsage.add(TOTAL, usage, series);
      sumOfBilled.add(TOTAL, billed, series);
      if (i >= shown) {
        sumOfUsage.add(OTHER, usage, series);
        sumOfBilled.add(OTHER, billed, series);
      }
    }
    var top = new ArrayList<Series>(shown);
    for (Ranked each : ranked.subList(0, shown)) {
      top.add(line(grouper.keys(each.series()), usage, billed, each.series(), hours));
    }
    int others = grouped ? ranked.size() - shown : 0;
    return new Lines(
        top,
        line(List.of(), sumOfUsage, sumOfBilled, TOTAL, hours),
        others == 0
            ? Optional.empty()
            : Optional.of(line(List.of(), sumOfUsage, sumOfBilled, OTHER, hours)),
        others);
  }

  private Sums sums() {
    var sums = new Sums(timeline.size(), query.metric().money() ? Sums.MONEY_SCALE : 0);
    sums.ensure(OTHER + 1);
    return sums;
  }

  private Series line(
      List<Optional<String>> keys, Sums ofUsage, Sums ofBilled, int series, long[] hours) {
    var values = new ArrayList<Optional<BigDecimal>>(timeline.size());
    for (int bucket = 0; bucket < timeline.size(); bucket++) {
      values.add(
          known.get(bucket)
              ? value(
                  ofUsage.get(series, bucket).add(ofBilled.get(series, bucket)),
                  ofUsage.misses(series, bucket) || ofBilled.misses(series, bucket),
                  hours[bucket])
              : Optional.empty());
    }
    return new Series(keys, values, total(ofUsage, ofBilled, series, hours));
  }

  private Optional<BigDecimal> total(Sums ofUsage, Sums ofBilled, int series, long[] hours) {
    if (known.isEmpty()) {
      return Optional.empty();
    }
    return value(
        ofUsage.total(series, known).add(ofBilled.total(series, known)),
        ofUsage.misses(series, known) || ofBilled.misses(series, known),
        known.stream().mapToLong(bucket -> hours[bucket]).sum());
  }

  /** A sum as a value; unknown where all of it is without a price or in another currency. */
  private Optional<BigDecimal> value(BigDecimal sum, boolean misses, long hours) {
    if (misses && sum.signum() == 0) {
      return Optional.empty();
    }
    if (!query.metric().gauge()) {
      return Optional.of(query.metric().money() ? Decimals.normal(sum) : sum);
    }
    return hours == 0
        ? Optional.empty()
        : Optional.of(sum.divide(BigDecimal.valueOf(hours), 0, RoundingMode.HALF_EVEN));
  }
}
