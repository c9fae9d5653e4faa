package dev.tallyman.function.poller;

import org.jspecify.annotations.Nullable;

/** There is no admin key of an organization, or it cannot be one; the message names the remedy. */
final class NoKeyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String message;

  NoKeyException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
