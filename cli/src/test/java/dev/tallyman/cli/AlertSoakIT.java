package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class AlertSoakIT {
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void whatShouldBeToldIsToldOnceThroughTwoDaysOfTrouble() throws IOException {
    var figures = new AlertSoak(1, Instant.parse("2026-11-16T00:00:00Z"), 2, 60).run();

    assertThat(figures.told()).isPositive();
  }

  @Test
  @Tag("soak")
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void whatShouldBeToldIsToldOnceThroughAMonthAndFiveHundredKills() throws IOException {
    Instant from = Instant.parse("2026-10-20T00:00:00Z");

    String figures = new AlertSoak(11, from, 30, 500).run().told(30);

    Files.writeString(Path.of("target", "alert-soak.md"), figures);
  }
}
