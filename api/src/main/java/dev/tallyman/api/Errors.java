package dev.tallyman.api;

import dev.tallyman.api.legacy.LegacyRoutes;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Schema;
import java.util.Map;

/** Tells problems in the form that the callers of a route understand. */
final class Errors {
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Invalid request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not found"),
          Map.entry(405, "Method not allowed"),
          Map.entry(409, "Conflict"),
          Map.entry(412, "Precondition failed"),
          Map.entry(413, "Body too large"),
          Map.entry(414, "URL too long"),
          Map.entry(415, "Unsupported media type"),
          Map.entry(431, "Headers too large"),
          Map.entry(502, "Failed to reach the provider"),
          Map.entry(503, "The store is not available"));

  /** What compatible endpoints call a failure of their own. */
  private static final Map<String, String> FAILURES =
      Map.of(
          "usage", "Failed to fetch usage statistics",
          "history", "Failed to fetch history",
          "poolAlerts", "Failed to fetch alerts",
          "stats", "Failed to retrieve statistics",
          "modelUsage", "Failed to fetch model usage",
          "poll", "Failed to poll usage");

  private Errors() {}

  /** The problem as the route calls it, if it is one of this side. */
  static Problem named(Problem problem, Route route) {
    String failure = FAILURES.get(route.id());
    return failure == null || problem.status() < 500 || problem.title().isPresent()
        ? problem
        : problem.titled(failure);
  }

  static Reply reply(Problem problem, Route.Form form) {
    var reply =
        Reply.of(
                switch (form) {
                  case OPENAI -> openai(problem, problem.type());
                  case PROVIDER ->
                      openai(
                          problem,
                          problem.status() < 500 ? "invalid_request_error" : problem.type());
                  case SOURCE -> source(problem);
                  case FLAGGED -> JsonObject.of("success", false).put("error", problem.text());
                })
            .withStatus(problem.status());
    return problem.status() == 401
        ? reply.with("WWW-Authenticate", "Bearer realm=\"tallyman\"")
        : reply;
  }

  /** The form for a path that leads to no route. */
  static Route.Form formOf(String path) {
    if (path.startsWith("/v1/organization")) {
      return Route.Form.PROVIDER;
    }
    if (path.equals(LegacyRoutes.RECONCILE)) {
      return Route.Form.FLAGGED;
    }
    return path.startsWith("/v1/") || path.startsWith("/api/v1/") || path.equals("/metrics")
        ? Route.Form.OPENAI
        : Route.Form.SOURCE;
  }

  /** What errors of this form are called in the OpenAPI document. */
  static String schemaOf(Route.Form form) {
    return switch (form) {
      case OPENAI, PROVIDER -> "Error";
      case SOURCE, FLAGGED -> "SourceError";
    };
  }

  static JsonObject openaiSchema() {
    return Schema.object(
        JsonObject.of(
            "error",
            Schema.object(
                JsonObject.of("message", Schema.string())
                    .put("type", Schema.string())
                    .put("param", Schema.nullable(Schema.string()))
                    .put("code", Schema.string())
                    .put("mistakes", Schema.array(Schema.string())),
                java.util.Set.of("mistakes"))));
  }

  static JsonObject sourceSchema() {
    return Schema.object(
        JsonObject.of("error", Schema.string())
            .put("message", Schema.string())
            .put("field", Schema.string())
            .put("success", Schema.constant(false)),
        java.util.Set.of("message", "field", "success"));
  }

  private static JsonObject openai(Problem problem, String type) {
    return JsonObject.of(
        "error",
        JsonObject.of("message", problem.text())
            .put("type", type)
            .put("param", problem.param())
            .put("code", problem.code())
            .putPresent("mistakes", problem.mistakes()));
  }

  private static JsonObject source(Problem problem) {
    String title =
        problem
            .title()
            .or(() -> problem.param().map(param -> "Invalid " + param))
            .orElseGet(() -> TITLES.getOrDefault(problem.status(), "Failed"));
    return JsonObject.of("error", title)
        .put("message", problem.text())
        .putPresent("field", problem.param());
  }
}
