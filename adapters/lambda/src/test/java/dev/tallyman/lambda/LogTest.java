package dev.tallyman.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.store.MovableClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class LogTest {
  private final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Log log = new Log(new PrintStream(written, true, StandardCharsets.UTF_8), clock);

  @Test
  void anEventIsOneObjectOnOneLine() {
    log.event(
        Log.Level.WARN,
        "something",
        Map.of("list", List.of(1, 2L, new BigDecimal("1E+3"), true, "a\nbü")));
    log.event(Log.Level.INFO, "at", Map.of("when", Instant.EPOCH));
    log.event(Log.Level.ERROR, "nothing", Collections.singletonMap("what", null));

    assertThat(text())
        .isEqualTo(
            """
            {"timestamp":"2026-11-21T09:30:00Z","level":"WARN","event":"something",\
            "list":[1,2,1000,true,"a\\nbü"]}
            {"timestamp":"2026-11-21T09:30:00Z","level":"INFO","event":"at",\
            "when":"1970-01-01T00:00:00Z"}
            {"timestamp":"2026-11-21T09:30:00Z","level":"ERROR","event":"nothing","what":null}
            """);
  }

  @Test
  void linesOfManyThreadsAreNotMixed() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        String text = Integer.toString(i).repeat(500);
        threads.execute(() -> log.event(Log.Level.INFO, "same", Map.of("text", text)));
      }
    }

    assertThat(text().lines())
        .hasSize(200)
        .allMatch(line -> line.matches("\\{.*\"text\":\"([0-9]+?)\\1{499}\"}"));
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
