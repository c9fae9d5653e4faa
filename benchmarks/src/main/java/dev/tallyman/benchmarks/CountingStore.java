package dev.tallyman.benchmarks;

import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store that remembers how often it was asked, and what was written. */
final class CountingStore implements Store {
  private final Store store;
  private final List<String> writes = new ArrayList<>();
  private int reads;
  private long bytes;

  CountingStore(Store store) {
    this.store = store;
  }

  /** The keys that were put or deleted, in order. */
  List<String> writes() {
    return writes;
  }

  int reads() {
    return reads;
  }

  /** How many bytes were written. */
  long bytes() {
    return bytes;
  }

  void reset() {
    writes.clear();
    reads = 0;
    bytes = 0;
  }

  @Override
  public Optional<Item> get(Key key) {
    reads++;
    return store.get(key);
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    reads++;
    return store.range(partition, from, to, order, limit);
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    writes.add("put " + item.key().partition() + " " + item.key().sort());
    bytes += item.bytes().length();
    return store.put(item, condition);
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    writes.add("delete " + key.partition() + " " + key.sort());
    return store.delete(key, condition);
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
