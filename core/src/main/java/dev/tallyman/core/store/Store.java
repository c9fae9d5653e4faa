package dev.tallyman.core.store;

import java.util.List;
import java.util.Optional;

/**
 * Where everything is kept: items addressed by partition and sort key, read one by one or in a
 * range of a partition, written by one conditional put. It knows nothing of what the bytes mean.
 *
 * <p>An item whose expiry has passed is absent for every operation, whether or not the store has
 * removed it. Writes of one item are atomic and, once answered, visible to every later read of any
 * process. All operations may be repeated. Implementations are safe for use by many threads.
 */
public interface Store extends AutoCloseable {
  /** The item under this key, or empty. */
  Optional<Item> get(Key key);

  /**
   * The items of a partition whose sort keys lie between two bounds, both inclusive, compared as
   * UTF-8 bytes. Empty if there are none; never more than {@code limit}.
   */
  List<Item> range(String partition, String from, String to, Order order, int limit);

  /** Writes an item if the condition holds for what is stored under its key now. */
  PutResult put(Item item, Condition condition);

  /** Removes what is under this key if the condition holds; returns whether it did. */
  boolean delete(Key key, Condition condition);

  /** What is wrong with the store, with the remedy; empty if an operation would work now. */
  Optional<String> check();

  /** Releases what this store opened. */
  @Override
  void close();

  /** The direction of a range. */
  enum Order {
    ASCENDING,
    DESCENDING
  }
}
