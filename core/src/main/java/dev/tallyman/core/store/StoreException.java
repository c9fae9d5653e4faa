package dev.tallyman.core.store;

import java.util.Objects;

/** The store could not do what was asked; nothing can be said of whether a write happened. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String message;
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
    this.message = message;
    this.passing = passing;
  }

  /**
   * Creates one that no other error caused.
   *
   * @param message what failed, with the remedy where there is one
   * @param passing whether the same operation may work later
   */
  public StoreException(String message, boolean passing) {
    super(message);
    this.message = message;
    this.passing = passing;
  }

  /**
   * One of an item whose bytes mean nothing here.
   *
   * @param where the name of the store
   * @param remedy what to do about it
   * @param why what came of reading them
   */
  public static StoreException unreadable(String where, Key key, String remedy, Exception why) {
    return new StoreException(
        where
            + " is damaged, or a newer Tallyman wrote it: the item "
            + key.partition()
            + " / "
            + key.sort()
            + " cannot be read; "
            + remedy
            + " ("
            + Objects.requireNonNullElse(why.getMessage(), why.getClass().getSimpleName())
            + ")",
        why,
        false);
  }

  /** What failed, with the remedy where there is one. */
  @Override
  public String getMessage() {
    return message;
  }

  /** Whether the same operation may work later. */
  public boolean passing() {
    return passing;
  }
}
