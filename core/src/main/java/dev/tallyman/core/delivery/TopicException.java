package dev.tallyman.core.delivery;

/** A topic did not accept what was published. */
public final class TopicException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Creates one.
   *
   * @param message what failed, with the remedy where there is one
   * @param cause what the client said
   */
  public TopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
