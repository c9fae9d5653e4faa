package dev.tallyman.core.store;

import java.util.Optional;

/** What became of a conditional put. */
public sealed interface PutResult {
  /** The item is stored. */
  record Stored() implements PutResult {}

  /**
   * The condition did not hold.
   *
   * @param current what stood in the way; empty if nothing is stored
   */
  record Refused(Optional<Item> current) implements PutResult {}
}
