package dev.tallyman.api.access;

/**
 * Who asks.
 *
 * @param role what they may do
 * @param proof how that is known
 * @param who for the log of changes: the role with the first digits of the token's hash, or {@code
 *     local}
 */
public record Caller(Role role, Proof proof, String who) {
  public static final Caller NOBODY = new Caller(Role.NONE, Proof.NONE, "nobody");

  private static final int DIGITS = 8;

  /** Who shows a token, or the session that was opened with it. */
  public static Caller of(Role role, Proof proof, String tokenHash) {
    return new Caller(role, proof, role + " " + tokenHash.substring(0, DIGITS));
  }

  /** How a role is known. */
  public enum Proof {
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
