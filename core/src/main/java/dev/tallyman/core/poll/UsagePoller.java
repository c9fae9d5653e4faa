package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.Change;
import dev.tallyman.core.ledger.HourReading;
import dev.tallyman.core.ledger.LedgerWriter;
import dev.tallyman.core.ledger.Zones;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads spans of one endpoint into a ledger: by aligned windows that fit one answer, by the minute
 * where an hour belongs to two days of a reporting zone.
 */
final class UsagePoller {
  private static final Duration HOUR = Width.HOUR.duration();

  private final UsageApi api;
  private final LedgerWriter writer;
  private final OriginCheck guard;
  private final Lease lease;
  private final InstantSource clock;
  private final List<ZoneId> zones;
  private final Duration minutesKept;
  private final Consumer<UsageRow> news;

  /**
   * Creates one.
   *
   * @param minutesKept how far back hours are read by the minute
   * @param news told every row of a bucket that says something new
   */
  UsagePoller(
      UsageApi api,
      LedgerWriter writer,
      OriginCheck guard,
      Lease lease,
      InstantSource clock,
      List<ZoneId> zones,
      Duration minutesKept,
      Consumer<UsageRow> news) {
    this.api = api;
    this.writer = writer;
    this.guard = guard;
    this.lease = lease;
    this.clock = clock;
    this.zones = zones;
    this.minutesKept = minutesKept;
    this.news = news;
  }

  /**
   * What came of a span.
   *
   * @param through up to where it was read without a gap
   * @param page how many hours to ask for at once; 0 for as many as the provider allows
   */
  record Span(Instant through, int page) {}

  /**
   * Reads the hours in {@code [from, to)} in order of time until something fails.
   *
   * @param page how many hours to ask for at once; 0 for as many as the provider allows
   */
  Span read(
      UsageEndpoint endpoint,
      Instant from,
      Instant to,
      int page,
      Instant deadline,
      ReadTally tally) {
    int hours = page > 0 ? page : Width.HOUR.maxBuckets();
    int learned = page;
    Instant next = from;
    while (next.isBefore(to)) {
      Instant end = earlier(next.plus(HOUR.multipliedBy(hours)), to);
      Set<Instant> seen = new HashSet<>();
      ReadOutcome outcome = window(endpoint, next, end, deadline, tally, seen);
      Instant begun = next;
      switch (outcome) {
        case ReadOutcome.Complete _ -> {
          missing(next, end, Width.HOUR, seen, outcome).forEach(tally::missing);
          next = end;
        }
        case ReadOutcome.TooLarge(Origin origin, long bound, _) -> {
          if (hours == 1) {
            tally.fail(
                new Failed(
                    origin,
                    Kind.MALFORMED,
                    "one hour of %s is larger than %d bytes".formatted(endpoint.id(), bound),
                    Optional.empty()));
          } else {
            hours = Math.max(1, hours / 2);
            learned = hours;
          }
          next = contiguous(next, seen);
        }
        case Failed failed -> {
          tally.fail(failed);
          next = contiguous(next, seen);
        }
      }
      tally.covered(begun, next);
      tally.defects(outcome.defects(), Width.HOUR);
      if (!tally.ok()) {
        tally.skip((int) Duration.between(next, to).toHours());
        return new Span(next, learned);
      }
    }
    return new Span(straddling(endpoint, from, to, deadline, tally), learned);
  }

  private ReadOutcome window(
      UsageEndpoint endpoint,
      Instant from,
      Instant to,
      Instant deadline,
      ReadTally tally,
      Set<Instant> seen) {
    Instant asked = clock.instant();
    Optional<Failed> late = late(asked, deadline);
    if (late.isPresent()) {
      return late.get();
    }
    ReadOutcome outcome =
        api.readUsage(
            endpoint,
            Width.HOUR,
            from,
            to,
            deadline,
            (origin, bucket) -> {
              guard.check(origin);
              seen.add(bucket.start());
              if (!byMinute(endpoint, bucket.start(), asked)) {
                keep(HourReading.ofHour(bucket, asked), tally);
              }
            });
    guard.check(outcome);
    return outcome;
  }

