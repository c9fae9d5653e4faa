package dev.tallyman.simulator;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An answer that is an error, in the provider's own words and form. */
final class Refusal extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  static final String INVALID = "invalid_request_error";

  /** The type of an error that comes without its wrapper, as that of an unknown project does. */
  static final String BARE = "";

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;

  Refusal(int status, String type, String message, @Nullable String param, @Nullable String code) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /** A parameter that is refused. */
  static Refusal of(String param, String code, String message) {
    return new Refusal(400, INVALID, message, param, code);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  @Nullable String param() {
    return param;
  }

  @Nullable String code() {
    return code;
  }
}
