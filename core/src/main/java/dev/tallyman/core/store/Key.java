package dev.tallyman.core.store;

/**
 * Where an item is kept.
 *
 * @param partition 1 to 1024 bytes of UTF-8
 * @param sort 1 to 512 bytes of UTF-8; items of a partition are ordered by its bytes
 */
public record Key(String partition, String sort) {
  public Key {
    if (partition.isEmpty() || sort.isEmpty()) {
      throw new IllegalArgumentException("a key needs a partition and a sort key");
    }
  }
}
