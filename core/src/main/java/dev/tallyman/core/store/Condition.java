package dev.tallyman.core.store;

import java.util.Optional;

/** What must be true of the stored item for a write to happen. */
public sealed interface Condition {
  /** Whether this holds for what is stored, where an expired item is given as empty. */
  default boolean holdsFor(Optional<Item> stored) {
    return switch (this) {
      case Always() -> true;
      case Absent() -> stored.isEmpty();
      case VersionIs(var version) -> stored.filter(item -> item.version() == version).isPresent();
      case Below(var version) -> stored.filter(item -> item.version() >= version).isEmpty();
    };
  }

  /** Nothing is asked. */
  record Always() implements Condition {}

  /** Nothing is stored under the key, or what is stored has expired. */
  record Absent() implements Condition {}

  /** An item with exactly this version is stored and has not expired. */
  record VersionIs(long version) implements Condition {}

  /** Nothing is stored (or it has expired), or it has a version below this one. */
  record Below(long version) implements Condition {}
}
