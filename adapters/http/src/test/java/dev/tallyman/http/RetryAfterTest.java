package dev.tallyman.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "17, PT17S",
    "' 0.5 ', PT0.5S",
    "0, PT0S",
    "999999999, PT720H",
    "9999999999, ",
    "'Sat, 21 Nov 2026 09:00:09 GMT', PT9S",
    "'Fri, 20 Nov 2026 09:00:09 GMT', PT0S",
    "'Tue, 21 Nov 2028 09:00:09 GMT', PT720H",
    "-1, ",
    "soon, ",
    "1e3, ",
    "'', "
  })
  void readsSecondsAndDates(String text, @Nullable Duration expected) {
    assertThat(in(Map.of("retry-after", text))).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void comparesADateWithTheServersOwnClock() {
    assertThat(
            in(
                Map.of(
                    "retry-after",
                    "Sat, 21 Nov 2026 10:00:05 GMT",
                    "date",
                    "Sat, 21 Nov 2026 10:00:00 GMT")))
        .contains(Duration.ofSeconds(5));
  }

  @Test
  void prefersMillisecondsThatMakeSense() {
    assertThat(in(Map.of("retry-after-ms", "1500", "retry-after", "9")))
        .contains(Duration.ofMillis(1500));
    assertThat(in(Map.of("retry-after-ms", "soon", "retry-after", "9")))
        .contains(Duration.ofSeconds(9));
    assertThat(in(Map.of())).isEmpty();
  }

  private static Optional<Duration> in(Map<String, String> headers) {
    return RetryAfter.in(name -> Optional.ofNullable(headers.get(name)), NOW);
  }
}
