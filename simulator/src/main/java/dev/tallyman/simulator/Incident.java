package dev.tallyman.simulator;

import java.time.Instant;
import java.util.Optional;

/**
 * A thing that went wrong in the simulated organization and shows in its spend.
 *
 * @param kind what went wrong
 * @param start the first hour of it
 * @param end exclusive
 * @param project the project's id
 * @param apiKey the API key's id; empty if all keys of the project are concerned
 * @param model the model that the money went to
 */
public record Incident(
    Kind kind, Instant start, Instant end, String project, Optional<String> apiKey, String model) {
  /** What can go wrong. */
  public enum Kind {
    /** A loop calls the model day and night. */
    RUNAWAY_KEY,
    /** A cheap model was replaced by a dear one. */
    DEAR_MODEL,
    /** Prompts changed so that nothing is read from the cache any more. */
    CACHE_LOST,
    /** Work that ran as batch at half the price runs as plain calls. */
    BATCH_TO_SYNC
  }
}
