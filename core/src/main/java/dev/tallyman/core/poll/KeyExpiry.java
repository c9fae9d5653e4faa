package dev.tallyman.core.poll;

import java.time.Instant;

/** When the admin key in use will stop working, as far as the provider says. */
public sealed interface KeyExpiry {
  /** The expiry of a key whose provider was not asked. */
  static KeyExpiry unknown() {
    return new Unknown("The provider was not asked when the key expires.");
  }

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
   * It is not known.
   *
   * @param reason one sentence for a person; never a secret
   */
  record Unknown(String reason) implements KeyExpiry {}
}
