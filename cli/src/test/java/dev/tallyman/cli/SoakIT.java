package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.CleanProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

final class SoakIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  /** Short of a hang, which takes real time. */
  private static final String QUICK_FAULTS =
      "late,restated,missing,nulls,rate-limit,server-error,not-found,truncated,decimals,page-token";

  @Test
  void killedAtRandomMomentsOfADayItEndsWithTheTruth() throws IOException, InterruptedException {
    Instant from = Instant.parse("2026-11-30T00:00:00Z");

    String compared = new Soak(Started.command(), folder, 7, from, 1, 8_000, 4, QUICK_FAULTS).run();

    assertThat(compared).contains("equal");
  }

  @Test
  @Tag("soak")
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void killedFiftyTimesInAWeekItEndsWithTheTruth() throws IOException, InterruptedException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    var tallyman = List.of(root.resolve("tallyman").toString());
    // Builds it, if need be, before time runs.
    assertThat(CleanProcess.of(tallyman.getFirst(), "--version").start().waitFor()).isZero();
    Instant from = Instant.parse("2026-11-27T00:00:00Z");

    String compared = new Soak(tallyman, folder, 20, from, 7, 800, 50, "all").run();

    Files.writeString(Path.of("target", "soak.md"), compared);
  }
}
