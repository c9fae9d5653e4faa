package dev.tallyman.core.delivery;

/** A topic did not accept what was published. */
public final class TopicException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String message;
  private final boolean passing;

  /**
   * Creates one.
   *
   * @param message what failed, with the remedy where there is one
   * @param cause what the client said
   * @param passing whether the same may be accepted later: throttled, busy, timed out
   */
  public TopicException(String message, Throwable cause, boolean passing) {
    super(message, cause);
    this.message = message;
    this.passing = passing;
  }

  /**
   * Creates one that no other error caused.
   *
   * @param message what failed, with the remedy where there is one
   * @param passing whether the same may be accepted later
   */
  public TopicException(String message, boolean passing) {
    super(message);
    this.message = message;
    this.passing = passing;
  }

  /** What failed, with the remedy where there is one. */
  @Override
  public String getMessage() {
    return message;
  }

  /** Whether the same may be accepted later. */
  public boolean passing() {
    return passing;
  }
}
