package dev.tallyman.core;

import org.jspecify.annotations.Nullable;

/** A service outside this process did not do what was asked of it. */
public abstract class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String message;
  private final boolean passing;

  /**
   * Creates one.
   *
   * @param message what failed, with the remedy where there is one
   * @param cause what the client of that service threw, if anything
   * @param passing whether the same may work later: throttled, busy, timed out
   */
  protected ServiceException(String message, @Nullable Throwable cause, boolean passing) {
    super(message, cause);
    this.message = message;
    this.passing = passing;
  }

  /** What failed, with the remedy where there is one. */
  @Override
  public final String getMessage() {
    return message;
  }

  /** Whether the same may work later. */
  public final boolean passing() {
    return passing;
  }
}
