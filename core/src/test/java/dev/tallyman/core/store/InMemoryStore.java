package dev.tallyman.core.store;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A store that forgets everything with its process: the reference for the others, and a fake. */
public final class InMemoryStore implements Store {
  private final Data data;
  private final InstantSource clock;
  private volatile boolean closed;

  /** An empty store. */
  public InMemoryStore(InstantSource clock) {
    this(new Data(), clock);
  }

  private InMemoryStore(Data data, InstantSource clock) {
    this.data = data;
    this.clock = clock;
  }

  /** A space whose stores share one memory. */
  public static StoreSpace space() {
    var data = new Data();
    return new StoreSpace() {
      @Override
      public Store open(InstantSource clock) {
        return new InMemoryStore(data, clock);
      }

      @Override
      public void close() {
        data.partitions.clear();
      }
    };
  }

  @Override
  public Optional<Item> get(Key key) {
    synchronized (open()) {
      return live(key);
    }
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit of " + limit + "; at least 1 is needed");
    }
    synchronized (open()) {
      if (BYTE_ORDER.compare(from, to) > 0) {
        return List.of();
      }
      var found = data.partition(partition).subMap(from, true, to, true);
      var now = clock.instant();
      return (order == Order.ASCENDING ? found : found.descendingMap())
          .values().stream().filter(item -> !item.expiredAt(now)).limit(limit).toList();
    }
  }

  /** All that is kept, in order. */
  public List<Item> items() {
    synchronized (open()) {
      return data.partitions.values().stream()
          .flatMap(partition -> partition.values().stream())
          .toList();
    }
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    synchronized (open()) {
      var current = live(item.key());
      if (!condition.holdsFor(current)) {
        return new PutResult.Refused(current);
      }
      data.partition(item.key().partition()).put(item.key().sort(), item);
      return new PutResult.Stored();
    }
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    synchronized (open()) {
      var current = live(key);
      if (current.isPresent() && !condition.holdsFor(current)) {
        return false;
      }
      data.partition(key.partition()).remove(key.sort());
      return true;
    }
  }

  @Override
  public void purge() {
    synchronized (open()) {
      var now = clock.instant();
      data.partitions.values().forEach(items -> items.values().removeIf(i -> i.expiredAt(now)));
    }
  }

  @Override
  public Optional<String> check() {
    synchronized (open()) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  private Optional<Item> live(Key key) {
    var now = clock.instant();
    return Optional.ofNullable(data.partition(key.partition()).get(key.sort()))
        .filter(item -> !item.expiredAt(now));
  }

  private Data open() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    return data;
  }

  private static final Comparator<String> BYTE_ORDER =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private static final class Data {
    private final NavigableMap<String, NavigableMap<String, Item>> partitions = new TreeMap<>();

    NavigableMap<String, Item> partition(String partition) {
      return partitions.computeIfAbsent(partition, _ -> new TreeMap<>(BYTE_ORDER));
    }
  }
}
