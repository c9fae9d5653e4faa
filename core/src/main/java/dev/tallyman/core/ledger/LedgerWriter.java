package dev.tallyman.core.ledger;

import dev.tallyman.core.ledger.DayIndex.Entry;
import dev.tallyman.core.ledger.DayIndex.Place;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.store.Blobs.Blob;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the provider says into a ledger: buckets as they come, then, on {@link #finish}, the
 * rollups of the days touched, last those days' indexes. Only what the index marks as complete
 * counts as unchanged, so a process that dies between any two writes is repaired by the next run;
 * several writers at once end in the ledger that the later readings say. Used by one thread.
 */
public final class LedgerWriter {
  /** A bucket stays open this long after its end: growing while open is no restatement. */
  private static final Duration OPEN = Duration.ofHours(6);

  /** How often a conditional write is tried against other writers. */
  static final int ATTEMPTS = 20;

  private static final Quantity[] QUANTITIES = Quantity.values();
  private static final UsageRow NO_USAGE = UsageRow.builder().build();

  private final Ledger ledger;
  private final List<ZoneId> zones;
  private final Map<LocalDate, DayIndex> indexes = new HashMap<>();
  private final SortedMap<LocalDate, Map<Place, Entry>> changes = new TreeMap<>();
  private final Map<UsageEndpoint, SortedSet<Instant>> touched = new HashMap<>();
  private final Set<String> inventoried = new HashSet<>();
  private final Map<Place, Map<LocalDate, Long>> unmarked = new HashMap<>();
  private final Map<UsageEndpoint, NavigableMap<Instant, HourRows>> unkept = new HashMap<>();
  private final Set<YearMonth> closing = new HashSet<>();

  LedgerWriter(Ledger ledger, List<ZoneId> zones) {
    this.ledger = ledger;
    this.zones = List.copyOf(zones);
  }

  /** Loads the indexes of these UTC days in as few requests as there are months. */
  public void prepare(LocalDate from, LocalDate to) {
    SortedMap<LocalDate, DayIndex> stored = ledger.indexes(from, to);
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      indexes.putIfAbsent(day, stored.getOrDefault(day, DayIndex.NONE));
    }
  }

  /**
   * Keeps what was read of an hour if it differs from what is stored, in the place of all that is.
   * What is stored and not in a reading from which something was left out stays.
   */
  public Change replace(HourReading read) {
    HourReading reading = read.whole() ? read : completed(read);
    if (reading == null) {
      return Change.UNCHANGED;
    }
    UsageEndpoint endpoint = reading.endpoint();
    Instant hour = reading.hour();
    LocalDate day = Keys.day(hour);
    Place place = place(reading);
    if (outlived(reading)) {
      unkept
          .computeIfAbsent(endpoint, _ -> new TreeMap<>())
          .put(hour, new HourRows(hour, reading.asked(), reading.rows()));
    }
    Table table = reading.table();
    long hash = table.hash();
    Change early = unchanged(day, place, hash, reading.rows().isEmpty());
    if (early != null) {
      return early;
    }
    Change change = outlived(reading) ? Change.CHANGED : put(reading, table);
    if (change != Change.SUPERSEDED) {
      markComplete(day, place, new Entry(hash, false));
      touched.computeIfAbsent(endpoint, _ -> new TreeSet<>()).add(hour);
    }
    return change;
  }

  /** The same of what was read of a day's costs. */
  public Change replaceCosts(CostDay read, Instant asked) {
    LocalDate day = read.day();
    CostDay costs = read.whole() ? read : completed(read);
    var place = new Place(DayIndex.COSTS, 0);
    Table table = Tables.ofCosts(costs.rows());
    Change early = unchanged(day, place, table.hash(), costs.rows().isEmpty());
    if (early != null) {
      return early;
    }
    Optional<Blob> old = ledger.blobs().get(ledger.keys().cost(day));
    Change change = Change.CHANGED;
    if (old.isPresent()) {
      CostDay before = ledger.decode(old.get(), stored -> Tables.toCosts(day, stored));
      if (!before.equals(costs)) {
        if (old.get().version() > asked.toEpochMilli()) {
          return Change.SUPERSEDED;
        }
        Set<CostRow> after = Set.copyOf(costs.rows());
        List<CostRow> differing =
            before.rows().stream().filter(row -> !after.contains(row)).toList();
        Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        if (closed(end, asked) || fell(before, costs)) {
          change = Change.RESTATED;
          revise(
              ledger.keys().costRevision(day, old.get().version()),
              Tables.ofCosts(differing),
              asked);
        }
      }
    }
    // The views first: once the whole is there, so are they.
    putBill(BillView.ITEMS, costs, asked);
    putBill(BillView.KEYS, costs, asked);
    PutResult result =
        ledger
            .blobs()
            .put(
                ledger.keys().cost(day),
                asked.toEpochMilli(),
                Optional.empty(),
                table.encode(),
                new Condition.Below(asked.toEpochMilli()),
                old.map(Blob::parted).orElse(false));
    if (result instanceof PutResult.Refused) {
      Optional<Blob> current = ledger.blobs().get(ledger.keys().cost(day));
      boolean same = current.map(blob -> hash(blob) == table.hash()).orElse(false);
      if (!same) {
        return Change.SUPERSEDED;
      }
    }
    markComplete(day, place, new Entry(table.hash(), false));
    return change;
  }

  private void putBill(BillView view, CostDay costs, Instant asked) {
    Key key = ledger.keys().bill(view, costs.day());
    ledger
        .blobs()
        .put(
            key,
            asked.toEpochMilli(),
            Optional.empty(),
            Tables.ofBill(view, costs.rows()).encodeApart(),
            new Condition.Below(asked.toEpochMilli()),
            ledger.blobs().get(key).map(Blob::parted).orElse(false));
  }

  /** Rolls up this month of each zone when finishing, because it has ended. */
  public void close(YearMonth month) {
    closing.add(month);
  }

  /** Whether anything was written or has to be. */
  public boolean dirty() {
    return !changes.isEmpty() || !touched.isEmpty() || !closing.isEmpty();
  }

  /**
   * Recomputes the rollups of all days touched, then marks what was read as complete.
   *
   * @param now tells which months are over
   */
  public void finish(Estimator estimator, Instant now) {
    new Roller(ledger, zones, estimator, unkept).roll(touched, closing, now);
    changes.forEach(this::index);
    changes.clear();
    touched.clear();
    closing.clear();
    unkept.clear();
  }

  /**
   * A reading from which something was left out, with what is stored of the hour in its place; null
   * if more is known of the hour than is stored, so that it has to stay as it is.
   */
  private @Nullable HourReading completed(HourReading read) {
    UsageEndpoint endpoint = read.endpoint();
    Instant hour = read.hour();
    Optional<Blob> stored = ledger.blobs().get(ledger.keys().hour(endpoint, hour));
    if (stored.isEmpty()) {
      Entry known = entry(Keys.day(hour), place(read));
      boolean more = known != null && known.hasRows() && known.hash() != read.table().hash();
      return more ? null : read;
    }
    Optional<MinuteRows> minutes =
        read.byMinute() ? ledger.minutes(endpoint, hour) : Optional.empty();
    if (minutes.isEmpty()) {
      List<UsageRow> known = ledger.decode(stored.get(), Tables::toUsage);
      List<UsageRow> rows = completed(known, read.rows(), LedgerWriter::fell);
      return HourReading.ofHour(new Bucket(endpoint, hour, Width.HOUR, rows), read.asked());
    }
    var rows = new TreeMap<>(read.minutes());
    minutes
        .get()
        .rows()
        .forEach((minute, known) ->
            rows.merge(minute, known, (now, _) -> completed(known, now, LedgerWriter::fell)));
    return HourReading.ofMinutes(endpoint, hour, rows, true, read.asked());
  }

  private CostDay completed(CostDay read) {
    LocalDate day = read.day();
    List<CostRow> known =
        ledger.costs(day, day.plusDays(1)).stream()
            .flatMap(stored -> stored.rows().stream())
            .toList();
    return new CostDay(day, completed(known, read.rows(), LedgerWriter::fell));
  }

  /** The rows of a reading, and those that are known and that it lacks or would lower. */
  private static <R extends Comparable<R>> List<R> completed(
      List<R> known, List<R> read, BiPredicate<R, R> fell) {
    var rows = new TreeMap<R, R>();
    read.forEach(row -> rows.put(row, row));
    known.forEach(row -> rows.merge(row, row, (now, _) -> fell.test(row, now) ? row : now));
    return List.copyOf(rows.values());
  }

  private static Place place(HourReading reading) {
    return new Place(reading.endpoint().id(), reading.hour().atOffset(ZoneOffset.UTC).getHour());
  }

  /**
   * Estimates again what is rolled up of a month, of those UTC days of which that was not done by
   * the user's own prices as they are now; answers whether there were any. What was read meanwhile
   * has to be finished before.
   *
   * @param now tells which months are over
   */
  public boolean reestimate(YearMonth month, Estimator estimator, Instant now) {
    LocalDate from = month.atDay(1);
    LocalDate to = month.plusMonths(1).atDay(1);
    prepare(from, to);
    var place = new Place(DayIndex.PRICES, 0);
    var entry = new Entry(estimator.ownVersion().hashCode(), false);
    SortedSet<LocalDate> days =
        from.datesUntil(to)
            .filter(day -> !indexes.getOrDefault(day, DayIndex.NONE).entries().isEmpty())
            .filter(day -> !entry.equals(entry(day, place)))
            .collect(Collectors.toCollection(TreeSet::new));
    if (days.isEmpty()) {
      return false;
    }
    new Roller(ledger, zones, estimator, Map.of()).reestimate(days, now);
    days.forEach(day -> markComplete(day, place, entry));
    changes.forEach(this::index);
    changes.clear();
    return true;
  }

  /** Answers whether there is nothing to write, having noted what the index has to say of it. */
  private @Nullable Change unchanged(LocalDate day, Place place, long hash, boolean empty) {
    Entry known = entry(day, place);
    if (known == null && empty) {
      Long stored = unmarked(day, place);
      if (stored == null || stored == hash) {
        markComplete(day, place, new Entry(hash, false));
        return Change.UNCHANGED;
      }
      known = new Entry(stored, false);
    }
    if (known == null) {
      return null;
    }
    if (known.hash() == hash) {
      if (known.seenEmpty()) {
        markComplete(day, place, new Entry(hash, false));
      }
      return Change.UNCHANGED;
    }
    if (empty && !known.seenEmpty()) {
      markComplete(day, place, new Entry(known.hash(), true));
      return Change.EMPTY_ONCE;
    }
    return null;
  }

  private @Nullable Entry entry(LocalDate day, Place place) {
    Map<Place, Entry> changed = changes.get(day);
    Entry entry = changed == null ? null : changed.get(place);
    if (entry != null) {
      return entry;
    }
    DayIndex index = indexes.get(day);
    if (index == null) {
      prepare(day, day.plusDays(1));
      index = indexes.getOrDefault(day, DayIndex.NONE);
    }
    return index.get(place);
  }

  private void markComplete(LocalDate day, Place place, Entry entry) {
    changes.computeIfAbsent(day, _ -> new HashMap<>()).put(place, entry);
  }

  /**
   * The hash of a bucket that is stored although the index does not know it, because its writer
   * died; null if there is none. Asks once for all hours of an endpoint and day.
   */
  private @Nullable Long unmarked(LocalDate day, Place place) {
    if (inventoried.add(place.of() + "#" + day)) {
      if (place.of().equals(DayIndex.COSTS)) {
        ledger
            .blobs()
            .get(ledger.keys().cost(day))
            .ifPresent(blob -> inventory(day, place, hash(blob)));
      } else {
        var endpoint = UsageEndpoint.of(place.of());
        for (Blob blob :
            ledger
                .blobs()
                .range(ledger.keys().hours(endpoint, day), Keys.FIRST_HOUR, Keys.LAST_HOUR)) {
          var found = new Place(place.of(), Integer.parseInt(blob.key().sort()));
          inventory(day, found, hash(blob));
        }
      }
    }
    return unmarked.getOrDefault(place, Map.of()).get(day);
  }

  private void inventory(LocalDate day, Place place, long hash) {
    unmarked.computeIfAbsent(place, _ -> new HashMap<>()).put(day, hash);
    if (!place.of().equals(DayIndex.COSTS)) {
      Instant hour = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      if (entry(day, place) == null) {
        touched
            .computeIfAbsent(UsageEndpoint.of(place.of()), _ -> new TreeSet<>())
            .add(hour.plus(Duration.ofHours(place.hour())));
      }
    }
  }

  private long hash(Blob blob) {
    return ledger.decode(blob, Table::hash);
  }

  /** Whether the hour is older than hours are kept: then only its rollups are written. */
  private boolean outlived(HourReading reading) {
    return !expiry(reading.hour(), ledger.retention().hours()).isAfter(reading.asked());
  }

  private static Instant expiry(Instant from, int days) {
    return from.plus(Duration.ofDays(days));
  }

  private Change put(HourReading reading, Table table) {
    UsageEndpoint endpoint = reading.endpoint();
    Instant hour = reading.hour();
    long asked = reading.asked().toEpochMilli();
    Optional<Blob> old = ledger.blobs().get(ledger.keys().hour(endpoint, hour));
    Change change = Change.CHANGED;
    if (old.isPresent()) {
      List<UsageRow> before = ledger.decode(old.get(), Tables::toUsage);
      if (!before.equals(reading.rows())) {
        if (old.get().version() > asked) {
          return Change.SUPERSEDED;
        }
        if (closed(hour.plus(Width.HOUR.duration()), reading.asked())
            || fell(before, reading.rows())) {
          change = Change.RESTATED;
          revise(
              ledger.keys().revision(endpoint, hour, old.get().version()),
              Tables.ofUsage(differing(before, reading.rows())),
              reading.asked());
        }
      }
    }
    if (reading.byMinute()) {
      ledger
          .blobs()
          .put(
              ledger.keys().minutes(endpoint, hour),
              asked,
              Optional.of(expiry(hour, ledger.retention().minutes())),
              table.encode(),
              new Condition.Below(asked),
              false);
    }
    PutResult result =
        ledger
            .blobs()
            .put(
                ledger.keys().hour(endpoint, hour),
                asked,
                Optional.of(expiry(hour, ledger.retention().hours())),
                (reading.byMinute() ? Tables.ofUsage(reading.rows()) : table).encode(),
                new Condition.Below(asked),
                old.map(Blob::parted).orElse(false));
    if (result instanceof PutResult.Refused) {
      List<HourRows> current = ledger.hours(endpoint, hour, hour.plusSeconds(1));
      if (current.isEmpty() || !current.getFirst().rows().equals(reading.rows())) {
        return Change.SUPERSEDED;
      }
    }
    return change;
  }

  private void revise(Key key, Table before, Instant asked) {
    ledger
        .blobs()
        .put(
            key,
            asked.toEpochMilli(),
            Optional.of(expiry(asked, ledger.retention().revisions())),
            before.encode(),
            new Condition.Always(),
            false);
  }

  /** Takes back that these hours of an endpoint are known, so that they are kept when next read. */
  public void forget(UsageEndpoint endpoint, Set<Instant> hours) {
    var places = new TreeMap<LocalDate, Set<Place>>();
    for (Instant hour : hours) {
      places
          .computeIfAbsent(Keys.day(hour), _ -> new HashSet<>())
          .add(new Place(endpoint.id(), hour.atOffset(ZoneOffset.UTC).getHour()));
    }
    places.forEach((day, each) -> index(day, index -> index.without(each)));
  }

  private void index(LocalDate day, Map<Place, Entry> changed) {
    index(day, index -> index.with(changed));
  }

  private void index(LocalDate day, UnaryOperator<DayIndex> change) {
    DayIndex index = indexes.getOrDefault(day, DayIndex.NONE);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      DayIndex next = change.apply(index);
      if (next.entries().equals(index.entries())) {
        indexes.put(day, index);
        return;
      }
      Condition condition =
          index.version() == 0 ? new Condition.Absent() : new Condition.VersionIs(index.version());
      PutResult result =
          ledger
              .blobs()
              .put(
                  ledger.keys().index(day),
                  index.version() + 1,
                  Optional.empty(),
                  next.encode().encode(),
                  condition,
                  false);
      if (result instanceof PutResult.Stored) {
        indexes.put(day, new DayIndex(index.version() + 1, next.entries()));
        return;
      }
      index = ledger.indexes(day, day.plusDays(1)).getOrDefault(day, DayIndex.NONE);
    }
    throw new IllegalStateException("the index of " + day + " is written by too many at once");
  }

  private static boolean closed(Instant end, Instant asked) {
    return !asked.isBefore(end.plus(OPEN));
  }

  private static boolean fell(List<UsageRow> before, List<UsageRow> after) {
    Map<UsageRow, UsageRow> now = new TreeMap<>();
    after.forEach(row -> now.put(row, row));
    for (UsageRow row : before) {
      if (fell(row, now.getOrDefault(row, NO_USAGE))) {
        return true;
      }
    }
    return false;
  }

  private static boolean fell(UsageRow before, UsageRow after) {
    for (Quantity quantity : QUANTITIES) {
      if (before.orZero(quantity) > after.orZero(quantity)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fell(CostDay before, CostDay after) {
    Map<CostRow, CostRow> now = new TreeMap<>();
    after.rows().forEach(row -> now.put(row, row));
    for (CostRow row : before.rows()) {
      CostRow later = now.get(row);
      if (later == null ? row.amount().signum() > 0 : fell(row, later)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fell(CostRow before, CostRow after) {
    return after.amount().compareTo(before.amount()) < 0;
  }

  /** The rows that are no longer so, in their order. */
  private static List<UsageRow> differing(List<UsageRow> before, List<UsageRow> after) {
    Map<UsageRow, UsageRow> now = new TreeMap<>();
    after.forEach(row -> now.put(row, row));
    var differing = new ArrayList<UsageRow>();
    for (UsageRow row : before) {
      if (!row.equals(now.get(row))) {
        differing.add(row);
      }
    }
    return differing;
  }
}
