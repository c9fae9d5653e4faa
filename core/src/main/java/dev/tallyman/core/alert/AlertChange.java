package dev.tallyman.core.alert;

import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.spend.Usage;
import java.util.List;

/** Something that people are to be told, not yet in words. */
sealed interface AlertChange {
  /** The names of the channels that it goes to. */
  List<String> channels();

  /**
   * A budget passed a threshold.
   *
   * @param threshold the highest that it passed
   * @param entry what is remembered of it from now on
   * @param again whether people know it already
   */
  record Crossed(
      Usage usage, Threshold threshold, Entry entry, boolean again, List<String> channels)
      implements AlertChange {}

  /**
   * A budget fell below its lowest threshold.
   *
   * @param from what people were told
   * @param edited whether the budget was changed, rather than what was used
   */
  record Recovered(Usage usage, Entry from, boolean edited, List<String> channels)
      implements AlertChange {}

  /** The window of a budget ended while something was open. */
  record Closed(Usage usage, Entry entry, List<String> channels) implements AlertChange {}

  /** A budget is no longer there. */
  record Removed(String key, Entry entry, List<String> channels) implements AlertChange {}

  /** A condition began. */
  record Began(AlertCondition condition, List<String> channels) implements AlertChange {}

  /**
   * A condition ended.
   *
   * @param type what tells so
   */
  record Ended(String key, Notification.Type type, Entry entry, List<String> channels)
      implements AlertChange {}
}
