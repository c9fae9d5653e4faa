package dev.tallyman.core.metric;

import java.util.Locale;

/** What the values of a metric count. */
public enum Unit {
  /** Exact decimals in the currency of the answer. */
  MONEY,
  TOKENS,
  REQUESTS,
  SEARCHES,
  IMAGES,
  CHARACTERS,
  SECONDS,
  SESSIONS,
  BYTES;

  /** The currency of money where none is named, and that of all estimates: an ISO 4217 code. */
  public static final String USD = "usd";

  /** The name in the API. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
