package dev.tallyman.core.query;

import dev.tallyman.core.metric.Granularity;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.List;

/**
 * The buckets of an answer: adjoining, in order, together exactly the range. The first and the last
 * are cut where the range begins and ends within them.
 */
final class Timeline {
  /** Where each begins, and where the last one ends, in seconds of the epoch. */
  private final long[] edges;

  private Timeline(long[] edges) {
    this.edges = edges;
  }

  /**
   * The buckets of a range.
   *
   * @throws QueryException if there are more than an answer may have; it names a coarser
   *     granularity
   */
  static Timeline of(Instant from, Instant to, Granularity granularity, ZoneId zone) {
    Duration about = Duration.between(from, to);
    // A calendar bucket lasts at least nine tenths of what it is said to last: February, DST.
    long least =
        granularity == Granularity.ALL
            ? 1
            : about.toSeconds() * 9 / 10 / granularity.about().toSeconds();
    if (least > Query.MAX_BUCKETS) {
      throw tooMany(about, granularity);
    }
    var edges = new long[(int) (least * 2) + 4];
    int size = 0;
    Instant at = from;
    while (at.isBefore(to)) {
      edges[size++] = at.getEpochSecond();
      if (size > Query.MAX_BUCKETS) {
        throw tooMany(about, granularity);
      }
      if (size + 1 == edges.length) {
        edges = Arrays.copyOf(edges, edges.length * 2);
      }
      at = next(at, to, granularity, zone);
    }
    edges[size++] = to.getEpochSecond();
    return new Timeline(Arrays.copyOf(edges, size));
  }

  private static QueryException tooMany(Duration range, Granularity granularity) {
    List<String> coarser =
        Arrays.stream(Granularity.values())
            .filter(other -> other.compareTo(granularity) > 0)
            .filter(other ->
                range.toSeconds() / other.about().toSeconds() < Query.MAX_BUCKETS * 9L / 10)
            .map(Granularity::id)
            .toList();
    return new QueryException(
        "granularity",
        "the range has more than "
            + Query.MAX_BUCKETS
            + " buckets by "
            + granularity.id()
            + "; ask by "
            + coarser.getFirst()
            + " or for a shorter range",
        coarser);
  }

  /** Where the bucket that holds this instant ends, at most the end of the range. */
  private static Instant next(Instant at, Instant to, Granularity granularity, ZoneId zone) {
    Instant next =
        switch (granularity) {
          case MINUTE, HOUR -> granularity.floor(at).plus(granularity.about());
          case ALL -> to;
          case DAY -> start(day(at, zone).plusDays(1), zone);
          case WEEK -> start(day(at, zone).with(TemporalAdjusters.next(DayOfWeek.MONDAY)), zone);
          case MONTH -> start(day(at, zone).with(TemporalAdjusters.firstDayOfNextMonth()), zone);
        };
    if (!next.isAfter(at)) {
      // A day of which the zone skips every moment is no bucket.
      return next(at.plusSeconds(1), to, granularity, zone);
    }
    return next.isBefore(to) ? next : to;
  }

  /** When a day of a zone begins. */
  static Instant start(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant();
  }

  /** The day of a zone to which an instant belongs: the last one that has begun. */
  static LocalDate day(Instant at, ZoneId zone) {
    LocalDate day = ZonedDateTime.ofInstant(at, zone).toLocalDate();
    // Where clocks are put back over midnight, the day that has begun stays begun.
    return start(day.plusDays(1), zone).isAfter(at) ? day : day.plusDays(1);
  }

  /** The instant, rounded down as the buckets ask for. */
  static Instant floor(Instant at, Granularity granularity, ZoneId zone) {
    if (granularity == Granularity.MINUTE) {
      return granularity.floor(at);
    }
    if (granularity.daily() && start(day(at, zone), zone).equals(at)) {
      return at;
    }
    return Granularity.HOUR.floor(at);
  }

  /** The instant, rounded up as the buckets ask for. */
  static Instant ceil(Instant at, Granularity granularity, ZoneId zone) {
    Instant floor = floor(at, granularity, zone);
    if (floor.equals(at)) {
      return at;
    }
    return floor.plus(
        granularity == Granularity.MINUTE ? granularity.about() : Granularity.HOUR.about());
  }

  /** How many buckets there are. */
  int size() {
    return edges.length - 1;
  }

  /** When a bucket begins; for the number of buckets, when the last one ends. */
  Instant start(int bucket) {
    return Instant.ofEpochSecond(edges[bucket]);
  }

  /** When a bucket ends. */
  Instant end(int bucket) {
    return Instant.ofEpochSecond(edges[bucket + 1]);
  }

  /** The bucket that holds this instant; -1 outside the range. */
  int indexOf(Instant at) {
    long second = at.getEpochSecond();
    if (second < edges[0] || second >= edges[edges.length - 1]) {
      return -1;
    }
    int found = Arrays.binarySearch(edges, second);
    return found >= 0 ? found : -found - 2;
  }

  /** When each bucket begins. */
  List<Instant> starts() {
    return Arrays.stream(edges, 0, size()).mapToObj(Instant::ofEpochSecond).toList();
  }
}
