package dev.tallyman.core.spend;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tallyman.core.Digest;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.forecast.Anomaly;
import dev.tallyman.core.forecast.Baseline;
import dev.tallyman.core.forecast.Rhythm;
import dev.tallyman.core.ledger.DayPrint;
import dev.tallyman.core.query.Totals;
import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What is usual: of what spends enough a baseline, of what budgets count a rhythm, and which models
 * each key used at all. Made once a day of UTC from the hours of the last weeks, and stored; a
 * small item beside it tells which is stored.
 */
final class Baselines {
  /** What is older says nothing of today. */
  private static final int DAYS = 56;

  private static final int HOURS = 24;

  /** The last hours of a day are waited for before the day counts. */
  private static final Duration AFTER_MIDNIGHT = Duration.ofHours(3);

  /** Less than this over all the weeks, in billionths of a USD, is too little to be watched. */
  private static final long LEAST = 1_000_000_000L;

  /** Of so many series, those that spend most, there are baselines. */
  private static final int MOST_SERIES = 2_000;

  /** So many series are held by the hour at once. */
  private static final int CHUNK = 1_000;

  /** What is stored in another form is made anew. */
  private static final int FORMAT = 2;

  private final Store store;
  private final Blobs blobs;
  private final Key head;
  private final Key content;
  private final SeriesIndex places;
  private final HourSums hours;
  private Made made = Made.NOTHING;
  private final Map<Scope, Baseline> baselines = new LinkedHashMap<>();
  private Map<String, byte[]> rhythms = Map.of();
  private Set<String> seen = Set.of();
  private Map<Scope, List<Anomaly>> past = Map.of();
  private final Map<String, Optional<Rhythm>> decodedRhythms = new HashMap<>();

  Baselines(Store store, String organization, SeriesIndex places, HourSums hours) {
    this.store = store;
    this.blobs = new Blobs(store);
    String partition = "O#" + organization + "#B";
    this.head = new Key(partition, "made");
    this.content = new Key(partition, "baseline");
    this.places = places;
    this.hours = hours;
  }

  /**
   * What is stored.
   *
   * @param version counts how often it was made
   * @param until the first day of UTC that is not part of it
   * @param first the first day that is
   * @param series a fingerprint of the series of budgets
   */
  record Made(long version, LocalDate until, LocalDate first, String series) {
    static final Made NOTHING = new Made(0, LocalDate.EPOCH, LocalDate.EPOCH, "");

    Made as(long version) {
      return new Made(version, until, first, series);
    }

    boolean is(LocalDate untilDay, LocalDate firstDay, String fingerprint) {
      return until.equals(untilDay) && first.equals(firstDay) && series.equals(fingerprint);
    }
  }

  /** The first day of UTC whose index matters. */
  static LocalDate first(Instant now) {
    return until(now).minusDays(DAYS);
  }

  private static LocalDate until(Instant now) {
    return LocalDate.ofInstant(now.minus(AFTER_MIDNIGHT), ZoneOffset.UTC);
  }

  /**
   * Makes what is usual if that was not done for this day; sums the hours that are missing for it,
   * newest first, and goes on with the next call where the time did not suffice.
   *
   * @param minimum the least excess of a day that matters, in billionths of a USD
   */
  void make(
      Totals totals,
      SortedMap<LocalDate, DayPrint> prints,
      Collection<Counted> counted,
      long minimum,
      Instant now,
      Instant deadline,
      InstantSource clock) {
    past = Map.of();
    load();
    LocalDate until = until(now);
    LocalDate first = first(now);
    for (LocalDate day : prints.tailMap(first).keySet()) {
      first = day;
      break;
    }
    String series =
        Digest.of(counted.stream().map(Counted::id).sorted().collect(Collectors.joining("\n")));
    if (!first.isBefore(until) || made.is(until, first, series)) {
      return;
    }
    List<Counted> more = counted.stream().filter(each -> !HourSums.isTold(each)).toList();
    var sums = new long[0];
    for (LocalDate day = until.minusDays(1); !day.isBefore(first); day = day.minusDays(1)) {
      if (!clock.instant().isBefore(deadline)) {
        return;
      }
      for (Column column : hours.history(totals, prints, more, day, now).values()) {
        if (sums.length < column.places()) {
          sums = Arrays.copyOf(sums, Math.max(column.places(), places.count()));
        }
        for (int place = 0; place < column.places(); place++) {
          if (column.has(place)) {
            sums[place] += column.used(place) / HourSums.PICO;
          }
        }
      }
      if (hours.failure().isPresent()) {
        return;
      }
    }
    make(until, first, series, sums, counted, minimum);
  }

