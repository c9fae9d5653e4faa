package dev.tallyman.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.CleanProcess;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Store.Order;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one database. */
final class TwoProcessesIT {
  private static final int TIMES = 400;

  @TempDir Path folder;

  @Test
  void processesThatWriteTogetherLoseNothing() throws Exception {
    var file = folder.resolve("data").resolve("tallyman.db");
    var others = List.of(start(file, "a"), start(file, "b"));

    try (var store = new SqliteStore(file, InstantSource.system())) {
      Hammer.strike(store, "here", TIMES);
      for (var other : others) {
        assertEndsWell(other);
      }

      assertThat(store.get(Hammer.COUNTER)).map(Item::version).contains(3L * TIMES);
      for (var name : List.of("a", "b", "here")) {
        assertThat(store.range("hammer#" + name, "", "9", Order.ASCENDING, 2 * TIMES))
            .as(name)
            .hasSize(TIMES);
      }
    } finally {
      others.forEach(Process::destroyForcibly);
    }
  }

  @Test
  void whatAKilledProcessWasAnsweredIsKept() throws Exception {
    var file = folder.resolve("data").resolve("tallyman.db");
    try (var store = new SqliteStore(file, InstantSource.system())) {
      var other = start(file, "a", Integer.MAX_VALUE);
      try {
        while (store.get(Hammer.COUNTER).map(Item::version).orElse(0L) < 100) {
          assertThat(other.isAlive()).as("the other process").isTrue();
          Thread.onSpinWait();
        }
      } finally {
        other.destroyForcibly().waitFor();
      }

      long counted = store.get(Hammer.COUNTER).orElseThrow().version();
      var written = store.range("hammer#a", "", "9", Order.ASCENDING, Integer.MAX_VALUE);
      assertThat(counted - written.size()).isBetween(0L, 1L);
      assertThat(store.check()).isEmpty();

      Hammer.strike(store, "here", 10);
      assertThat(store.get(Hammer.COUNTER)).map(Item::version).contains(counted + 10);
    }
  }

  private static Process start(Path file, String name) throws IOException {
    return start(file, name, TIMES);
  }

  private static Process start(Path file, String name, int times) throws IOException {
    return CleanProcess.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Hammer.class.getName(),
            file.toString(),
            name,
            "" + times)
        .redirectErrorStream(true)
        .start();
  }

  private static void assertEndsWell(Process process) throws Exception {
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
