package dev.tallyman.ssm;

import org.jspecify.annotations.Nullable;

/** What is wanted of the Parameter Store cannot be read, or is not there. */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String message;

  UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.message = message;
  }

  /** What failed, with the remedy. */
  @Override
  public String getMessage() {
    return message;
  }
}
