package dev.tallyman.core.poll;

/** What became of a call for a cycle. */
public sealed interface CycleOutcome {
  /** It ran, and this is what it found. */
  record Ran(CycleRecord cycle) implements CycleOutcome {}

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
