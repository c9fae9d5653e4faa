package dev.tallyman.channels;

import dev.tallyman.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the answer of a receiver means. Some say 200 and in the text that delivery failed: Teams'
 * "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
 * (Microsoft Learn, "Create an Incoming Webhook", rate limits), and others in a member of a JSON
 * object.
 */
final class Answer {
  private static final int TOO_MANY = 429;

  /** What is said of a failure that names no status of its own: that it may work later. */
  private static final int BAD_GATEWAY = 502;

  /** Discord says it in the body (Discord's documentation, "Rate Limits"), in seconds. */
  private static final Pattern RETRY_AFTER =
      Pattern.compile("\"retry_after\"\\s*:\\s*\"?(\\d{1,9}(\\.\\d{1,9})?)");

  private static final Pattern INNER_STATUS =
      Pattern.compile("(?i)(?:http error|http status|status code):?\\s*([45]\\d\\d)\\b");

  /** Members of a JSON object that say so; an empty list of errors, or null, says nothing. */
  private static final Pattern FAILURE =
      Pattern.compile(
          "(?i)\"(ok|success)\"\\s*:\\s*false"
              + "|\"errors?\"\\s*:\\s*(true|\"[^\"]|\\{\\s*\"|\\[\\s*[^\\]\\s])"
              + "|\"status\"\\s*:\\s*\"(error|failed|failure|invalid event)\"");

  /** Words of a line of plain text; "0 errors" is none of them. */
  private static final Pattern FAILED =
      Pattern.compile(
          "(?i)\\b(fail(ed|ure)?|error|rejected|denied|invalid_\\w+|no_service|rate_?limited)\\b");

  private Answer() {}

  /**
   * The status of a failure: that of the answer, or the one that its text means; empty if the
   * receiver has what was sent.
   */
  static Optional<Integer> failure(int status, String text) {
    if (status / 100 != 2) {
      return Optional.of(status);
    }
    String said = text.strip();
    boolean json = said.startsWith("{") || said.startsWith("[");
    boolean markup = said.startsWith("<");
    if (markup || !(json ? FAILURE : FAILED).matcher(said).find()) {
      return Optional.empty();
    }
    Matcher inner = INNER_STATUS.matcher(said);
    return Optional.of(inner.find() ? Integer.parseInt(inner.group(1)) : BAD_GATEWAY);
  }

  /**
   * How long the receiver asks to wait, in a header or in its text; none at all of what is asked
   * too often means the usual pause, and never at once.
   *
   * @param now by our clock
   */
  static Optional<Duration> wait(
      int status, Map<String, String> headers, String text, Instant now) {
    Matcher body = RETRY_AFTER.matcher(text);
    return RetryAfter.in(name -> Optional.ofNullable(headers.get(name)), now)
        .or(() -> body.find() ? RetryAfter.seconds(body.group(1)) : Optional.empty())
        .or(() -> status == TOO_MANY ? Optional.of(Duration.ZERO) : Optional.empty());
  }
}
