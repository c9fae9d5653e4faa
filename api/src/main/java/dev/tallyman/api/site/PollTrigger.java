package dev.tallyman.api.site;

import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.records.CycleRecord;
import java.time.LocalDate;

/** Reads the provider now, for whoever assembles a server with a poller in it. */
@FunctionalInterface
public interface PollTrigger {
  /**
   * Polls one organization and returns when the cycle is over.
   *
   * @param organization our id of it
   */
  Outcome poll(String organization);

  /**
   * Reads one UTC day of an organization again and returns when that is done.
   *
   * @param organization our id of it
   * @param day today, or before
   */
  default DayOutcome reread(String organization, LocalDate day) {
    return new DayOutcome.Refused("no single day is read from here");
  }

  /** Reads nothing, for want of a key. */
  static PollTrigger none(String why) {
    return new PollTrigger() {
      @Override
      public Outcome poll(String organization) {
        return new Outcome.Failed(why);
      }

      @Override
      public DayOutcome reread(String organization, LocalDate day) {
        return new DayOutcome.Refused(why);
      }
    };
  }

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
