package dev.tallyman.api.authorization;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What pages of other sites may read, where that is configured (the Fetch standard, 3.2). */
public final class Cors {
  private static final String DAY = "86400";

  private Cors() {}

  /** The answer to OPTIONS, which a browser sends before it asks for more than it may by itself. */
  public static Response preflight(Request request, Access access, Set<String> methods) {
    var response = new Response(204, Map.of("Allow", allowed(methods)), Response.NO_BODY);
    if (request.header("Access-Control-Request-Method").isEmpty() || !allows(request, access)) {
      return response;
    }
    return response
        .with("Access-Control-Allow-Methods", allowed(methods))
        .with(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, If-Match, If-None-Match, OpenAI-Organization")
        .with("Access-Control-Max-Age", DAY);
  }

  /** The answer as a page of the request's origin may see it. */
  public static Response allow(Request request, Response response, Access access) {
    if (access.origins().isEmpty()) {
      return response;
    }
    Response varying = access.origins().contains("*") ? response : response.varyingOn("Origin");
    if (!allows(request, access)) {
      return varying;
    }
    return varying
        .with(
            "Access-Control-Allow-Origin",
            access.origins().contains("*") ? "*" : request.header("Origin").orElse("null"))
        .with(
            "Access-Control-Expose-Headers",
            "ETag, Retry-After, X-Request-Id, X-Tallyman-Simulated");
  }

  /** The methods of a path for the Allow header: with one comes what it implies. */
  public static String allowed(Set<String> methods) {
    var all = new TreeSet<>(methods);
    if (all.contains("GET")) {
      all.add("HEAD");
    }
    all.add("OPTIONS");
    return String.join(", ", all);
  }

  private static boolean allows(Request request, Access access) {
    return request
        .header("Origin")
        .filter(origin -> access.origins().contains("*") || access.origins().contains(origin))
        .isPresent();
  }
}
