package dev.tallyman.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tallyman.core.price.Rates;
import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Blobs.Blob;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Name;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What one organization used and was charged, as the provider last said it, read from a store.
 * Costs of reading grow with what is asked for: one request for each endpoint and day of hours, for
 * each month of rollups or costs, and one more for each megabyte.
 */
public final class Ledger {
  private final Blobs blobs;
  private final Keys keys;
  private final Retention retention;

  /**
   * The ledger of an organization.
   *
   * @param organization our id of it: 1 to 63 of a-z, 0-9 and '-'
   */
  public Ledger(Store store, String organization, Retention retention) {
    this.blobs = new Blobs(store);
    this.keys = new Keys(organization);
    this.retention = retention;
  }

  /** A writer for one run over part of this ledger. */
  public LedgerWriter writer(List<ZoneId> zones) {
    return new LedgerWriter(this, zones);
  }

  /** The stored hours of an endpoint that start in {@code [from, to)}, ascending. */
  public List<HourRows> hours(UsageEndpoint endpoint, Instant from, Instant to) {
    var hours = new ArrayList<HourRows>();
    forHours(endpoint, from, to, hours::add);
    return hours;
  }

  /** Tells the same hours one by one, so that the rows of one are gone before those of the next. */
  public void forHours(UsageEndpoint endpoint, Instant from, Instant to, Consumer<HourRows> told) {
    if (!from.isBefore(to)) {
      return;
    }
    Instant last = Width.HOUR.floor(to.minusNanos(1));
    LocalDate lastDay = Keys.day(last);
    Instant first = Width.HOUR.ceil(from);
    for (LocalDate day = Keys.day(first); !day.isAfter(lastDay); day = day.plusDays(1)) {
      String lower = day.equals(Keys.day(first)) ? Keys.hourOfDay(first) : Keys.FIRST_HOUR;
      String upper = day.equals(lastDay) ? Keys.hourOfDay(last) : Keys.LAST_HOUR;
      if (lower.compareTo(upper) > 0) {
        continue;
      }
      Instant midnight = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      for (Blob blob : blobs.range(keys.hours(endpoint, day), lower, upper)) {
        Instant hour = midnight.plus(Duration.ofHours(Integer.parseInt(blob.key().sort())));
        told.accept(
            new HourRows(
                hour, Instant.ofEpochMilli(blob.version()), decode(blob, Tables::toUsage)));
      }
    }
  }

  /** The stored minutes of an hour; empty where it was read by the hour or they have expired. */
  public Optional<MinuteRows> minutes(UsageEndpoint endpoint, Instant hour) {
    return blobs
        .get(keys.minutes(endpoint, hour))
        .map(blob -> decode(blob, table -> minutes(hour, table)));
  }

  private static MinuteRows minutes(Instant hour, Table table) {
    List<UsageRow> rows = Tables.toUsage(table);
    long[] of = Tables.minutes(table);
    var minutes = new TreeMap<Instant, List<UsageRow>>();
    for (int i = 0; i < of.length; i++) {
      minutes
          .computeIfAbsent(hour.plusSeconds(60 * of[i]), _ -> new ArrayList<>())
          .add(rows.get(i));
    }
    return new MinuteRows(hour, minutes);
  }

  /** The rollups of the days of a zone that exist in {@code [from, to)}, ascending. */
  public List<Rollup> rollups(View view, ZoneId zone, LocalDate from, LocalDate to) {
    var rollups = new ArrayList<Rollup>();
    forMonths(
        from,
        to,
        (month, lower, upper) -> {
          for (Blob blob : blobs.range(keys.rollups(view, zone, month), lower, upper)) {
            rollups.add(rollup(month.atDay(Integer.parseInt(blob.key().sort())), blob));
          }
        });
    return rollups;
  }

  /** The rollup of a day of a zone; empty if there was nothing to roll up. */
  public Optional<Rollup> rollup(View view, ZoneId zone, LocalDate day) {
    return blobs.get(keys.rollup(view, zone, day)).map(blob -> rollup(day, blob));
  }

  /** The rollup of a month that is over; empty if it is not, or nothing was rolled up. */
  public Optional<Rollup> month(View view, ZoneId zone, YearMonth month) {
    return blobs.get(keys.month(view, zone, month)).map(blob -> rollup(month.atDay(1), blob));
  }

