package dev.tallyman.openai;

import java.math.BigDecimal;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a provider asks to wait before it is asked again. */
final class RetryAfter {
  /** Longer waits are shortened to this: no deadline is that far away. */
  private static final Duration LONGEST = Duration.ofDays(366);

  private RetryAfter() {}

  /**
   * What the headers {@code retry-after-ms} or {@code retry-after} say (seconds, or a date, told by
   * the server's own clock where it gives one); empty if neither says anything sensible.
   */
  static Optional<Duration> in(HttpHeaders headers, Instant now) {
    Optional<Duration> exact =
        headers.firstValue("retry-after-ms").flatMap(text -> amount(text, 1_000_000));
    return exact.isPresent()
        ? exact
        : headers
            .firstValue("retry-after")
            .flatMap(text -> {
              Optional<Duration> seconds = amount(text, 1_000_000_000);
              return seconds.isPresent() ? seconds : untilDate(text, headers, now);
            });
  }

  private static Optional<Duration> amount(String text, long nanos) {
    String digits = text.strip();
    if (!digits.matches("\\d{1,15}(\\.\\d{1,9})?")) {
      return Optional.empty();
    }
    var exact = new BigDecimal(digits).multiply(BigDecimal.valueOf(nanos));
    var bound = BigDecimal.valueOf(LONGEST.toNanos());
    return Optional.of(Duration.ofNanos(exact.min(bound).longValue()));
  }

  private static Optional<Duration> untilDate(String text, HttpHeaders headers, Instant now) {
    return date(text)
        .map(then -> {
          Instant from = headers.firstValue("date").flatMap(RetryAfter::date).orElse(now);
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
