package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.ReadOutcome;
import java.time.Instant;
import java.util.List;

/** What became of a call for a slice of history. */
public sealed interface FillOutcome {
  /**
   * Everything back to the wanted instant was read.
   *
   * @param since the wanted instant
   * @param partial what is known of it in part only and is read again, in sentences; empty if all
   *     of it is in the ledger
   */
  record Done(Instant since, List<String> partial) implements FillOutcome {
    public Done {
      partial = List.copyOf(partial);
    }
  }

  /**
   * A slice was read; there is more to do.
   *
   * @param reached from where on everything is now in the ledger
   * @param wanted how far back it shall go
   */
  record Advanced(Instant reached, Instant wanted) implements FillOutcome {}

  /**
   * Nothing could be read.
   *
   * @param kind what failed
   * @param message in a sentence with the remedy
   */
  record Stuck(ReadOutcome.Kind kind, String message) implements FillOutcome {}

  /** Another poller is at work on the organization. */
  record AlreadyRunning() implements FillOutcome {}

  /** The key belongs to another organization than the ledger; nothing was kept. */
  record WrongOrganization(String message) implements FillOutcome {}
}
