package dev.tallyman.api;

import dev.tallyman.api.Route.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI 3.1 document, written from the routes themselves. */
final class OpenApi {
  private OpenApi() {}

  /** The route that serves the document about these routes and itself. */
  static Route route(List<Route> others) {
    var all = new ArrayList<>(others);
    var holder = new Doc[1];
    var route =
        Route.reading(
            "/api/v1/openapi.json",
            "openApi",
            "This document.",
            List.of(),
            Answer.json(Doc.of("type", "object")),
            _ -> Reply.of(holder[0]));
    all.add(route);
    holder[0] = document(all);
    return route;
  }

  static Doc document(List<Route> routes) {
    var paths = new LinkedHashMap<String, Doc>();
    for (Route route : routes) {
      paths
          .computeIfAbsent(route.path(), _ -> Doc.of())
          .put(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    return Doc.of("openapi", "3.1.0")
        .put(
            "info",
            Doc.of("title", "Tallyman")
                .put("version", "1")
                .put(
                    "description",
                    "What an organization spends on OpenAI: usage, costs, and where each number"
                        + " comes from. Paths under /api/v1 are Tallyman's own; the others are"
                        + " compatible with older trackers.")
                .put("license", Doc.of("name", "Apache-2.0").put("identifier", "Apache-2.0")))
        .put("x-tallyman-metrics", Questions.metrics())
        .put("servers", List.of(Doc.of("url", "/")))
        .put("paths", paths)
        .put(
            "components",
            Doc.of(
                    "schemas",
                    Doc.of("Error", Errors.openaiSchema())
                        .put("SourceError", Errors.sourceSchema())
                        .put("Price", Listings.priceSchema())
                        .put("Budget", BudgetRoutes.schema()))
                .put(
                    "securitySchemes",
                    Doc.of(
                            "token",
                            Doc.of("type", "http")
                                .put("scheme", "bearer")
                                .put("description", "tly_v_… may read, tly_o_… may also change."))
                        .put(
                            "session",
                            Doc.of("type", "apiKey")
                                .put("in", "cookie")
                                .put("name", Sessions.COOKIE))));
  }

  private static Doc operation(Route route) {
    var operation = Doc.of("operationId", route.id()).put("summary", route.summary());
    operation.put("tags", List.of(route.form() == Route.Form.OPENAI ? "native" : "compatible"));
    operation.put(
        "security",
        route.needs() == Role.NONE
            ? List.of()
            : List.of(Doc.of("token", List.of()), Doc.of("session", List.of())));
    operation.putPresent(
        "parameters", route.parameters().stream().map(OpenApi::parameter).toList());
    route
        .body()
        .ifPresent(schema ->
            operation.put(
                "requestBody",
                Doc.of("content", Doc.of("application/json", Doc.of("schema", schema)))));
    return operation.put("responses", responses(route));
  }

  private static Doc parameter(Parameter parameter) {
    var schema = parameter.schema();
    return Doc.of("name", parameter.name())
        .put("in", parameter.inPath() ? "path" : "query")
        .put("description", parameter.about())
        .put("required", parameter.inPath())
        .put("schema", parameter.repeated() ? Schema.array(schema) : schema);
  }

  private static Map<String, Doc> responses(Route route) {
    var responses = new LinkedHashMap<String, Doc>();
    var success = Doc.of("description", route.summary());
    route
        .answer()
        .schema()
        .ifPresent(schema -> {
          var content = Doc.of("application/json", Doc.of("schema", schema));
          if (route.answer().table()) {
            content.put("text/csv", Doc.of("schema", Schema.string()));
          }
          success.put("content", content);
        });
    if (!route.answer().types().isEmpty()) {
      var content = Doc.of();
      route.answer().types().forEach(type -> content.put(type, Doc.of("schema", Schema.string())));
      success.put("content", content);
    }
    responses.put(Integer.toString(route.answer().status()), success);
    Doc error =
        Doc.of("application/json", Doc.of("schema", Schema.ref(Errors.schemaOf(route.form()))));
    responses.put(
        "4XX",
        Doc.of("description", "The request cannot be answered; the body says what to do.")
            .put("content", error));
    responses.put("5XX", Doc.of("description", "Something failed here.").put("content", error));
    return responses;
  }
}
