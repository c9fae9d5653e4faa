package dev.tallyman.core.poll;

import java.time.Instant;
import java.util.Optional;

/**
 * What a cycle found at one endpoint, at the costs or among the names.
 *
 * @param read how many buckets (days of costs, names) were read
 * @param changed how many of them said something new
 * @param restated how many of those had been closed, or fell
 * @param skipped how many were missing from the answers, or did not fit into the time
 * @param failure what stopped the reading, if anything did
 * @param message what stopped it, in a sentence with the remedy
 * @param lastSuccess when everything that was due was last read
 */
public record EndpointResult(
    int read,
    int changed,
    int restated,
    int skipped,
    Optional<ReadOutcome.Kind> failure,
    Optional<String> message,
    Optional<Instant> lastSuccess) {
  /** Nothing was done. */
  public static final EndpointResult NONE =
      new EndpointResult(0, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());

  /** Whether everything that is offered and was due was read. */
  public boolean ok() {
    return failure.isEmpty() || failure.get() == ReadOutcome.Kind.NOT_OFFERED;
  }
}
