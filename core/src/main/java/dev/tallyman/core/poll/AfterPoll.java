package dev.tallyman.core.poll;

import dev.tallyman.core.settings.Settings;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is done with an organization after each poll of it, such as the evaluation of its alerts.
 */
@FunctionalInterface
public interface AfterPoll {
  /**
   * Does it. May be repeated.
   *
   * @param api asked only for what belongs to the job, such as when its key expires
   * @param deadline when to have finished; what is left is done after the next poll
   */
  Result run(String organization, UsageApi api, Settings settings, Instant deadline);

  /**
   * What was done.
   *
   * @param name which of the things that follow a poll this was, as one word for a machine
   * @param counts how often each thing was done, by its name
   * @param trouble why something is left for the next time; empty if nothing is
   */
  record Result(String name, Map<String, Integer> counts, Optional<String> trouble) {}
}
