package dev.tallyman.sqlite;

import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;

/** One database in a temporary folder of its own. */
final class SqliteSpace implements StoreSpace {
  private final Path folder;

  SqliteSpace() {
    try {
      folder = Files.createTempDirectory("tallyman");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path file() {
    return folder.resolve("data").resolve("tallyman.db");
  }

  @Override
  public Store open(InstantSource clock) {
    return new SqliteStore(file(), clock);
  }

  @Override
  public void close() {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
