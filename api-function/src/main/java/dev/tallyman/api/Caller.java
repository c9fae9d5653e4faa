package dev.tallyman.api;

/**
 * Who asks.
 *
 * @param role what they may do
 * @param proof how that is known
 */
record Caller(Role role, Proof proof) {
  static final Caller NOBODY = new Caller(Role.NONE, Proof.NONE);

  /** How a role is known. */
  enum Proof {
    /** Nothing was shown, or nothing had to be. */
    NONE,
    /** A token in the Authorization header. */
    TOKEN,
    /** The cookie of a browser's session, which a browser sends by itself. */
    SESSION,
    /** The connection came from this machine. */
    LOOPBACK
  }
}
