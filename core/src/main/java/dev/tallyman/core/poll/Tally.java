package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.Change;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what a reading finds. */
final class Tally {
  private int read;
  private long rows;
  private int changed;
  private int restated;
  private int skipped;
  private boolean emptied;
  private ReadOutcome.@Nullable Failed failed;
  private @Nullable Instant missing;

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
        Optional.ofNullable(failure).map(ReadOutcome.Failed::kind),
        Optional.ofNullable(failure).map(ReadOutcome.Failed::message),
        lastSuccess);
  }
}
