package dev.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * A small simulated organization, one of whose models and one of whose tiers nobody has a price of,
 * behind doors of which some are shut.
 */
final class Provider implements AutoCloseable {
  /** The ways in. */
  enum Door {
    OPEN,
    /** Refuses what was used of images. */
    PARTLY,
    /** Refuses everything. */
    SHUT;

    boolean refuses(String path) {
      return this == SHUT || (this == PARTLY && path.endsWith("/usage/images"));
    }
  }

  private static final String MODEL = "gpt-4.1-mini-2025-04-14";

  /** What that model is called here. */
  private static final String UNKNOWN_MODEL = "gpt-unheard-of";

  /** Usage of this model is in a tier of which no price is known. */
  private static final Pattern TIER =
      Pattern.compile("(\"gpt-5-nano-2025-08-07\"[^{}]*\"service_tier\":\")[a-z]+");

  private static final String REFUSAL =
      "{\"error\": {\"message\": \"You have insufficient permissions for this operation.\","
          + " \"type\": \"invalid_request_error\", \"code\": \"missing_scope\"}}";

  private final Simulator simulator;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();

  /** An organization at this time. */
  Provider(Instant now) throws IOException {
    simulator = Simulator.builder(InstantSource.fixed(now)).size(new Size(3, 2, 4, 6, 2)).build();
    simulator.start();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    for (Door door : Door.values()) {
      server.createContext("/" + door, exchange -> answer(door, exchange));
    }
    server.start();
  }

  /** The base URL of its API. */
  String url(Door door) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + door + "/v1";
  }

  private void answer(Door door, HttpExchange exchange) throws IOException {
    try (exchange) {
      String asked = exchange.getRequestURI().toString().substring(door.name().length() + 1);
      byte[] body = REFUSAL.getBytes(UTF_8);
      int status = 403;
      if (!door.refuses(exchange.getRequestURI().getPath())) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(simulator.baseUrl().resolve(asked))
                    .header("Authorization", exchange.getRequestHeaders().getFirst("Authorization"))
                    .build(),
                BodyHandlers.ofString());
        status = response.statusCode();
        String said = response.body();
        // Bills go on to call it what it is: prices are learned from them.
        body =
            (asked.contains("/usage/")
                    ? TIER.matcher(said.replace(MODEL, UNKNOWN_MODEL)).replaceAll("$1ultrafast")
                    : said)
                .getBytes(UTF_8);
      }
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.getResponseHeaders().add("x-tallyman-simulated", "true");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    client.close();
    simulator.close();
  }
}
