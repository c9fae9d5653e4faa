package dev.tallyman.http;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Function;

/** How long a server asks to wait before the next request (RFC 9110, section 10.2.3). */
public final class RetryAfter {
  /** Longer waits are shortened to this: no deadline is that far away. */
  private static final Duration LONGEST = Duration.ofDays(30);

  private RetryAfter() {}

  /**
   * What {@code retry-after-ms} (of OpenAI and Azure) or {@code retry-after} says: a number of
   * seconds, or a date, which is compared with the server's own {@code date} where it gives one.
   *
   * @param headers the value of a header by its name in lower case
   * @param now by our clock
   * @return at most 30 days; empty if neither header holds anything sensible
   */
  public static Optional<Duration> in(Function<String, Optional<String>> headers, Instant now) {
    return headers
        .apply("retry-after-ms")
        .flatMap(text -> amount(text, Duration.ofMillis(1)))
        .or(() ->
            headers
                .apply("retry-after")
                .flatMap(text -> seconds(text).or(() -> untilDate(text, headers, now))));
  }

  /** A number of seconds, which may have decimals; empty if it is none. */
  public static Optional<Duration> seconds(String text) {
    return amount(text, Duration.ofSeconds(1));
  }

  private static Optional<Duration> amount(String text, Duration unit) {
    String digits = text.strip();
    if (!digits.matches("\\d{1,9}(\\.\\d{1,9})?")) {
      return Optional.empty();
    }
    var exact = new BigDecimal(digits).multiply(BigDecimal.valueOf(unit.toNanos()));
    var bound = BigDecimal.valueOf(LONGEST.toNanos());
    return Optional.of(Duration.ofNanos(exact.min(bound).longValue()));
  }

  private static Optional<Duration> untilDate(
      String text, Function<String, Optional<String>> headers, Instant now) {
    return date(text)
        .map(then -> {
          Instant from = headers.apply("date").flatMap(RetryAfter::date).orElse(now);
          Duration wait = Duration.between(from, then);
          return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
        });
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }
}
