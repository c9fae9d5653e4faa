package dev.tallyman.api;

import dev.tallyman.api.Route.Answer;
import dev.tallyman.api.Route.Form;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints of two older trackers of OpenAI usage, a proxy and a worker, so that what was built
 * on either works here. Where they differ, one answer carries both forms.
 */
final class Compatible {
  List<Route> routes() {
    Doc texts = Schema.map(Schema.string());
    return List.of(
        open(
            "/",
            "frontDoor",
            "What this is and where to go.",
            Answer.json(
                Schema.object(
                    Doc.of("name", Schema.string())
                        .put("version", Schema.string())
                        .put("status", Schema.constant("running"))
                        .put("description", Schema.string())
                        .put("endpoints", texts))),
            _ -> Reply.of(frontDoor())),
        open(
            "/health",
            "health",
            "Whether the server answers; the time in milliseconds since 1970.",
            Answer.json(health(Schema.integer())),
            call -> Reply.of(healthy(call.now().toEpochMilli()))),
        open(
            "/api/health",
            "apiHealth",
            "Whether the server answers; the time as ISO 8601.",
            Answer.json(health(Schema.string("date-time"))),
            call -> Reply.of(healthy(call.now()))));
  }

  private static Doc frontDoor() {
    return Doc.of("name", "Tallyman")
        .put("version", "1")
        .put("status", "running")
        .put("description", "Keeps the tally of what an organization spends on OpenAI.")
        .put(
            "endpoints",
            Doc.of("health", "/api/health")
                .put("usage", "/api/usage")
                .put("history", "/api/history")
                .put("stats", "/api/stats")
                .put("models", "/api/models")
                .put("poll", "/api/poll")
                .put("api", "/api/v1/openapi.json"));
  }

  private static Doc healthy(Object timestamp) {
    return Doc.of("status", "ok").put("timestamp", timestamp);
  }

  private static Doc health(Doc timestamp) {
    return Schema.object(Doc.of("status", Schema.constant("ok")).put("timestamp", timestamp));
  }

  private static Route open(
      String path, String id, String summary, Answer answer, Route.Handler handler) {
    return new Route(
        "GET",
        path,
        id,
        summary,
        Role.NONE,
        Form.SOURCE,
        List.of(),
        Optional.empty(),
        answer,
        handler);
  }
}
