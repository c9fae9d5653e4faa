package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.ReadOutcome;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of a call to read one UTC day again. */
public sealed interface DayOutcome {
  /**
   * It was read, and the ledger says what the provider says.
   *
   * @param before what the ledger said of the day
   * @param endpoints what was read of each endpoint and of the costs; all but the completions may
   *     have failed
   */
  record Read(DayTotals before, SortedMap<String, EndpointResult> endpoints) implements DayOutcome {
    public Read {
      endpoints = Collections.unmodifiableSortedMap(new TreeMap<>(endpoints));
    }
  }

  /**
   * The completions, of which the pools are made, could not be read; what else arrived is kept.
   *
   * @param message why, in a sentence with the remedy
   */
  record Unread(ReadOutcome.Kind kind, String message) implements DayOutcome {}

  /** Another poller is at work on the organization. */
  record AlreadyRunning() implements DayOutcome {}

  /**
   * The provider was not asked, or its answer was another organization's; nothing was kept.
   *
   * @param message why, in a sentence with the remedy
   */
  record Refused(String message) implements DayOutcome {}
}
