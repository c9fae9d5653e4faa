package dev.tallyman.core.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where everything is kept: items addressed by partition and sort key, read one by one or in a
 * range of a partition, written by one conditional put. It knows nothing of what the bytes mean.
 *
 * <p>An item whose expiry has passed is absent for every operation, whether or not the store has
 * removed it. Writes of one item are atomic and, once answered, visible to every later read of any
 * process. All operations may be repeated. Implementations are safe for use by many threads; where
 * they retry by themselves, a put is refused only if none of its attempts wrote.
 *
 * <p>Every operation throws a {@link StoreException} when the store cannot do it, and an {@link
 * IllegalStateException} after {@link #close}.
 */
public interface Store extends AutoCloseable {
  /** The item under this key, or empty. */
  Optional<Item> get(Key key);

  /**
   * The items of a partition whose sort keys lie between two bounds, both inclusive, compared as
   * UTF-8 bytes. Empty if there are none or the bounds are the wrong way round; never more than
   * {@code limit}, however many the store reads at a time.
   *
   * @param from an empty text for the first of the partition
   * @param limit at least 1
   */
  List<Item> range(String partition, String from, String to, Order order, int limit);

  /** Writes an item if the condition holds for what is stored under its key now. */
  PutResult put(Item item, Condition condition);

  /**
   * Removes what is under this key if the condition holds for it; returns whether nothing is stored
   * there now. Nothing to remove is a success, so that a delete may be repeated.
   */
  boolean delete(Key key, Condition condition);

  /**
   * Removes what has expired, unless the store does so by a clock of its own. Only to be asked for
   * when the time is certain: what a clock that runs ahead removes is lost.
   */
  void purge();

  /**
   * What is wrong with the store, with the remedy; empty if what it keeps is whole as far as it can
   * tell, and could be read and written just now. May take as long as reading all of it.
   */
  Optional<String> check();

  /**
   * Writes one small item, always the same, to find out whether the store can be written.
   *
   * @throws StoreException if it cannot
   */
  default void probe() {
    var _ =
        put(
            new Item(new Key("CHECK", "probe"), 1, Optional.empty(), Bytes.copyOf(new byte[0])),
            new Condition.Always());
  }

  /**
   * What an item of this store says.
   *
   * @param form what its bytes mean
   * @throws StoreException of {@link #unreadable} if they are none of that form
   */
  default <T> T decode(Item item, Function<byte[], T> form) {
    try {
      return form.apply(item.bytes().shared());
    } catch (RuntimeException e) {
      throw unreadable(item.key(), e);
    }
  }

  /**
   * What to throw where the bytes of an item mean nothing here, with the remedy.
   *
   * @param why what came of reading them
   */
  default StoreException unreadable(Key key, Exception why) {
    return StoreException.unreadable("the store", key, "put back a copy of it", why);
  }

  /** Releases what this store opened; what is stored stays. A second time does nothing. */
  @Override
  void close();

  /** The direction of a range. */
  enum Order {
    ASCENDING,
    DESCENDING
  }
}
