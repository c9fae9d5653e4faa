package dev.tallyman.api;

import dev.tallyman.core.poll.CycleRecord;

/** Runs one cycle of the poller now, for whoever assembles a server with a poller in it. */
@FunctionalInterface
public interface PollTrigger {
  /**
   * Polls one organization and returns when the cycle is over.
   *
   * @param organization our id of it
   */
  Outcome poll(String organization);

  /** How it went. */
  sealed interface Outcome {
    /**
     * A cycle was run.
     *
     * @param record what it found, and could not read
     * @param alerts how many alerts followed from it
     */
    record Done(CycleRecord record, int alerts) implements Outcome {}

    /** Another cycle of this organization is running. */
    record AlreadyRunning() implements Outcome {}

    /**
     * No cycle was run.
     *
     * @param message why and what to do, for a person; never a secret
     */
    record Failed(String message) implements Outcome {}
  }
}
