package dev.tallyman.core.store;

import dev.tallyman.core.ServiceException;
import java.util.Objects;

/** The store could not do what was asked; nothing can be said of whether a write happened. */
public final class StoreException extends ServiceException {
  private static final long serialVersionUID = 1;

  /**
   * Creates one.
   *
   * @param message what failed, with the remedy where there is one
   * @param cause what the driver said
   * @param passing whether the same operation may work later: throttled, busy, timed out
   */
  public StoreException(String message, Throwable cause, boolean passing) {
    super(message, cause, passing);
  }

  /**
   * Creates one that no other error caused.
   *
   * @param message what failed, with the remedy where there is one
   * @param passing whether the same operation may work later
   */
  public StoreException(String message, boolean passing) {
    super(message, null, passing);
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
}