  /** The costs of the UTC days that are stored in {@code [from, to)}, ascending. */
  public List<CostDay> costs(LocalDate from, LocalDate to) {
    var days = new ArrayList<CostDay>();
    forMonths(
        from,
        to,
        (month, lower, upper) -> {
          for (Blob blob : blobs.range(keys.costs(month), lower, upper)) {
            LocalDate day = month.atDay(Integer.parseInt(blob.key().sort()));
            days.add(decode(blob, table -> Tables.toCosts(day, table)));
          }
        });
    return days;
  }

  /** The bills of the UTC days that are stored in {@code [from, to)} in one view, ascending. */
  public List<Bill> bills(BillView view, LocalDate from, LocalDate to) {
    var bills = new ArrayList<Bill>();
    forMonths(
        from,
        to,
        (month, lower, upper) -> {
          for (Blob blob : blobs.range(keys.bills(view, month), lower, upper)) {
            LocalDate day = month.atDay(Integer.parseInt(blob.key().sort()));
            bills.add(new Bill(day, columns(blob)));
          }
        });
    return bills;
  }

  /** What an hour said before, oldest first. */
  public List<Revision> revisions(UsageEndpoint endpoint, Instant hour) {
    String prefix = Keys.revisions(Keys.hourOfDay(hour));
    return blobs.range(keys.hours(endpoint, Keys.day(hour)), prefix, prefix + "~").stream()
        .map(blob -> new Revision(hour, replaced(blob), decode(blob, Tables::toUsage)))
        .toList();
  }

  /** What a day's costs said before, oldest first. */
  public List<CostRevision> costRevisions(LocalDate day) {
    String prefix = Keys.revisions(Keys.dayOfMonth(day));
    return blobs.range(keys.costs(YearMonth.from(day)), prefix, prefix + "~").stream()
        .map(blob ->
            new CostRevision(replaced(blob), decode(blob, table -> Tables.toCosts(day, table))))
        .toList();
  }

  /** The names of a kind by the provider's id; they outlive what they name. */
  public Map<String, Name> names(Name.Kind kind) {
    String prefix = Keys.name(kind, "");
    var names = new TreeMap<String, Name>();
    for (Blob blob : blobs.range(keys.names(), prefix, prefix + "\uffff")) {
      String id = blob.key().sort().substring(prefix.length());
      names.put(id, blobs.decode(blob, bytes -> name(kind, id, bytes)));
    }
    return names;
  }

  /** Keeps a name, in place of what the id was called before. */
  public void putName(Name name) {
    var document = new TreeMap<String, Object>();
    document.put("name", name.name());
    document.put("details", new TreeMap<String, Object>(name.details()));
    blobs.put(
        new Key(keys.names(), Keys.name(name.kind(), name.id())),
        1,
        Optional.empty(),
        Document.encode(document),
        new Condition.Always(),
        false);
  }

  /** What bills have said of prices so far. */
  public Rates rates() {
    return blobs
        .get(keys.state("rates"))
        .map(blob -> blobs.decode(blob, bytes -> Rates.parse(new String(bytes, UTF_8))))
        .orElse(Rates.NONE);
  }

  /** Keeps what bills have said of prices. */
  public void putRates(Rates rates) {
    blobs.put(
        keys.state("rates"),
        1,
        Optional.empty(),
        rates.toText().getBytes(UTF_8),
        new Condition.Always(),
        false);
  }

  /**
   * By each hour that starts in {@code [from, to)} the ids of the endpoints that are known to be
   * whole in it, whether or not anything was used; hours of which nothing is known are missing.
   */
  public SortedMap<Instant, Set<String>> read(Instant from, Instant to) {
    var read = new TreeMap<Instant, Set<String>>();
    if (!from.isBefore(to)) {
      return read;
    }
    indexes(Keys.day(from), Keys.day(to.minusNanos(1)).plusDays(1))
        .forEach((day, index) -> {
          Instant midnight = day.atStartOfDay(ZoneOffset.UTC).toInstant();
          for (DayIndex.Place place : index.entries().keySet()) {
            Instant hour = midnight.plus(Duration.ofHours(place.hour()));
            if (place.ofUsage() && !hour.isBefore(from) && hour.isBefore(to)) {
              read.computeIfAbsent(hour, _ -> new HashSet<>()).add(place.of());
            }
          }
        });
    return read;
  }

