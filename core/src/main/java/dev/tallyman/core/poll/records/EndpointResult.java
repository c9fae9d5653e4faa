package dev.tallyman.core.poll.records;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a cycle found at one endpoint, at the costs or among the names.
 *
 * @param read how many buckets (days of costs, names) were read
 * @param changed how many of them said something new
 * @param restated how many of those had been closed, or fell
 * @param skipped how many were missing from the answers, or did not fit into the time
 * @param partial how many were read in part only, the rest of them being no sound answer
 * @param failure what stopped the reading, if anything did
 * @param message what stopped it, or was left out, in a sentence with the remedy
 * @param lastSuccess when everything that was due was last read
 */
public record EndpointResult(
    int read,
    int changed,
    int restated,
    int skipped,
    int partial,
    Optional<ReadOutcome.Kind> failure,
    Optional<String> message,
    Optional<Instant> lastSuccess) {
  /** Nothing was done. */
  public static final EndpointResult NONE =
      new EndpointResult(0, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());

  /** Of reading of which nothing was left out. */
  public EndpointResult(
      int read,
      int changed,
      int restated,
      int skipped,
      Optional<ReadOutcome.Kind> failure,
      Optional<String> message,
      Optional<Instant> lastSuccess) {
    this(read, changed, restated, skipped, 0, failure, message, lastSuccess);
  }

  /** Whether nothing stopped the reading of what is offered and was due. */
  public boolean ok() {
    return failure.isEmpty() || failure.get() == ReadOutcome.Kind.NOT_OFFERED;
  }

  /** Whether everything that is offered and was due was read, whole. */
  public boolean complete() {
    return ok() && partial == 0;
  }

  /** One word for it: {@code ok}, {@code partial}, or what failed. */
  public String state() {
    return failure
        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
        .orElseGet(() -> partial > 0 ? "partial" : "ok");
  }
}
