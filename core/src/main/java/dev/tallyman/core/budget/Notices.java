package dev.tallyman.core.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When and where a budget notifies people, and of what besides.
 *
 * @param thresholds when they are notified; at least one
 * @param owner who answers for it
 * @param runbook an https address that says what to do
 * @param channels the names of those who are notified; empty for the default ones
 * @param renotify after how long an open alert is sent again; empty for never
 */
public record Notices(
    List<Threshold> thresholds,
    Optional<String> owner,
    Optional<String> runbook,
    List<String> channels,
    Optional<Duration> renotify) {
  public Notices {
    thresholds = List.copyOf(thresholds);
    channels = List.copyOf(channels);
  }

  /** The same with the thresholds by what they amount to. */
  Notices lowestFirst(BigDecimal limit) {
    List<Threshold> sorted =
        thresholds.stream()
            .sorted(Comparator.comparing((Threshold each) -> each.of(limit)))
            .toList();
    return new Notices(sorted, owner, runbook, channels, renotify);
  }

  /** At these thresholds over the default channels, with nothing besides. */
  public static Notices at(List<Threshold> thresholds) {
    return new Notices(thresholds, Optional.empty(), Optional.empty(), List.of(), Optional.empty());
  }
}
