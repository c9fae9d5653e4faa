package dev.tallyman.sqlite;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Counts up a counter that others count up too, and writes items of its own in between. */
final class Hammer {
  static final Key COUNTER = new Key("hammer", "counter");

  private Hammer() {}

  /** Arguments: the database, the name of this hammer, how many times it counts. */
  public static void main(String[] args) {
    try (var store = new SqliteStore(Path.of(args[0]), InstantSource.system())) {
      strike(store, args[1], Integer.parseInt(args[2]));
    }
  }

  static void strike(Store store, String name, int times) {
    for (int counted = 0; counted < times; ) {
      var current = store.get(COUNTER);
      long version = current.map(Item::version).orElse(0L);
      var condition =
          current.isPresent() ? new Condition.VersionIs(version) : new Condition.Absent();
      if (store.put(item(COUNTER, version + 1), condition) instanceof PutResult.Stored) {
        store.put(
            item(new Key("hammer#" + name, "%06d".formatted(counted)), counted),
            new Condition.Always());
        counted++;
      }
    }
  }

  private static Item item(Key key, long version) {
    var bytes = Bytes.copyOf(("" + version).repeat(100).getBytes(StandardCharsets.US_ASCII));
    return new Item(key, version, Optional.empty(), bytes);
  }
}
