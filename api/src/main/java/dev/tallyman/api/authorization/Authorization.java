package dev.tallyman.api.authorization;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Caller;
import dev.tallyman.api.access.Caller.Proof;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Route;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Decides who asks and whether they may. */
public final class Authorization {
  private static final String BEARER = "bearer ";

  /** The names under which this machine's own users reach it; a page of others has another. */
  private static final Pattern OWN_NAME =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");

  /** What proxies add for those who they bring; with all that begin with {@link #FORWARDED}. */
  private static final Set<String> PROXIED =
      Set.of(
          "cf-connecting-ip",
          "client-ip",
          "fastly-client-ip",
          "fly-client-ip",
          "forwarded",
          "true-client-ip",
          "via",
          "x-client-ip",
          "x-cluster-client-ip",
          "x-envoy-external-address",
          "x-original-forwarded-for",
          "x-original-host",
          "x-real-ip");

  private static final String FORWARDED = "x-forwarded-";

  /** What decides who may pass, so that all who read it must read the same. */
  private static final List<String> ONCE = List.of("Authorization", "Host", "Origin");

  private Authorization() {}

  /**
   * Refuses a request of which another reader may think that somebody else sends it.
   *
   * @throws Problem naming the header that it has twice
   */
  public static void requireClear(Request request) {
    for (String name : ONCE) {
      if (request.headers().getOrDefault(name, List.of()).size() > 1) {
        throw Problem.invalid(
            "repeated_header", "", "The header " + name + " is sent more than once; send it once.");
      }
    }
  }

  /**
   * Who sends this request. Where this machine needs no token, whatever it shows is ignored:
   * clients of the provider always send a key.
   *
   * @throws Problem if it shows a token that opens nothing
   */
  public static Caller caller(Request request, Access access, Sessions sessions) {
    if (!access.hasTokens() && access.openOnLoopback() && fromThisMachine(request)) {
      return new Caller(Role.OPERATOR, Proof.LOOPBACK, "local");
    }
    var authorization = request.header("Authorization");
    if (authorization.isPresent()) {
      String token = bearer(authorization.orElseThrow());
      Role role = tokenRole(token, access).orElseThrow(Authorization::wrongToken);
      return Caller.of(role, Proof.TOKEN, Tokens.hash(token));
    }
    if (!access.hasTokens()) {
      return Caller.NOBODY;
    }
    return sessions
        .tokenHash(request)
        .flatMap(hash -> role(hash, access).map(role -> Caller.of(role, Proof.SESSION, hash)))
        .orElse(Caller.NOBODY);
  }

  /**
   * Lets the caller pass to this route.
   *
   * @throws Problem if they may not, with the remedy
   */
  public static void check(Request request, Route route, Caller caller, Access access) {
    boolean open = !route.mutates() && access.anonymousRead() && route.path().startsWith("/api/");
    if (!open && !caller.role().may(route.needs())) {
      throw caller.proof() == Proof.NONE ? noToken(route) : notEnough(route);
    }
    if (route.mutates() && caller.proof() != Proof.TOKEN) {
      checkOrigin(request, caller, access);
    }
  }

  /**
   * The role that a token opens, or empty; takes the same time wherever the token differs. A text
   * of another form opens nothing, even if somebody configured its hash: it may be guessed.
   */
  static Optional<Role> tokenRole(String token, Access access) {
    return Tokens.claimed(token).flatMap(_ -> role(Tokens.hash(token), access));
  }

  private static Optional<Role> role(String hash, Access access) {
    if (contains(access.operators(), hash)) {
      return Optional.of(Role.OPERATOR);
    }
    return contains(access.viewers(), hash) ? Optional.of(Role.VIEWER) : Optional.empty();
  }

  static String bearer(String authorization) {
    if (!authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw wrongToken();
    }
    return authorization.substring(BEARER.length()).strip();
  }

  private static boolean contains(Set<String> hashes, String hash) {
    boolean found = false;
    for (String known : hashes) {
      found |= same(known, hash);
    }
    return found;
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether a caller on this machine speaks to this machine by its own name: a page that has its
   * host's name resolve to loopback does not, nor does a proxy on this machine for others.
   */
  private static boolean fromThisMachine(Request request) {
    return request.loopback()
        && request.headers().keySet().stream().noneMatch(Authorization::isOfProxy)
        && OWN_NAME.matcher(request.header("Host").orElse("").toLowerCase(Locale.ROOT)).matches();
  }

  private static boolean isOfProxy(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return PROXIED.contains(name) || name.startsWith(FORWARDED);
  }

  private static void checkOrigin(Request request, Caller caller, Access access) {
    var origin = request.header("Origin");
    if (origin.isEmpty()) {
      if (caller.proof() == Proof.SESSION) {
        throw foreign();
      }
      return;
    }
    String from = origin.orElseThrow();
    boolean listed = caller.proof() == Proof.LOOPBACK && access.origins().contains(from);
    if (!listed && !ownOrigin(from, request)) {
      throw foreign();
    }
  }

  /** Whether an origin is the one under which this request's host is known to the browser. */
  static boolean ownOrigin(String origin, Request request) {
    try {
      var uri = URI.create(origin);
      String scheme = request.secure() ? "https" : "http";
      return scheme.equals(uri.getScheme())
          && uri.getRawAuthority() != null
          && bare(uri.getRawAuthority(), scheme)
              .equals(bare(request.header("Host").orElse(""), scheme));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static String bare(String authority, String scheme) {
    String port = "https".equals(scheme) ? ":443" : ":80";
    String lower = authority.toLowerCase(Locale.ROOT);
    return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
  }

  private static Problem noToken(Route route) {
    return new Problem(
        401,
        "authentication_error",
        "missing_token",
        "",
        "A token with the role "
            + route.needs()
            + " is needed: send it as 'Authorization: Bearer tly_…', or open a session with POST"
            + " /api/v1/session. 'tallyman token new' makes one.");
  }

  static Problem wrongToken() {
    return new Problem(
        401,
        "authentication_error",
        "invalid_token",
        "",
        "This token opens nothing here: it is wrong or was withdrawn. Send a valid one as"
            + " 'Authorization: Bearer tly_…'; 'tallyman token new' makes one.");
  }

  private static Problem notEnough(Route route) {
    return new Problem(
        403,
        "permission_error",
        "insufficient_role",
        "",
        "This needs the role "
            + route.needs()
            + ", which this token does not have; 'tallyman token new --role operator' makes one"
            + " that has it.");
  }

  private static Problem foreign() {
    return new Problem(
        403,
        "permission_error",
        "foreign_origin",
        "",
        "A change asked for without an Authorization header must come from a page of this host:"
            + " its Origin header has to name it. Scripts send 'Authorization: Bearer tly_…'.");
  }
}