  private void make(
      LocalDate until,
      LocalDate first,
      String series,
      long[] sums,
      Collection<Counted> counted,
      long minimum) {
    boolean further = made.version() == 0 || first.isBefore(made.first());
    var unusual = new LinkedHashMap<Scope, List<Anomaly>>();
    var large = new ArrayList<Integer>();
    var pairs = new TreeSet<String>();
    for (int place = 0; place < sums.length; place++) {
      Optional<Scope> part = sums[place] > 0 ? HourSums.partOf(places.id(place)) : Optional.empty();
      if (part.isPresent() && HourSums.isPair(part.get())) {
        pairs.add(places.id(place));
      } else if (part.isPresent() && sums[place] >= LEAST) {
        large.add(place);
      }
    }
    large.sort(Comparator.comparingLong((Integer place) -> sums[place]).reversed());
    List<String> watched = large.stream().limit(MOST_SERIES).map(places::id).toList();
    var ofSeries = new LinkedHashMap<String, byte[]>();
    var ofBudgets = new LinkedHashMap<String, byte[]>();
    Instant from = first.atStartOfDay(ZoneOffset.UTC).toInstant();
    for (int i = 0; i < watched.size(); i += CHUNK) {
      List<String> some = watched.subList(i, Math.min(watched.size(), i + CHUNK));
      long[][] amounts =
          amounts(
              some.size(),
              first,
              until,
              (each, column) -> {
                int place = places.of(some.get(each));
                return column.has(place)
                    ? (column.used(place) + HourSums.PICO / 2) / HourSums.PICO
                    : 0;
              });
      for (int each = 0; each < amounts.length; each++) {
        String id = some.get(each);
        long[] hourly = amounts[each];
        Baseline.of(from, hourly)
            .ifPresent(baseline -> {
              ofSeries.put(id, baseline.encode());
              if (further) {
                HourSums.partOf(id)
                    .ifPresent(
                        part -> unusual.put(part, Anomaly.find(baseline, from, hourly, minimum)));
              }
            });
      }
    }
    var all = List.copyOf(counted);
    for (int i = 0; i < all.size(); i += CHUNK) {
      List<Counted> some = all.subList(i, Math.min(all.size(), i + CHUNK));
      long[][] amounts =
          amounts(
              some.size(), first, until, (each, column) -> small(some.get(each), column, hours));
      for (int each = 0; each < amounts.length; each++) {
        String id = some.get(each).id();
        Rhythm.of(from, amounts[each]).ifPresent(rhythm -> ofBudgets.put(id, rhythm.encode()));
      }
    }
    save(new Made(made.version() + 1, until, first, series), ofSeries, ofBudgets, pairs);
    past = unusual;
  }

  /**
   * What was unusual in the weeks that were just looked at for the first time, when nobody watched
   * yet; by whose it is.
   */
  Map<Scope, List<Anomaly>> past() {
    return past;
  }

  /** The amount of a series in a column, in billionths of a USD or as a count; -1 if unknown. */
  private static long small(Counted counted, Column column, HourSums hours) {
    SeriesTotal tally = hours.sum(counted, column);
    if (!tally.whole()) {
      return -1;
    }
    int digits = counted.metric().money() ? Spend.NANO : 0;
    return tally
        .usage()
        .add(tally.billed())
        .movePointRight(digits)
        .setScale(0, RoundingMode.HALF_UP)
        .longValue();
  }

  private interface Amount {
    long of(int each, Column column);
  }

  private long[][] amounts(int count, LocalDate first, LocalDate until, Amount amount) {
    int days = (int) (until.toEpochDay() - first.toEpochDay());
    var amounts = new long[count][days * HOURS];
    for (long[] each : amounts) {
      Arrays.fill(each, -1);
    }
    for (int day = 0; day < days; day++) {
      for (Map.Entry<Integer, Column> hour : hours.stored(first.plusDays(day)).entrySet()) {
        if (!hours.isUnknown(hour.getValue())) {
          for (int each = 0; each < count; each++) {
            amounts[each][day * HOURS + hour.getKey()] = amount.of(each, hour.getValue());
          }
        }
      }
    }
    return amounts;
  }