  /** Reads by the minute what has to be; answers up to where the span is whole. */
  private Instant straddling(
      UsageEndpoint endpoint, Instant from, Instant to, Instant deadline, ReadTally tally) {
    for (Instant hour = from; hour.isBefore(to); hour = hour.plus(HOUR)) {
      Instant asked = clock.instant();
      if (!byMinute(endpoint, hour, asked)) {
        continue;
      }
      Optional<Failed> late = late(asked, deadline);
      var buckets = new ArrayList<Bucket>();
      var seen = new HashSet<Instant>();
      ReadOutcome outcome =
          late.isPresent()
              ? late.get()
              : api.readUsage(
                  endpoint,
                  Width.MINUTE,
                  hour,
                  hour.plus(HOUR),
                  deadline,
                  (origin, bucket) -> {
                    guard.check(origin);
                    buckets.add(bucket);
                    seen.add(bucket.start());
                  });
      guard.check(outcome);
      tally.defects(outcome.defects(), Width.HOUR);
      switch (outcome) {
        case ReadOutcome.Complete _ -> {
          if (buckets.isEmpty()
              || !missing(hour, hour.plus(HOUR), Width.MINUTE, seen, outcome).isEmpty()) {
            tally.missing(hour);
          } else {
            keep(HourReading.ofMinutes(buckets, outcome.defects().isEmpty(), asked), tally);
          }
        }
        case ReadOutcome.TooLarge(Origin origin, long bound, _) ->
            tally.fail(
                new Failed(
                    origin,
                    Kind.MALFORMED,
                    "the minutes of one hour of %s are larger than %d bytes"
                        .formatted(endpoint.id(), bound),
                    Optional.empty()));
        case Failed failed -> tally.fail(failed);
      }
      if (!tally.ok()) {
        tally.skip(1);
        return hour;
      }
    }
    return to;
  }

  /**
   * Bytes held are a gauge: the minutes of an hour do not add up to it, so there is nothing to
   * split.
   */
  private boolean byMinute(UsageEndpoint endpoint, Instant hour, Instant now) {
    return !endpoint.gauge()
        && !hour.isAfter(now)
        && hour.plus(minutesKept).isAfter(now)
        && Zones.straddles(hour, zones);
  }

  private void keep(HourReading reading, ReadTally tally) {
    Change change = writer.replace(reading);
    tally.add(change, reading.rows().size());
    if (change == Change.CHANGED || change == Change.RESTATED) {
      reading.rows().forEach(news);
    }
  }

  private Optional<Failed> late(Instant now, Instant deadline) {
    if (!lease.keep()) {
      throw new LeaseLostException();
    }
    return now.isBefore(deadline)
        ? Optional.empty()
        : Optional.of(
            new Failed(
                Origin.UNKNOWN,
                Kind.OUT_OF_TIME,
                "the time of this cycle was used up; the next one goes on here",
                Optional.empty()));
  }

  /**
   * The buckets that had begun when the provider was asked, and of which its answer says nothing;
   * what is no sound answer will be so tomorrow, and is known as a defect.
   */
  private List<Instant> missing(
      Instant from, Instant to, Width width, Set<Instant> seen, ReadOutcome outcome) {
    var missing = new ArrayList<Instant>();
    Defects known = Defects.NONE.with(outcome.defects());
    Instant begun = clock.instant().minus(width.duration());
    for (Instant start = from; start.isBefore(to); start = start.plus(width.duration())) {
      if (!seen.contains(start)
          && !start.isAfter(begun)
          && known.within(start, start.plus(width.duration())).isEmpty()) {
        missing.add(start);
      }
    }
    return missing;
  }

  private static Instant contiguous(Instant from, Set<Instant> seen) {
    Instant next = from;
    while (seen.contains(next)) {
      next = next.plus(HOUR);
    }
    return next;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /** Another poller has taken over. */
  static final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
