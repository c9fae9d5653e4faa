package dev.tallyman.core.store;

import java.util.Optional;

/** What became of a conditional put. */
public sealed interface PutResult {
  /** The item is stored. */
  record Stored() implements PutResult {}

  /**
   * The condition did not hold, and this put changed nothing. A caller that repeats a put after a
   * {@link StoreException} may find that its own first attempt stands in the way.
   *
   * @param current what stood in the way; empty if nothing is stored or it has expired
   */
  record Refused(Optional<Item> current) implements PutResult {}
}
