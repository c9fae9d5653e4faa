package dev.tallyman.api.access;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Who may call the API.
 *
 * @param viewers hashes of the tokens that may read, as {@link Tokens#hash} gives them
 * @param operators hashes of the tokens that may read and change
 * @param openOnLoopback whether callers on this machine are operators as long as there is no token
 * @param anonymousRead whether GET under {@code /api} needs no token
 * @param origins the web origins that may read answers from other sites, for instance {@code
 *     https://costs.example.com}; {@code *} for all; empty switches CORS off
 */
public record Access(
    Set<String> viewers,
    Set<String> operators,
    boolean openOnLoopback,
    boolean anonymousRead,
    Set<String> origins) {
  public Access {
    viewers = Set.copyOf(viewers);
    operators = Set.copyOf(operators);
    origins = Set.copyOf(origins);
    for (var hashes : java.util.List.of(viewers, operators)) {
      if (!hashes.stream().allMatch(Tokens::isHash)) {
        throw new IllegalArgumentException(
            "a token's hash is 64 hexadecimal digits; make one with: tallyman token new");
      }
    }
    for (String origin : origins) {
      if (!isOrigin(origin)) {
        throw new IllegalArgumentException(
            "'" + origin + "' is not an origin; expected for instance https://costs.example.com");
      }
    }
  }

  /** Whether any token opens the API. */
  public boolean hasTokens() {
    return !viewers.isEmpty() || !operators.isEmpty();
  }

  /**
   * Why a server must not listen where others can reach it, with the remedy; empty if it may.
   *
   * @param loopbackOnly whether it listens on loopback only
   */
  public Optional<String> refusal(boolean loopbackOnly) {
    return loopbackOnly || hasTokens()
        ? Optional.empty()
        : Optional.of(
            "Refusing to listen beyond this machine without tokens. Make one with: tallyman token"
                + " new --role operator, or listen on 127.0.0.1.");
  }

  private static boolean isOrigin(String text) {
    if ("*".equals(text)) {
      return true;
    }
    try {
      var uri = URI.create(text);
      return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && text.equals(uri.getScheme() + "://" + uri.getAuthority());
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** Shows how many tokens there are, not their hashes. */
  @Override
  public String toString() {
    return viewers.size() + " viewer and " + operators.size() + " operator tokens";
  }
}
