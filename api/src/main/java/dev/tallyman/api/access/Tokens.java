package dev.tallyman.api.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tokens that open the API: {@code tly_v_…} for viewers and {@code tly_o_…} for operators, each
 * 256 random bits. Only their SHA-256 is ever kept; with that many random bits nothing slower is
 * needed.
 */
public final class Tokens {
  /**
   * What {@link #hash} gives. Not of this form is the hash of the sample configuration, 64 times
   * {@code f}, so that nobody runs with it by accident.
   */
  public static final Pattern HASH = Pattern.compile("(?!f{64})[0-9a-f]{64}");

  private static final String VIEWER = "tly_v_";
  private static final String OPERATOR = "tly_o_";
  private static final Pattern TOKEN = Pattern.compile("tly_[vo]_[A-Za-z0-9_-]{43}");

  private Tokens() {}

  /**
   * A new token.
   *
   * @param role viewer or operator
   * @throws IllegalArgumentException for another role
   */
  public static Token create(Role role, SecureRandom random) {
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    String prefix =
        switch (role) {
          case VIEWER -> VIEWER;
          case OPERATOR -> OPERATOR;
          case NONE -> throw new IllegalArgumentException("a token is for a viewer or an operator");
        };
    String text = prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    return new Token(text, role, hash(text));
  }

  /** The SHA-256 of a token in lower-case hexadecimal: what may be kept of it. */
  public static String hash(String token) {
    return HexFormat.of().formatHex(sha256(token.getBytes(StandardCharsets.UTF_8)));
  }

  /** The role that a token's form claims, or empty if the text is not of that form. */
  public static Optional<Role> claimed(String text) {
    if (!TOKEN.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(text.startsWith(OPERATOR) ? Role.OPERATOR : Role.VIEWER);
  }

  /** Whether a text has the form of a hash that {@link #hash} gives. */
  public static boolean isHash(String text) {
    return HASH.matcher(text).matches();
  }

  public static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /**
   * A token just made.
   *
   * @param text shown once to whoever asked for it
   * @param role what it opens
   * @param hash what to keep
   */
  public record Token(String text, Role role, String hash) {
    /** Never shows the token. */
    @Override
    public String toString() {
      return role + " token with hash " + hash;
    }
  }
}
