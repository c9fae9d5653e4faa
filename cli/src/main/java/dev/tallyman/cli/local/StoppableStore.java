package dev.tallyman.cli.local;

import dev.tallyman.cli.process.Stop;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * A store for work that may be abandoned: once the end is wanted, its next call throws. A poller
 * may die at any call of its store, so no other way of stopping it is needed. Deletes still pass,
 * so that it can give its lease back.
 */
public final class StoppableStore implements Store {
  private final Store store;
  private final Stop stop;

  StoppableStore(Store store, Stop stop) {
    this.store = store;
    this.stop = stop;
  }

  private void goOn() {
    if (stop.wanted()) {
      throw new StoppedException();
    }
  }

  @Override
  public Optional<Item> get(Key key) {
    goOn();
    return store.get(key);
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    goOn();
    return store.range(partition, from, to, order, limit);
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    goOn();
    return store.put(item, condition);
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    return store.delete(key, condition);
  }

  @Override
  public void purge() {
    store.purge();
  }

  @Override
  public Optional<String> check() {
    return store.check();
  }

  @Override
  public StoreException unreadable(Key key, Exception why) {
    return store.unreadable(key, why);
  }

  /** Leaves the store open: it is not this one's. */
  @Override
  public void close() {}

  /** The work was abandoned. */
  public static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("stopped on request");
    }
  }
}
