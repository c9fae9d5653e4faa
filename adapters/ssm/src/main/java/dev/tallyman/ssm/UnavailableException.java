package dev.tallyman.ssm;

import dev.tallyman.core.ServiceException;
import org.jspecify.annotations.Nullable;

/** What is wanted of the Parameter Store cannot be read, or is not there. */
public final class UnavailableException extends ServiceException {
  private static final long serialVersionUID = 1;

  UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause, false);
  }
}
