package dev.tallyman.core.ledger;

/** A choice of what a day's bill is added up by, from the smallest to the whole. */
public enum BillView {
  /** By line item. */
  ITEMS("items", false, true),
  /** By project and API key. */
  KEYS("keys", true, false),
  /** By everything. */
  ALL("all", true, true);

  private final String id;
  private final boolean keys;
  private final boolean items;

  BillView(String id, boolean keys, boolean items) {
    this.id = id;
    this.keys = keys;
    this.items = items;
  }

  /** The name in keys. */
  public String id() {
    return id;
  }

  /** Whether rows of this view tell the project and the API key. */
  public boolean keys() {
    return keys;
  }

  /** Whether rows of this view tell the line item. */
  public boolean items() {
    return items;
  }

  /** The smallest view that tells what is asked for. */
  public static BillView telling(boolean keys, boolean items) {
    if (!keys) {
      return ITEMS;
    }
    return items ? ALL : KEYS;
  }
}