  /**
   * By the id of each endpoint the hours that start in {@code [from, to)} and of which rows are
   * known to have been kept. Where {@link #hours} has none, they are gone from the store.
   */
  public Map<String, SortedSet<Instant>> kept(Instant from, Instant to) {
    var kept = new TreeMap<String, SortedSet<Instant>>();
    if (!from.isBefore(to)) {
      return kept;
    }
    indexes(Keys.day(from), Keys.day(to.minusNanos(1)).plusDays(1))
        .forEach((day, index) ->
            index
                .entries()
                .forEach((place, entry) -> {
                  Instant hour =
                      day.atStartOfDay(ZoneOffset.UTC)
                          .toInstant()
                          .plus(Duration.ofHours(place.hour()));
                  if (place.ofUsage()
                      && entry.hasRows()
                      && !hour.isBefore(from)
                      && hour.isBefore(to)) {
                    kept.computeIfAbsent(place.of(), _ -> new TreeSet<>()).add(hour);
                  }
                }));
    return kept;
  }

  /** By the id of each endpoint the hours of {@link #kept} that are gone from the store. */
  public Map<String, SortedSet<Instant>> lost(Instant from, Instant to) {
    Map<String, SortedSet<Instant>> lost = kept(from, to);
    lost.forEach((id, hours) ->
        forHours(
            UsageEndpoint.of(id),
            hours.first(),
            hours.last().plusSeconds(1),
            hour -> hours.remove(hour.hour())));
    lost.values().removeIf(Set::isEmpty);
    return lost;
  }

  /**
   * By each UTC day in {@code [from, to)} of which anything is stored what tells whether it moved.
   */
  public SortedMap<LocalDate, DayPrint> prints(LocalDate from, LocalDate to) {
    var prints = new TreeMap<LocalDate, DayPrint>();
    forMonths(
        from,
        to,
        (month, lower, upper) -> {
          for (Blob blob : blobs.range(keys.index(month), lower, upper)) {
            prints.put(month.atDay(Integer.parseInt(blob.key().sort())), DayPrint.of(blobs, blob));
          }
        });
    return prints;
  }

  /** The indexes of the UTC days in {@code [from, to)} that have one. */
  SortedMap<LocalDate, DayIndex> indexes(LocalDate from, LocalDate to) {
    var indexes = new TreeMap<LocalDate, DayIndex>();
    forMonths(
        from,
        to,
        (month, lower, upper) -> {
          for (Blob blob : blobs.range(keys.index(month), lower, upper)) {
            indexes.put(
                month.atDay(Integer.parseInt(blob.key().sort())),
                decode(blob, table -> DayIndex.decode(blob.version(), table)));
          }
        });
    return indexes;
  }

  Blobs blobs() {
    return blobs;
  }

  Keys keys() {
    return keys;
  }

  Retention retention() {
    return retention;
  }

  private static Name name(Name.Kind kind, String id, byte[] content) {
    var details = new TreeMap<String, String>();
    String name = "";
    if (Document.decode(content) instanceof Map<?, ?> document) {
      name = String.valueOf(document.get("name"));
      if (document.get("details") instanceof Map<?, ?> members) {
        members.forEach((key, value) -> details.put(String.valueOf(key), String.valueOf(value)));
      }
    }
    return new Name(kind, id, name, details);
  }

  private Rollup rollup(LocalDate day, Blob blob) {
    return new Rollup(day, blob.version(), blob.parted(), columns(blob));
  }

  /** What a stored table says. */
  <T> T decode(Blob blob, Function<Table, T> rows) {
    return blobs.decode(blob, bytes -> rows.apply(Table.decode(bytes)));
  }

  /** A stored table of which only some columns are asked for. */
  private Table columns(Blob blob) {
    return Table.decode(blob.content(), why -> blobs.unreadable(blob, why));
  }

  private static Instant replaced(Blob revision) {
    String sort = revision.key().sort();
    return Instant.ofEpochMilli(Long.parseLong(sort.substring(sort.lastIndexOf('#') + 1)));
  }

  private interface MonthVisitor {
    void visit(YearMonth month, String firstDay, String lastDay);
  }

  private static void forMonths(LocalDate from, LocalDate to, MonthVisitor visitor) {
    if (!from.isBefore(to)) {
      return;
    }
    LocalDate last = to.minusDays(1);
    for (YearMonth month = YearMonth.from(from);
        !month.isAfter(YearMonth.from(last));
        month = month.plusMonths(1)) {
      visitor.visit(
          month,
          month.equals(YearMonth.from(from)) ? Keys.dayOfMonth(from) : Keys.FIRST_DAY,
          month.equals(YearMonth.from(last)) ? Keys.dayOfMonth(last) : Keys.LAST_DAY);
    }
  }
}