  void save(
      Made next, Map<String, byte[]> ofSeries, Map<String, byte[]> ofBudgets, Set<String> pairs) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      out.writeInt(FORMAT);
      write(out, ofSeries);
      write(out, ofBudgets);
      out.writeInt(pairs.size());
      for (String each : pairs) {
        out.writeUTF(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Another process that made it at the same time made the same.
    blobs.put(
        content,
        next.version(),
        Optional.empty(),
        bytes.toByteArray(),
        new Condition.Below(next.version()),
        true);
    var document = new TreeMap<String, Object>();
    document.put("until", next.until().toString());
    document.put("first", next.first().toString());
    document.put("series", next.series());
    store.put(
        new Item(head, next.version(), Optional.empty(), Bytes.copyOf(Document.encode(document))),
        new Condition.Below(next.version()));
    keep(next, ofSeries, ofBudgets, pairs);
  }

  private void keep(
      Made next, Map<String, byte[]> ofSeries, Map<String, byte[]> ofBudgets, Set<String> pairs) {
    made = next;
    seen = pairs;
    baselines.clear();
    ofSeries.forEach((id, bytes) ->
        HourSums.partOf(id)
            .ifPresent(part ->
                Baseline.decode(bytes).ifPresent(baseline -> baselines.put(part, baseline))));
    rhythms = ofBudgets;
    decodedRhythms.clear();
  }

  private static void write(DataOutputStream out, Map<String, byte[]> all) throws IOException {
    out.writeInt(all.size());
    for (Map.Entry<String, byte[]> each : all.entrySet()) {
      byte[] id = each.getKey().getBytes(UTF_8);
      out.writeInt(id.length);
      out.write(id);
      out.writeInt(each.getValue().length);
      out.write(each.getValue());
    }
  }

  private static Map<String, byte[]> read(DataInputStream in) throws IOException {
    var all = new LinkedHashMap<String, byte[]>();
    for (int left = in.readInt(); left > 0; left--) {
      String id = new String(in.readNBytes(in.readInt()), UTF_8);
      all.put(id, in.readNBytes(in.readInt()));
    }
    return all;
  }

  /** Reads what is stored, if it is another than what this process has. */
  void load() {
    Optional<Item> item = store.get(head);
    if (item.isEmpty() || item.get().version() == made.version()) {
      return;
    }
    Optional<Blobs.Blob> blob = blobs.get(content);
    if (blob.isEmpty()) {
      return;
    }
    Made stored = store.decode(item.get(), bytes -> made(item.get().version(), bytes));
    try (var in =
        new DataInputStream(
            new InflaterInputStream(new ByteArrayInputStream(blob.get().content())))) {
      if (in.readInt() != FORMAT) {
        made = Made.NOTHING.as(stored.version());
        return;
      }
      Map<String, byte[]> ofSeries = read(in);
      Map<String, byte[]> ofBudgets = read(in);
      var pairs = new HashSet<String>();
      for (int left = in.readInt(); left > 0; left--) {
        pairs.add(in.readUTF());
      }
      keep(stored, ofSeries, ofBudgets, pairs);
    } catch (IOException | RuntimeException e) {
      throw blobs.unreadable(blob.get(), e);
    }
  }

  private static Made made(long version, byte[] bytes) {
    Fields fields = Fields.decode(bytes);
    return new Made(
        version, day(fields, "until"), day(fields, "first"), fields.text("series").orElse(""));
  }

  private static LocalDate day(Fields fields, String name) {
    return fields.text(name).map(LocalDate::parse).orElse(LocalDate.EPOCH);
  }

  /** The first day that what is usual does not know. */
  LocalDate until() {
    return made.until();
  }

  /**
   * What is usual for the parts of which enough is known, and for those of these pairs of key and
   * model that are new for a key that is known.
   */
  Map<Scope, Baseline> watched(List<Scope> pairs) {
    var watched = new LinkedHashMap<>(baselines);
    for (Scope pair : pairs) {
      if (!seen.contains(HourSums.estimated(pair)) && baselines.containsKey(HourSums.key(pair))) {
        watched.put(pair, Baseline.NOTHING);
      }
    }
    return watched;
  }

  /** The rhythm of what a budget counts; empty if too little is known. */
  Optional<Rhythm> rhythm(Counted counted) {
    return decodedRhythms.computeIfAbsent(
        counted.id(), of -> Optional.ofNullable(rhythms.get(of)).flatMap(Rhythm::decode));
  }
}
