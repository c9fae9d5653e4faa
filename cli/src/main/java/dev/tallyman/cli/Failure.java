package dev.tallyman.cli;

import dev.tallyman.core.store.StoreException;
import java.util.Objects;

/** An expected end of a command: told in one message without a stack trace, with an exit code. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * An end with a reason.
   *
   * @param code of {@link Exit}
   * @param message what is wrong, with the remedy
   */
  Failure(int code, String message) {
    super(message);
    this.code = code;
  }

  Failure(int code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The end of a command whose store fails: what the store says of it, with its remedy. */
  static Failure of(StoreException e) {
    return new Failure(Exit.UNREACHABLE, "The store: " + e.getMessage(), e);
  }

  int code() {
    return code;
  }

  /** The message; never null. */
  String text() {
    return message(this);
  }

  /** What a failure says of itself, or at least what it is. */
  static String message(Throwable failure) {
    return Objects.requireNonNullElseGet(
        failure.getMessage(), () -> failure.getClass().getSimpleName());
  }
}
