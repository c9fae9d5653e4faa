package dev.tallyman.core.store;

/** The store could not do what was asked; nothing can be said of whether a write happened. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean passing;

  /**
   * Creates one.
   *
   * @param message what failed, with the remedy where there is one
   * @param cause what the driver said
   * @param passing whether the same operation may work later: throttled, busy, timed out
   */
  public StoreException(String message, Throwable cause, boolean passing) {
    super(message, cause);
    this.passing = passing;
  }

  /** Whether the same operation may work later. */
  public boolean passing() {
    return passing;
  }
}
