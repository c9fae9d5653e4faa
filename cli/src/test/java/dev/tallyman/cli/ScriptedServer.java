package dev.tallyman.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A server that says what a test told it to, by the beginning of what it is asked. */
final class ScriptedServer implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Said> answers = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();

  private record Said(int status, String body) {}

  ScriptedServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  ScriptedServer say(String beginning, int status, String body) {
    answers.put(beginning, new Said(status, body));
    return this;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What was asked: method, target and authorization. */
  List<String> asked() {
    return asked;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString();
    asked.add(
        exchange.getRequestMethod()
            + " "
            + target
            + " "
            + exchange.getRequestHeaders().getFirst("authorization"));
    Said said =
        answers.entrySet().stream()
            .filter(each -> target.startsWith(each.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseGet(() -> new Said(400, "{\"error\":{\"message\":\"not scripted\"}}"));
    byte[] body = said.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(said.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
