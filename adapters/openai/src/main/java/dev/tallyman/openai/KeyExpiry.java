package dev.tallyman.openai;

import java.time.Instant;

/** When the admin key in use will stop working, as far as the provider tells. */
public sealed interface KeyExpiry {
  /**
   * It expires.
   *
   * @param name what the key is called; empty if it has no name
   */
  record Expires(String name, Instant at) implements KeyExpiry {}

  /**
   * It does not expire.
   *
   * @param name what the key is called; empty if it has no name
   */
  record Never(String name) implements KeyExpiry {}

  /**
   * It cannot be told.
   *
   * @param reason one sentence for a person; never a secret
   */
  record Unknown(String reason) implements KeyExpiry {}
}
