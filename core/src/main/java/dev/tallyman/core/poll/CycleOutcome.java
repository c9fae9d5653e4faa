package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.CycleRecord;
import java.util.SortedSet;

/** What became of a call for a cycle. */
public sealed interface CycleOutcome {
  /**
   * It ran.
   *
   * @param cycle what it found
   * @param unknownModels models of today that were counted as premium without being known
   * @param rows how many rows of usage and costs were read
   */
  record Ran(CycleRecord cycle, SortedSet<String> unknownModels, long rows)
      implements CycleOutcome {}

  /** Another poller is at work on the organization. */
  record AlreadyRunning() implements CycleOutcome {}

  /**
   * The key belongs to another organization than the ledger, or only one of them is simulated;
   * nothing was kept.
   *
   * @param message says which, and the remedy
   */
  record WrongOrganization(String message) implements CycleOutcome {}
}
