package dev.tallyman.openai.call;

import dev.tallyman.openai.read.Json;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What could be read of an error body.
 *
 * @param message empty if there was none
 * @param type empty if there was none
 * @param code in lower case; empty if there was none
 */
record ErrorBody(String message, String type, String code) {
  private static final Pattern QUOTA = Pattern.compile("(?i)exceeded your current quota");
  private static final Set<String> QUOTA_CODES =
      Set.of(
          "insufficient_quota",
          "credit_balance_exhausted",
          "billing_hard_limit_reached",
          "billing_not_active");

  private static final ErrorBody NONE = new ErrorBody("", "", "");

  /** Understands {@code {"error":{…}}}, {@code {"error":"…"}} and {@code {"message":…}}. */
  static ErrorBody in(String body) {
    if (!body.stripLeading().startsWith("{")) {
      return NONE;
    }
    try {
      Map<String, Object> outer = Json.TREE.mapFrom(body);
      Object inner = outer.get("error");
      if (inner instanceof Map<?, ?> error) {
        return new ErrorBody(
            text(error.get("message")), text(error.get("type")), text(error.get("code")));
      }
      String message = text(outer.get("message"));
      return new ErrorBody(
          message.isEmpty() ? text(inner) : message,
          text(outer.get("type")),
          text(outer.get("code")));
    } catch (IOException _) {
      return NONE;
    }
  }

  ErrorBody {
    code = code.toLowerCase(Locale.ROOT);
  }

  /** Whether nothing is left to spend, as against being asked too fast. */
  boolean isQuota() {
    if (code.equals("rate_limit_exceeded")) {
      return false;
    }
    return QUOTA_CODES.contains(code)
        || ((code.startsWith("organization_") || code.startsWith("project_"))
            && code.endsWith("_limit_exceeded"))
        || type.equals("insufficient_quota")
        || QUOTA.matcher(message).find();
  }

  /** In brackets, the status and the provider's own words. */
  String quoted(int status) {
    String words = Wording.safe(message);
    if (words.isEmpty()) {
      words = Wording.safe(code);
    }
    return words.isEmpty() ? "(" + status + ")." : "(" + status + ": " + words + ").";
  }

  private static String text(@Nullable Object value) {
    return value instanceof String || value instanceof Number ? value.toString() : "";
  }
}
