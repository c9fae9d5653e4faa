package dev.tallyman.core.store;

/** What must be true of the stored item for a write to happen. */
public sealed interface Condition {
  /** Nothing is asked. */
  record Always() implements Condition {}

  /** Nothing is stored under the key, or what is stored has expired. */
  record Absent() implements Condition {}

  /** An item with exactly this version is stored and has not expired. */
  record VersionIs(long version) implements Condition {}

  /** Nothing is stored (or it has expired), or it has a version below this one. */
  record Below(long version) implements Condition {}
}
