package dev.tallyman.core.poll.records;

import dev.tallyman.core.store.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The times of one endpoint that are known in part only, because something in the provider's answer
 * about them had to be left out; in order of time, not overlapping, bounded.
 *
 * @param all what is known in part, and why
 */
public record Defects(List<Defect> all) {
  /** What becomes of it, and what to do, in a sentence. */
  public static final String REMEDY =
      "It is read again by itself; if that does not help, report it to the provider.";

  /** Everything that was read is known whole. */
  public static final Defects NONE = new Defects(List.of());

  /** How many are told apart; of more the oldest are put together. */
  static final int MOST = 40;

  private static final Duration PIECE = Duration.ofDays(1);

  public Defects {
    all = List.copyOf(all);
  }

  /** Those that concern the time between two instants. */
  public List<Defect> within(Instant from, Instant to) {
    return all.stream()
        .filter(each -> each.from().isBefore(to) && each.to().isAfter(from))
        .toList();
  }

  /**
   * What is known in part between two instants, in a sentence with the remedy; empty if nothing is.
   *
   * @param id of the endpoint, or of the costs
   */
  public Optional<String> told(String id, Instant from, Instant to) {
    List<Defect> found = within(from, to);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Defect last = found.getLast();
    return Optional.of(
        "Read in part only: %s from %s to %s, where %s%s. %s"
            .formatted(
                id,
                last.from(),
                last.to(),
                last.reason(),
                found.size() > 1 ? ", and at " + (found.size() - 1) + " more times" : "",
                REMEDY));
  }

  /** These, less the time between two instants, which has been read anew. */
  public Defects without(Instant from, Instant to) {
    if (within(from, to).isEmpty()) {
      return this;
    }
    var left = new ArrayList<Defect>();
    for (Defect each : all) {
      Instant end = each.to().isBefore(from) ? each.to() : from;
      Instant start = each.from().isAfter(to) ? each.from() : to;
      if (each.from().isBefore(end)) {
        left.add(new Defect(each.from(), end, each.reason()));
      }
      if (start.isBefore(each.to())) {
        left.add(new Defect(start, each.to(), each.reason()));
      }
    }
    return bounded(left);
  }

  /** At most so many pieces of these, each of a day at most; of more than that, any. */
  public List<Defect> some(int most, RandomGenerator random) {
    var pieces = new ArrayList<Defect>();
    for (Defect each : all) {
      for (Instant from = each.from(); from.isBefore(each.to()); from = from.plus(PIECE)) {
        Instant end = from.plus(PIECE);
        pieces.add(new Defect(from, end.isBefore(each.to()) ? end : each.to(), each.reason()));
      }
    }
    Collections.shuffle(pieces, random);
    return pieces.subList(0, Math.min(most, pieces.size()));
  }

  /** These and some more; neighbours with the same reason become one. */
  public Defects with(List<Defect> more) {
    if (more.isEmpty()) {
      return this;
    }
    var sorted = new ArrayList<>(all);
    for (Defect each : more) {
      sorted.removeIf(
          other -> !other.from().isBefore(each.from()) && !other.to().isAfter(each.to()));
      sorted.add(each);
    }
    sorted.sort(Comparator.comparing(Defect::from).thenComparing(Defect::to));
    var joined = new ArrayList<Defect>();
    for (Defect each : sorted) {
      if (joined.isEmpty()) {
        joined.add(each);
        continue;
      }
      Defect last = joined.getLast();
      boolean overlap = each.from().isBefore(last.to());
      boolean neighbours = !each.from().isAfter(last.to()) && each.reason().equals(last.reason());
      if (overlap || neighbours) {
        joined.set(joined.size() - 1, joined(last, each));
      } else {
        joined.add(each);
      }
    }
    return bounded(joined);
  }

  private static Defects bounded(List<Defect> some) {
    while (some.size() > MOST) {
      some.set(1, joined(some.getFirst(), some.get(1)));
      some.removeFirst();
    }
    return new Defects(some);
  }

  private static Defect joined(Defect one, Defect other) {
    return new Defect(
        one.from(), one.to().isAfter(other.to()) ? one.to() : other.to(), other.reason());
  }

  List<Map<String, Object>> encode() {
    var encoded = new ArrayList<Map<String, Object>>();
    for (Defect each : all) {
      encoded.add(
          new TreeMap<>(
              Map.of(
                  "f", each.from().getEpochSecond(),
                  "t", each.to().getEpochSecond(),
                  "why", each.reason())));
    }
    return encoded;
  }

  static Defects decode(List<Fields> encoded) {
    return new Defects(
        encoded.stream()
            .map(each ->
                new Defect(
                    Instant.ofEpochSecond(each.number("f")),
                    Instant.ofEpochSecond(each.number("t")),
                    each.text("why").orElse("")))
            .toList());
  }
}
