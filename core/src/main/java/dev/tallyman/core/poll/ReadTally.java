package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.Change;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.Progress;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.usage.Width;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what a reading finds. */
final class ReadTally {
  private int read;
  private long rows;
  private int changed;
  private int restated;
  private int skipped;
  private boolean emptied;
  private ReadOutcome.@Nullable Failed failed;
  private @Nullable Instant missing;
  private final List<Span> covered = new ArrayList<>();
  private final List<Defect> defects = new ArrayList<>();

  /** A span of time that was read anew. */
  private record Span(Instant from, Instant to) {}

  /**
   * A bucket or a day of costs was read.
   *
   * @param size how many rows it has
   */
  void add(Change change, int size) {
    read++;
    rows += size;
    switch (change) {
      case CHANGED -> changed++;
      case RESTATED -> {
        changed++;
        restated++;
      }
      case EMPTY_ONCE -> emptied = true;
      case UNCHANGED, SUPERSEDED -> {}
    }
  }

  void addNames(int count, int renamed) {
    read += count;
    changed += renamed;
  }

  /** Something that was asked for did not come. */
  void skip(int count) {
    skipped += count;
  }

  /** A bucket was missing from an answer that should have held it. */
  void missing(Instant start) {
    skipped++;
    if (missing == null || start.isBefore(missing)) {
      missing = start;
    }
  }

  /**
   * Something was left out of what was read.
   *
   * @param width of the buckets that are kept
   */
  void defects(List<Defect> found, Width width) {
    for (Defect each : found) {
      Instant from = width.floor(each.from());
      Instant to = width.ceil(each.to());
      if (defects.stream().noneMatch(other -> other.from().equals(from))) {
        defects.add(new Defect(from, to, each.reason()));
      }
    }
  }

  /** All that was asked for between two instants was answered. */
  void covered(Instant from, Instant to) {
    if (from.isBefore(to)) {
      covered.add(new Span(from, to));
    }
  }

  /** Whether all that was asked for came, and none of it has to be asked for once more. */
  boolean settled() {
    return ok() && missing == null && !emptied;
  }

  /** Another reading was a part of this one. */
  void include(ReadTally other) {
    read += other.read;
    rows += other.rows;
    changed += other.changed;
    restated += other.restated;
    covered.addAll(other.covered);
    defects.addAll(other.defects);
  }

  /** What is known in part only after this reading. */
  Progress noted(Progress before) {
    Defects known = before.defects();
    for (Span each : covered) {
      known = known.without(each.from(), each.to());
    }
    return before.withDefects(known.with(defects));
  }

  void fail(ReadOutcome.Failed failure) {
    failed = failure;
  }

  /** How many rows were read. */
  long rows() {
    return rows;
  }

  /** Whether something was empty that the ledger has rows of. */
  boolean emptied() {
    return emptied;
  }

  boolean ok() {
    return failed == null;
  }

  ReadOutcome.@Nullable Failed failed() {
    return failed;
  }

  /** The earliest bucket that was missing from an answer. */
  Optional<Instant> missing() {
    return Optional.ofNullable(missing);
  }

  EndpointResult result(Optional<Instant> lastSuccess) {
    ReadOutcome.Failed failure = failed;
    return new EndpointResult(
        read,
        changed,
        restated,
        skipped,
        defects.size(),
        Optional.ofNullable(failure).map(ReadOutcome.Failed::kind),
        Optional.ofNullable(failure).map(ReadOutcome.Failed::message).or(this::leftOut),
        lastSuccess);
  }

  private Optional<String> leftOut() {
    return defects.stream()
        .min(Comparator.comparing(Defect::from))
        .map(first ->
            "At "
                + first.from()
                + " "
                + first.reason()
                + (defects.size() > 1 ? " (and so " + (defects.size() - 1) + " times more)" : "")
                + ". The rest is kept, and all of it is read again; if that does not help, report"
                + " it to the provider.");
  }
}
