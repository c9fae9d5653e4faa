package dev.tallyman.core.delivery;

import dev.tallyman.core.ServiceException;

/** A topic did not accept what was published. */
public final class TopicException extends ServiceException {
  private static final long serialVersionUID = 1;

  /**
   * Creates one.
   *
   * @param message what failed, with the remedy where there is one
   * @param cause what the client said
   * @param passing whether the same may be accepted later: throttled, busy, timed out
   */
  public TopicException(String message, Throwable cause, boolean passing) {
    super(message, cause, passing);
  }

  /**
   * Creates one that no other error caused.
   *
   * @param message what failed, with the remedy where there is one
   * @param passing whether the same may be accepted later
   */
  public TopicException(String message, boolean passing) {
    super(message, null, passing);
  }
}
