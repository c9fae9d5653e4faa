package dev.tallyman.function.poller;

import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A store that gives up at random calls, half of which happened nevertheless. */
final class TroubledStore implements Store {
  private final Store store;
  private final RandomGenerator random;
  private final int oneIn;

  TroubledStore(Store store, RandomGenerator random, int oneIn) {
    this.store = store;
    this.random = random;
    this.oneIn = oneIn;
  }

  private <T> T call(Supplier<T> operation) {
    boolean fails = random.nextInt(oneIn) == 0;
    if (fails && random.nextBoolean()) {
      throw new StoreException("throttled", true);
    }
    T result = operation.get();
    if (fails) {
      throw new StoreException("timed out", true);
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
    return call(() -> store.put(item, condition));
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    return call(() -> store.delete(key, condition));
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
  public void close() {
    // The store in trouble outlives it.
  }
}
