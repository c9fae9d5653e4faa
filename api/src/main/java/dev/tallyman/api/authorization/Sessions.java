package dev.tallyman.api.authorization;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Json;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Schema;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns a token into a cookie that scripts of a page cannot read, and back into nothing. The cookie
 * is 256 random bits; under their hash the store holds the hash of the token for 12 hours.
 */
public final class Sessions {
  /** The cookie of a browser's session. */
  public static final String COOKIE = "tallyman_session";

  private static final String PATH = "/api/v1/session";
  private static final Duration LENGTH = Duration.ofHours(12);
  private static final int ID_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{43}");

  private final Store store;

  public Sessions(Store store) {
    this.store = store;
  }

  public List<Route> routes() {
    JsonObject body = Schema.object(JsonObject.of("token", Schema.string()), Set.of("token"));
    return List.of(
        new Route(
            "POST",
            PATH,
            "openSession",
            "Opens a session of 12 hours for a browser: the token, in the body or as Bearer,"
                + " becomes a cookie.",
            Role.NONE,
            Route.Form.OPENAI,
            List.of(),
            Optional.of(body),
            Route.Answer.json(Sessions::opened),
            this::open),
        new Route(
            "DELETE",
            PATH,
            "closeSession",
            "Ends the browser's session and removes its cookie.",
            Role.NONE,
            Route.Form.OPENAI,
            List.of(),
            Optional.empty(),
            Route.Answer.nothing(),
            this::close));
  }

  private static JsonObject opened() {
    return Schema.object(
        JsonObject.of("role", Schema.enumeration(List.of("viewer", "operator")))
            .put("expires_at", Schema.string("date-time")));
  }

  /** The hash of the token for which this request's session was opened, while it lasts. */
  Optional<String> tokenHash(Request request) {
    return id(request)
        .flatMap(id -> store.get(key(id)))
        .map(session -> new String(session.bytes().toArray(), StandardCharsets.US_ASCII));
  }

  private Reply open(Call call) {
    String token = token(call);
    Role role =
        Authorization.tokenRole(token, call.access()).orElseThrow(Authorization::wrongToken);
    Instant until = Instant.ofEpochSecond(call.now().plus(LENGTH).getEpochSecond());
    byte[] bits = new byte[ID_BYTES];
    // Made now and not kept: a function that was restored from a snapshot must not share its state.
    new SecureRandom().nextBytes(bits);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Bytes tokenHash = Bytes.copyOf(Tokens.hash(token).getBytes(StandardCharsets.US_ASCII));
    store.put(new Item(key(id), 1, Optional.of(until), tokenHash), new Condition.Always());
    return Reply.of(JsonObject.of("role", role).put("expires_at", until))
        .with("Set-Cookie", cookie(call, id, LENGTH.toSeconds()));
  }

  private Reply close(Call call) {
    // What names no session writes nothing.
    id(call.request())
        .flatMap(id -> store.get(key(id)))
        .ifPresent(session -> store.delete(session.key(), new Condition.Always()));
    return Reply.nothing().with("Set-Cookie", cookie(call, "", 0));
  }

  /** Where a session is kept: whoever can read the store cannot make the cookie from it. */
  private static Key key(String id) {
    return new Key("SESSION#" + Tokens.hash(id), "current");
  }

  private static Optional<String> id(Request request) {
    for (String cookie : request.headers().getOrDefault("Cookie", List.of())) {
      for (String pair : cookie.split(";", -1)) {
        String[] parts = pair.strip().split("=", 2);
        if (parts.length == 2 && COOKIE.equals(parts[0])) {
          return Optional.of(parts[1]).filter(id -> ID.matcher(id).matches());
        }
      }
    }
    return Optional.empty();
  }

  private static String token(Call call) {
    var authorization = call.request().header("Authorization");
    if (authorization.isPresent()) {
      return Authorization.bearer(authorization.orElseThrow());
    }
    Map<String, Object> body = Json.object(call.request().body());
    if (body.get("token") instanceof String token) {
      return token;
    }
    throw Problem.body(
        "token", "The body has no token; send {\"token\": \"tly_…\"}, or an Authorization header.");
  }

  /** Secure except on loopback, where browsers speak plain HTTP and others cannot listen. */
  private static String cookie(Call call, String value, long seconds) {
    boolean plain = call.request().loopback() && !call.request().secure();
    return COOKIE
        + "="
        + value
        + "; Path=/; Max-Age="
        + seconds
        + "; HttpOnly; SameSite=Strict"
        + (plain ? "" : "; Secure");
  }
}
