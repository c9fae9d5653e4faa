package dev.tallyman.core.poll;

import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A store that counts its calls, and dies at a chosen one as a killed process does. */
public final class WatchedStore implements Store {
  /** The process is gone: no later call gets through either. */
  public static final class KilledException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** The keys of all puts, in order. */
  public final List<Key> written = new ArrayList<>();

  /** The keys of all deletes, in order. */
  public final List<Key> removed = new ArrayList<>();

  private final Store store;
  private final long killAt;
  private final boolean afterTheCall;
  private long calls;
  private long purges;

  /** Counts only. */
  public WatchedStore(Store store) {
    this(store, Long.MAX_VALUE, false);
  }

  /**
   * Creates one.
   *
   * @param killAt the number of the call to die at, from 1
   * @param afterTheCall whether that call still reaches the store
   */
  public WatchedStore(Store store, long killAt, boolean afterTheCall) {
    this.store = store;
    this.killAt = killAt;
    this.afterTheCall = afterTheCall;
  }

  /** How many calls there were. */
  public long calls() {
    return calls;
  }

  /** How often what has expired was to be removed. */
  public long purges() {
    return purges;
  }

  private <T> T call(Supplier<T> operation) {
    calls++;
    if (calls > killAt || (calls == killAt && !afterTheCall)) {
      throw new KilledException();
    }
    T result = operation.get();
    if (calls == killAt) {
      throw new KilledException();
    }
    return result;
  }

  @Override
  public Optional<Item> get(Key key) {
    return call(() -> store.get(key));
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    return call(() -> store.range(partition, from, to, order, limit));
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    written.add(item.key());
    return call(() -> store.put(item, condition));
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    removed.add(key);
    return call(() -> store.delete(key, condition));
  }

  @Override
  public void purge() {
    purges++;
    call(() -> {
      store.purge();
      return true;
    });
  }

  @Override
  public Optional<String> check() {
    return store.check();
  }

  @Override
  public void close() {
    // The store under watch outlives it.
  }
}
