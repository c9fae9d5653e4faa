package dev.tallyman.benchmarks.support;

import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A store that remembers how often it was asked, for how long, and what was written. */
public final class CountingStore implements Store {
  private final Store store;
  private final List<String> writes = new ArrayList<>();
  private int reads;
  private long bytes;
  private long nanos;

  public CountingStore(Store store) {
    this.store = store;
  }

  /** The keys that were put or deleted, in order. */
  public List<String> writes() {
    return writes;
  }

  public int reads() {
    return reads;
  }

  /** How many bytes were written. */
  public long bytes() {
    return bytes;
  }

  /** How long the store took for all of it. */
  public long nanos() {
    return nanos;
  }

  public void reset() {
    writes.clear();
    reads = 0;
    bytes = 0;
    nanos = 0;
  }

  @Override
  public Optional<Item> get(Key key) {
    reads++;
    return timed(() -> store.get(key));
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    reads++;
    return timed(() -> store.range(partition, from, to, order, limit));
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    writes.add("put " + item.key().partition() + " " + item.key().sort());
    bytes += item.bytes().length();
    return timed(() -> store.put(item, condition));
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    writes.add("delete " + key.partition() + " " + key.sort());
    return timed(() -> store.delete(key, condition));
  }

  private <T> T timed(Supplier<T> call) {
    long began = System.nanoTime();
    try {
      return call.get();
    } finally {
      nanos += System.nanoTime() - began;
    }
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
    store.close();
  }
}
