package dev.tallyman.cli.process;

import dev.tallyman.cli.show.Text;
import dev.tallyman.core.store.StoreException;
import java.io.PrintWriter;
import java.util.Objects;

/** An expected end of a command: told in one message without a stack trace, with an exit code. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * An end with a reason.
   *
   * @param code of {@link Exit}
   * @param message what is wrong, with the remedy
   */
  public Failure(int code, String message) {
    super(message);
    this.code = code;
  }

  public Failure(int code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The end of a command whose store fails: what the store says of it, with its remedy. */
  public static Failure of(StoreException e) {
    return new Failure(Exit.UNREACHABLE, "The store: " + e.getMessage(), e);
  }

  public int code() {
    return code;
  }

  /** The message; never null. */
  public String text() {
    return message(this);
  }

  /** Prints why a command could not do what it was to do. */
  public void print(PrintWriter err) {
    for (String line : text().lines().toList()) {
      err.print("tallyman: " + Text.safe(line) + "\n");
    }
    err.flush();
  }

  /** What a failure says of itself, or at least what it is. */
  public static String message(Throwable failure) {
    return Objects.requireNonNullElseGet(
        failure.getMessage(), () -> failure.getClass().getSimpleName());
  }
}
