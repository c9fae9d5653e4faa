package dev.tallyman.benchmarks.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Stands before a simulator and answers what was asked once from memory, so that what is measured
 * holds none of the simulator's own time.
 */
public final class Replay implements AutoCloseable {
  static {
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final List<String> HEADERS =
      List.of("content-type", "openai-organization", "x-tallyman-simulated");

  private final URI provider;
  private final HttpServer server;
  private final Map<String, HttpResponse<byte[]>> answers = new ConcurrentHashMap<>();

  public Replay(URI provider) throws IOException {
    this.provider = provider;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::answer);
    server.start();
  }

  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** How many bytes the answers about usage hold that were asked for as one span each. */
  public long largestSpan() {
    return answers.entrySet().stream()
        .filter(each -> each.getKey().contains("/usage/"))
        .collect(
            Collectors.groupingBy(
                each -> URI.create(each.getKey()).getPath(),
                Collectors.reducing(0L, each -> (long) each.getValue().body().length, Math::max)))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String asked = exchange.getRequestURI().toString();
      HttpResponse<byte[]> answer = answers.get(asked);
      if (answer == null) {
        answer = Http.send(provider.resolve(asked).toString());
        answers.put(asked, answer);
      }
      for (String header : HEADERS) {
        answer
            .headers()
            .firstValue(header)
            .ifPresent(value -> exchange.getResponseHeaders().set(header, value));
      }
      byte[] body = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
