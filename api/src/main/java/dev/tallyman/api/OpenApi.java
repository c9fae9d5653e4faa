package dev.tallyman.api;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.authorization.Sessions;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.v1.BudgetRoutes;
import dev.tallyman.api.v1.Listings;
import dev.tallyman.api.v1.Questions;
import dev.tallyman.core.Once;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI 3.1 document, written from the routes themselves. */
final class OpenApi {
  private OpenApi() {}

  /**
   * The route that returns the document about these routes and itself, which is made with the first
   * request for it.
   */
  static Route route(List<Route> others) {
    var all = new ArrayList<>(others);
    var document = new Once<>(() -> document(all));
    var route =
        Route.reading(
            "/api/v1/openapi.json",
            "openApi",
            "This document.",
            List.of(),
            Answer.json(Schema::object),
            _ -> Reply.of(document.get()));
    all.add(route);
    return route;
  }

  static JsonObject document(List<Route> routes) {
    var paths = new LinkedHashMap<String, JsonObject>();
    for (Route route : routes) {
      paths
          .computeIfAbsent(route.path(), _ -> JsonObject.of())
          .put(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    return JsonObject.of("openapi", "3.1.0")
        .put(
            "info",
            JsonObject.of("title", "Tallyman")
                .put("version", "1")
                .put(
                    "description",
                    "What an organization spends on OpenAI: usage, costs, and where each number"
                        + " comes from. Paths under /api/v1 are Tallyman's own; the others are"
                        + " compatible with older trackers.")
                .put(
                    "license", JsonObject.of("name", "Apache-2.0").put("identifier", "Apache-2.0")))
        .put("x-tallyman-metrics", Questions.metrics())
        .put("servers", List.of(JsonObject.of("url", "/")))
        .put("paths", paths)
        .put(
            "components",
            JsonObject.of(
                    "schemas",
                    JsonObject.of("Error", Errors.openaiSchema())
                        .put("SourceError", Errors.sourceSchema())
                        .put("Price", Listings.priceSchema())
                        .put("Budget", BudgetRoutes.schema()))
                .put(
                    "securitySchemes",
                    JsonObject.of(
                            "token",
                            JsonObject.of("type", "http")
                                .put("scheme", "bearer")
                                .put("description", "tly_v_… may read, tly_o_… may also change."))
                        .put(
                            "session",
                            JsonObject.of("type", "apiKey")
                                .put("in", "cookie")
                                .put("name", Sessions.COOKIE))));
  }

  private static JsonObject operation(Route route) {
    var operation = JsonObject.of("operationId", route.id()).put("summary", route.summary());
    operation.put("tags", List.of(route.form() == Route.Form.OPENAI ? "native" : "compatible"));
    operation.put(
        "security",
        route.needs() == Role.NONE
            ? List.of()
            : List.of(JsonObject.of("token", List.of()), JsonObject.of("session", List.of())));
    operation.putPresent(
        "parameters", route.parameters().stream().map(OpenApi::parameter).toList());
    route
        .body()
        .ifPresent(schema ->
            operation.put(
                "requestBody",
                JsonObject.of(
                    "content",
                    JsonObject.of("application/json", JsonObject.of("schema", schema)))));
    return operation.put("responses", responses(route));
  }

  private static JsonObject parameter(Parameter parameter) {
    var schema = parameter.schema();
    return JsonObject.of("name", parameter.name())
        .put("in", parameter.inPath() ? "path" : "query")
        .put("description", parameter.about())
        .put("required", parameter.inPath())
        .put("schema", parameter.repeated() ? Schema.array(schema) : schema);
  }

  private static Map<String, JsonObject> responses(Route route) {
    var responses = new LinkedHashMap<String, JsonObject>();
    var success = JsonObject.of("description", route.summary());
    route
        .answer()
        .schema()
        .ifPresent(schema -> {
          var content = JsonObject.of("application/json", JsonObject.of("schema", schema.get()));
          if (route.answer().table()) {
            content.put("text/csv", JsonObject.of("schema", Schema.string()));
          }
          success.put("content", content);
        });
    if (!route.answer().types().isEmpty()) {
      var content = JsonObject.of();
      route
          .answer()
          .types()
          .forEach(type -> content.put(type, JsonObject.of("schema", Schema.string())));
      success.put("content", content);
    }
    responses.put(Integer.toString(route.answer().status()), success);
    JsonObject error =
        JsonObject.of(
            "application/json", JsonObject.of("schema", Schema.ref(Errors.schemaOf(route.form()))));
    responses.put(
        "4XX",
        JsonObject.of("description", "The request cannot be answered; the body says what to do.")
            .put("content", error));
    responses.put(
        "5XX", JsonObject.of("description", "Something failed here.").put("content", error));
    return responses;
  }
}
