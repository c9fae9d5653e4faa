package dev.tallyman.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns a token into a cookie that scripts of a page cannot read, and back into nothing. */
final class Sessions {
  private static final String PATH = "/api/v1/session";

  List<Route> routes() {
    Doc body = Schema.object(Doc.of("token", Schema.string()), Set.of("token"));
    Doc opened =
        Schema.object(
            Doc.of("role", Schema.enumeration(List.of("viewer", "operator")))
                .put("expires_at", Schema.string("date-time")));
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
            Route.Answer.json(opened),
            this::open),
        new Route(
            "DELETE",
            PATH,
            "closeSession",
            "Closes the browser's session by removing its cookie.",
            Role.NONE,
            Route.Form.OPENAI,
            List.of(),
            Optional.empty(),
            Route.Answer.nothing(),
            this::close));
  }

  private Reply open(Call call) {
    String token = token(call);
    Role role = Gate.tokenRole(token, call.access()).orElseThrow(Gate::wrongToken);
    Instant until = Instant.ofEpochSecond(call.now().plus(Gate.SESSION).getEpochSecond());
    String value = Gate.sign(Tokens.hash(token), until, call.access());
    return Reply.of(Doc.of("role", role).put("expires_at", until))
        .with("Set-Cookie", cookie(call, value, Gate.SESSION.toSeconds()));
  }

  private Reply close(Call call) {
    return Reply.nothing().with("Set-Cookie", cookie(call, "", 0));
  }

  private static String token(Call call) {
    var authorization = call.request().header("Authorization");
    if (authorization.isPresent()) {
      return Gate.bearer(authorization.orElseThrow());
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
    return Gate.COOKIE
        + "="
        + value
        + "; Path=/; Max-Age="
        + seconds
        + "; HttpOnly; SameSite=Strict"
        + (plain ? "" : "; Secure");
  }
}
