package dev.tallyman.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.dynamodb.Template;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What API Gateway does with requests: events of the <a
 * href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">payload
 * format 2.0</a> for the functions that template.yaml names for their routes, and responses of what
 * these say. A function gets one event at a time, as one instance of it does.
 */
public final class Gateway implements AutoCloseable {
  private record Path(String method, Pattern pattern, LambdaProcess function) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Path> routes = new ArrayList<>();
  private final LambdaProcess otherwise;

  /**
   * Listens on a free port of the loopback interface.
   *
   * @param functions the functions that are started; what is of another one goes to the API
   */
  public Gateway(Map<Function, LambdaProcess> functions) throws IOException {
    otherwise = Objects.requireNonNull(functions.get(Function.API));
    Template template = Template.read();
    functions.forEach((function, process) -> {
      if (!function.equals(Function.API)) {
        routes(template, function)
            .forEach(route ->
                routes.add(
                    new Path(
                        String.valueOf(route.get("Method")),
                        Pattern.compile(
                            String.valueOf(route.get("Path")).replaceAll("\\{[^}]+}", "[^/]+")),
                        process)));
      }
    });
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The properties of the routes that stand at a function; all others are the API's. */
  private static Stream<Map<?, ?>> routes(Template template, Function function) {
    return template.mapAt("Resources", function.name(), "Properties", "Events").values().stream()
        .map(event -> (Map<?, ?>) event)
        .filter(event -> "HttpApi".equals(event.get("Type")))
        .map(event -> (Map<?, ?>) Objects.requireNonNull(event.get("Properties")));
  }

  /** Its address, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      LambdaProcess function =
          routes.stream()
              .filter(route -> route.method().equals(exchange.getRequestMethod()))
              .filter(
                  route -> route.pattern().matcher(exchange.getRequestURI().getPath()).matches())
              .map(Path::function)
              .findFirst()
              .orElse(otherwise);
      String event = event(exchange);
      String answer;
      synchronized (function) {
        answer = Deployed.answer(function, event);
      }
      respond(exchange, JSON.std.mapFrom(answer));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String event(HttpExchange exchange) throws IOException {
    var headers = new LinkedHashMap<String, String>();
    var cookies = new ArrayList<String>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (name.equalsIgnoreCase("Cookie")) {
            values.forEach(value -> cookies.addAll(List.of(value.split("; ", -1))));
          } else {
            headers.put(name.toLowerCase(Locale.ROOT), secure(String.join(",", values)));
          }
        });
    String query = exchange.getRequestURI().getRawQuery();
    Map<String, Object> event =
        Events.request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            query == null ? "" : query,
            headers);
    if (!cookies.isEmpty()) {
      event.put("cookies", cookies);
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (body.length > 0) {
      event.put("body", new String(body, UTF_8));
    }
    return JSON.std.asString(event);
  }

  /** The browser speaks to API Gateway over TLS, and so do the addresses that it names. */
  private static String secure(String value) {
    return value.replaceFirst("^http://", "https://");
  }

  private static void respond(HttpExchange exchange, Map<String, Object> answer)
      throws IOException {
    if (answer.get("headers") instanceof Map<?, ?> headers) {
      headers.forEach((name, value) ->
          exchange.getResponseHeaders().add(String.valueOf(name), String.valueOf(value)));
    }
    if (answer.get("cookies") instanceof List<?> cookies) {
      cookies.forEach(
          cookie -> exchange.getResponseHeaders().add("Set-Cookie", String.valueOf(cookie)));
    }
    String text = String.valueOf(answer.getOrDefault("body", ""));
    byte[] body =
        Boolean.TRUE.equals(answer.get("isBase64Encoded"))
            ? Base64.getDecoder().decode(text)
            : text.getBytes(UTF_8);
    int status = ((Number) Objects.requireNonNull(answer.get("statusCode"))).intValue();
    exchange.getResponseHeaders().remove("Content-Length");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
